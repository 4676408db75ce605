// An event-sourced append against a raw insert of the same row, and against the peer.
import { v7 as uuidv7 } from 'uuid';
import { commandHandler } from '../../../lib/core/commands/handle.ts';
import { orderDecider } from '../../../lib/orders/order.ts';
import { orderStore } from '../../../lib/orders/store.ts';
import { likewiseIndexed, type Part } from '../context.ts';
import { inTurn, load, type Rounds, ratioOf, spreadOf } from '../measure.ts';
import { openEmmett } from '../peer/emmett.ts';
import { both, type Row } from '../report.ts';

const roundMs = 1_500;
const data = {
  customer_id: 'customer-1',
  items: [{ product_id: 'product-1', quantity: 2, price_minor: 1_999 }],
  shipping_address: { line1: '1 Long Street', city: 'Springfield', country: 'US' },
};

export const run: Part = async ({ writeDb, order }) => {
  const handle = commandHandler(orderStore(writeDb), orderDecider);
  const floorEvents = await likewiseIndexed(writeDb, 'events', 'floor_events');
  const floorKeys = await likewiseIndexed(writeDb, 'command_keys', 'floor_keys');
  const peer = await openEmmett(order.writeUrl);

  const ours = (): Promise<unknown> => {
    const id = uuidv7();
    const context = { commandId: id, correlationId: id };
    return handle({ id, command: { type: 'CreateOrder', data }, isNew: true }, context);
  };
  const keyed = (): Promise<unknown> => {
    const id = uuidv7();
    const context = { commandId: id, correlationId: id, idempotencyKey: id, requestHash: 'hash' };
    return handle({ id, command: { type: 'CreateOrder', data }, isNew: true }, context);
  };
  const rowOf = (id: string) => ({
    _id: uuidv7(),
    stream_id: `Order-${id}`,
    stream_type: 'Order',
    version: 1,
    type: 'OrderCreated',
    schema_version: 1,
    data,
    metadata: { command_id: id, correlation_id: id, causation_id: id },
    recorded_at: new Date(),
    pending: true,
  });
  const floor = (): Promise<unknown> => floorEvents.insertOne(rowOf(uuidv7()));
  const keyedFloor = (): Promise<unknown> => {
    const id = uuidv7();
    const key = { _id: id, id, version: 1, command_id: id, request_hash: 'hash', at: new Date() };
    return writeDb.client.withSession((session) =>
      session.withTransaction(
        async () => {
          await floorEvents.insertOne({ ...rowOf(id), idempotency_keys: [id] } as { _id: string }, {
            session,
          });
          await floorKeys.insertOne(key, { session });
        },
        { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', journal: true } },
      ),
    );
  };
  const emmett = async (): Promise<unknown> => peer?.(uuidv7(), { type: 'OrderCreated', data });

  const rows: Row[] = [];
  for (const callers of [1, 32]) {
    const base = {
      ours: () => load(callers, roundMs, ours),
      floor: () => load(callers, roundMs, floor),
    };
    const found: { ours: Rounds; floor: Rounds; emmett?: Rounds } =
      peer === undefined
        ? await inTurn(order.rounds, base)
        : await inTurn(order.rounds, { ...base, emmett: () => load(callers, roundMs, emmett) });
    const ratio = ratioOf(found.ours, found.floor);
    const name = `${callers} caller${callers === 1 ? '' : 's'}`;
    rows.push({
      what: `event-sourced append, ${name}`,
      measured: both(found.ours),
      against: `raw insertOne ${both(found.floor)}`,
      ratio,
      noise: spreadOf(found.floor),
      reach: '≥ 0.95',
      reached: ratio >= 0.95,
      figures: found,
    });
    if (found.emmett !== undefined) {
      const toPeer = ratioOf(found.ours, found.emmett);
      rows.push({
        what: `event-sourced append, ${name}`,
        measured: both(found.ours),
        against: `emmett-mongodb ${both(found.emmett)}`,
        ratio: toPeer,
        noise: spreadOf(found.emmett),
        reach: callers === 32 ? '≥ 2.3' : '',
        reached: toPeer >= 2.3,
        figures: {},
      });
    }
    const withKey = await inTurn(order.rounds, {
      ours: () => load(callers, roundMs, keyed),
      floor: () => load(callers, roundMs, keyedFloor),
    });
    const keyedRatio = ratioOf(withKey.ours, withKey.floor);
    rows.push({
      what: `the same with an Idempotency-Key, ${name}`,
      measured: both(withKey.ours),
      against: `raw transaction of the row and its key ${both(withKey.floor)}`,
      ratio: keyedRatio,
      noise: spreadOf(withKey.floor),
      reach: '≥ 0.95',
      reached: keyedRatio >= 0.95,
      figures: withKey,
    });
  }
  return rows;
};
