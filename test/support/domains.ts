// What the survival tests run on: all of the catalogue, each domain with its entry in ./domains.
import { existsSync } from 'node:fs';
import type { Db } from 'mongodb';
import type { Domain } from '../../lib/core/domains/domain.ts';
import type { ReadModel } from '../../lib/core/projection/projection.ts';
import type { Subscriber, SubscriberDefinition } from '../../lib/core/projection/subscriber.ts';
import { catalogue } from '../../lib/domains.ts';
import { openKept, openSubscriber } from './open.ts';
import type { SurvivalEntry } from './test-domain.ts';

/** A domain's commands, and one of its subscribers with the read models that it keeps. */
export interface TestDomain extends Omit<SurvivalEntry, 'domain'> {
  name: string;
  readModels(writeDb: Db, readDb: Db): ReadModel[];
  subscriber(writeDb: Db, readDb: Db): Subscriber;
}

const entryOf = async ({ name }: Domain): Promise<SurvivalEntry> => {
  const file = new URL(`domains/${name}.ts`, import.meta.url);
  if (!existsSync(file))
    throw new Error(
      `${name} is in lib/domains.ts: write test/support/domains/${name}.ts, for the survival tests`,
    );
  return ((await import(file.href)) as { entry: SurvivalEntry }).entry;
};

const open = (name: string, entry: SurvivalEntry, definition: SubscriberDefinition): TestDomain => ({
  ...entry,
  name,
  readModels: (writeDb, readDb) => openKept(definition, writeDb, readDb),
  subscriber: (writeDb, readDb) => openSubscriber(definition, writeDb, readDb),
});

const opened = await Promise.all(
  catalogue.all.map(async (domain) => {
    const entry = await entryOf(domain);
    const all = domain.subscribers.map((one) => open(one.name, entry, one));
    const [first] = all;
    if (first === undefined) throw new Error(`${domain.name} has no subscriber`);
    return { domain: { ...first, name: domain.name }, subscribers: all };
  }),
);

/** Each domain with the first subscriber of its manifest: for what is the same whoever subscribes. */
export const domains: TestDomain[] = opened.map(({ domain }) => domain);

/** Each subscriber of every manifest, by its own name: for what a subscriber must survive. */
export const subscribers: TestDomain[] = opened.flatMap((one) => one.subscribers);
