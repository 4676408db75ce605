import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deadLetterRecords, recordFailures } from '../../lib/core/dead-letters/records.ts';
import { fromRow, type RecordedEvent } from '../../lib/core/events.ts';
import type { SubscriberDefinition } from '../../lib/core/projection/subscriber.ts';
import { toMessage } from '../../lib/core/relay/publish.ts';
import { replay } from '../../lib/core/repair/replay.ts';
import { appendPositions } from '../../lib/core/stores/event-log.ts';
import { catalogue } from '../../lib/domains.ts';
import { consumerHandler, replayedAttribute } from '../../lib/platform/consumer.ts';
import { eventConsumer } from '../../lib/platform/queue.ts';
import { productsAuditLog } from '../../lib/products/audit-log.ts';
import { productsLowStockAlert } from '../../lib/products/low-stock-alert.ts';
import { productsProjector } from '../../lib/products/projections.ts';
import { hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';
import { openSubscriber } from '../support/open.ts';
import { productsOn } from '../support/products.ts';
import { allRows } from '../support/replay.ts';
import { lambdaContext, sqsEvent } from '../support/sqs-event.ts';

const db = useDatabases();
const products = 9;

beforeAll(async () => {
  hushFunctions();
  await catalogue.ensureIndexes(db.write, db.read);
});
beforeEach(() => deadLetterRecords(db.read).deleteMany({}));

const nested = (depth: number): object => {
  let data: object = {};
  for (let at = 0; at < depth; at += 1) data = { data };
  return data;
};

const created = async (): Promise<RecordedEvent[]> => {
  await db.write.collection('events').deleteMany({});
  const { createSupplier, create } = productsOn(db.write);
  const supplier = await createSupplier();
  for (let n = 0; n < products; n += 1) await create(supplier, { stock: 20 });
  return (await allRows(db.write)).map(fromRow).filter(({ type }) => type === 'ProductCreated');
};

/** Another aggregate's event with something in it that no database takes. */
const poisoned = (event: RecordedEvent): RecordedEvent => ({
  ...event,
  event_id: 'poison',
  stream_id: 'Product-poison',
  data: { ...event.data, name: nested(300) },
});

const bodyOf = (event: RecordedEvent): string => toMessage(event).body;

const recordOf = (id: string) => deadLetterRecords(db.read).findOne({ event_id: id });

const handlerOf = (definition: SubscriberDefinition) =>
  consumerHandler(eventConsumer(openSubscriber(definition, db.write, db.read)), db.read);

const eventSubscribers = () => [
  { subscriber: productsProjector, collection: 'product_cards' },
  { subscriber: productsAuditLog, collection: 'product_audit_log' },
];

describe('of a batch of ten', () => {
  test.each([0, 1])(
    'an event that cannot be stored fails alone, for the projector and for the audit log (%i)',
    async (which) => {
      const [{ subscriber, collection } = {}] = eventSubscribers().slice(which);
      if (subscriber === undefined || collection === undefined) throw new Error('no subscriber');
      const events = await created();
      const bodies = events.map(bodyOf);
      bodies.splice(4, 0, bodyOf(poisoned(events[0] as RecordedEvent)));
      const answer = await handlerOf(subscriber)(sqsEvent(bodies), lambdaContext('test'));
      expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm-4' }]);
      const ids = events.map(({ event_id, stream_id }) =>
        collection === 'product_cards' ? stream_id.slice('Product-'.length) : event_id,
      );
      const stored = db.read.collection<{ _id: string }>(collection);
      expect(await stored.countDocuments({ _id: { $in: ids } })).toBe(products);
      expect(await deadLetterRecords(db.read).countDocuments()).toBe(1);
    },
  );

  test('each keeps its own cause: what cannot be read, folded or stored', async () => {
    const [refused, second, ...others] = await created();
    if (refused === undefined || second === undefined) throw new Error('no events');
    const _id = { $ne: refused.stream_id.slice('Product-'.length) };
    await db.read.command({ collMod: 'product_cards', validator: { _id } });
    const unknown = { ...second, event_id: 'unknown', stream_id: 'Product-unknown', schema_version: 99 };
    const bodies = ['not json', bodyOf(refused), bodyOf(unknown), ...others.map(bodyOf)];
    const handle = handlerOf(productsProjector);
    const { batchItemFailures } = await handle(sqsEvent(bodies), lambdaContext('test'));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m-0', 'm-1', 'm-2']);
    expect((await recordOf('unknown'))?.error.code).toBe('unknown_event');
    expect((await recordOf(refused.event_id))?.error.code).toBe('121');
    const causes = await deadLetterRecords(db.read).distinct('fingerprint');
    expect(causes).toHaveLength(3);
    await db.read.command({ collMod: 'product_cards', validator: {} });
  });

  test('a forged event of a stream, or under the id of another, takes none of the true ones with it', async () => {
    const [first, ...others] = await created();
    if (first === undefined) throw new Error('no event');
    await productsOn(db.write).setStock(first.stream_id.slice('Product-'.length), 5);
    const changed = (await allRows(db.write)).map(fromRow).find(({ version }) => version === 2);
    if (changed === undefined) throw new Error('no change');
    const forged = { ...changed, event_id: 'forged', version: 2, schema_version: 99 };
    const twin = { ...changed, type: 'NotInventedYet' };
    const bodies = [forged, first, changed, twin, ...others].map(bodyOf);
    const handle = handlerOf(productsProjector);
    const { batchItemFailures } = await handle(sqsEvent(bodies), lambdaContext('test'));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m-0', 'm-3']);
    expect(await db.read.collection('product_cards').countDocuments({ version: 2 })).toBe(1);
  });

  test('a product whose watch is refused fails alone, for the alert', async () => {
    const events = await created();
    const [refused] = events;
    const _id = { $ne: refused?.stream_id.slice('Product-'.length) };
    await db.read.command({ collMod: 'low_stock_watches', validator: { _id } }).catch(async () => {
      await db.read.createCollection('low_stock_watches', { validator: { _id } });
    });
    const handle = handlerOf(productsLowStockAlert);
    const { batchItemFailures } = await handle(sqsEvent(events.map(bodyOf)), lambdaContext('test'));
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-0' }]);
    expect(await db.read.collection('low_stock_watches').countDocuments()).toBe(products - 1);
    expect((await recordOf(refused?.event_id ?? ''))?.error.code).toBe('121');
  });

  test('the record of a message that is redriven and takes effect goes away, another one stays', async () => {
    const [first, second] = await created();
    if (first === undefined || second === undefined) throw new Error('no events');
    const failures = [first, second].map((event) => ({
      messageId: 'old',
      eventId: event.event_id,
      body: bodyOf(event),
      attempts: 5,
      dead: true,
      error: new Error('x'),
    }));
    await recordFailures(db.read, productsProjector.name, failures);
    const handle = handlerOf(productsProjector);
    await handle(sqsEvent([bodyOf(first)], 1, [replayedAttribute]), lambdaContext('test'));
    expect([await recordOf(first.event_id), await recordOf(second.event_id)]).toEqual([
      null,
      expect.objectContaining({ dead: true }),
    ]);
  });

  test('an event of the log that cannot be stored holds up no replay', async () => {
    const events = await created();
    const ids = events.map(({ event_id }) => event_id);
    await db.write.collection('positions').deleteMany({});
    await appendPositions(db.write, 1, ids);
    const rows = db.read.collection('product_audit_log');
    await rows.deleteMany({});
    await db.read.command({ collMod: 'product_audit_log', validator: { _id: { $ne: ids[3] } } });
    const subscriber = openSubscriber(productsAuditLog, db.write, db.read);
    const { hears } = productsAuditLog;
    const run = { writeDb: db.write, readDb: db.read, subscriber, hears, from: 1, timeLeftMs: () => 60_000 };
    expect(await replay(run)).toMatchObject({ done: true, failed: 1 });
    expect(await rows.countDocuments()).toBe(products - 1);
  });
});
