import { beforeAll, describe, expect, test } from 'vitest';
import type { DomainEvent } from '../../lib/core/decider.ts';
import { fromRow } from '../../lib/core/events.ts';
import type { Subscriber } from '../../lib/core/projection/subscriber.ts';
import { catalogue } from '../../lib/domains.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { useDatabases } from '../support/database.ts';
import { domains, exampleDomain, type TestDomain } from '../support/domains.ts';
import { example } from '../support/example.ts';
import { allRows } from '../support/replay.ts';
import { oneWish, refusedOrDone } from '../support/scenario.ts';
import { newContext } from '../support/world.ts';

const db = useDatabases();
beforeAll(() => catalogue.ensureIndexes(db.write, db.read));

const broken: Subscriber = {
  name: 'broken',
  apply: async () => {
    throw new Error('the read database is away');
  },
  findMissing: async () => [],
};

/** Its commands in this mode, projected by its own projector or by another. */
const commandsOf = (domain: TestDomain, mode: string, projector?: Subscriber) => {
  const definition = catalogue.all.find(({ name }) => name === domain.name)?.subscribers[0];
  if (definition === undefined) throw new Error('each domain has a projector');
  const create = () => projector ?? domain.subscriber(db.write, db.read);
  const options = inlineProjection<DomainEvent>(domain.name, { ...definition, create }, mode);
  return domain.commands(db.write, options);
};

const shownOf = async (domain: TestDomain, id: string) => {
  const models = domain.readModels(db.write, db.read);
  const found = await Promise.all(models.map(({ collection }) => collection.findOne({ _id: id })));
  return found.find((document) => document !== null) ?? undefined;
};

describe.each(domains)('the projection of $name, inline', (domain) => {
  test.each(['inline', `${domain.name}=inline`, `other=async,${domain.name}=inline`])(
    'is done before a command answers (%s)',
    async (mode) => {
      const send = commandsOf(domain, mode);
      const { id } = await send(oneWish(domain.create), undefined, newContext());
      expect(await shownOf(domain, id)).toMatchObject({ version: 1 });
      const changed = await refusedOrDone(send(oneWish(domain.change), id, newContext()));
      if (changed?.id === id) expect(await shownOf(domain, id)).toMatchObject({ version: changed.version });
    },
  );

  test('is not changed by what the queue brings afterwards', async () => {
    const { id } = await commandsOf(domain, 'inline')(oneWish(domain.create), undefined, newContext());
    const rows = (await allRows(db.write)).filter(({ stream_id }) => stream_id.endsWith(`-${id}`));
    const outcome = await domain.subscriber(db.write, db.read).apply(rows.map(fromRow));
    expect(outcome).toMatchObject({ applied: [], duplicates: rows.length });
  });

  test.each(['async', `${domain.name}=async`, 'other=inline', `other-${domain.name}=inline`])(
    'waits for the queue when the mode is %s',
    async (mode) => {
      const { id } = await commandsOf(domain, mode)(oneWish(domain.create), undefined, newContext());
      expect(await shownOf(domain, id)).toBeUndefined();
    },
  );
});

test('a command succeeds also when its inline projection does not, and the queue still brings it', async () => {
  const send = commandsOf(exampleDomain, 'inline', broken);
  const { id, version } = await send(oneWish(exampleDomain.create), undefined, newContext());
  expect(version).toBe(1);
  expect(await shownOf(exampleDomain, id)).toBeUndefined();
  const row = await db.write.collection('events').findOne({ stream_id: `${example.streamType}-${id}` });
  expect(row).toMatchObject({ pending: true });
});
