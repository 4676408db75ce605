// What the survival tests run on: all of the catalogue, each domain with its entry in ./domains.
import type { Db } from 'mongodb';
import type { ReadModel } from '../../lib/core/projection/projection.ts';
import type { Subscriber, SubscriberDefinition } from '../../lib/core/projection/subscriber.ts';
import { entries, exampleEntry } from './entries.ts';
import { openKept, openSubscriber } from './open.ts';
import type { TestEntry } from './test-domain.ts';

/** A domain's commands, and one of its subscribers with the read models that it keeps. */
export interface TestDomain extends Omit<TestEntry, 'domain'> {
  name: string;
  readModels(writeDb: Db, readDb: Db): ReadModel[];
  subscriber(writeDb: Db, readDb: Db): Subscriber;
}

const open = (name: string, entry: TestEntry, definition: SubscriberDefinition): TestDomain => ({
  ...entry,
  name,
  readModels: (writeDb, readDb) => openKept(definition, writeDb, readDb),
  subscriber: (writeDb, readDb) => openSubscriber(definition, writeDb, readDb),
});

const opened = entries.map((entry) => {
  const { name, subscribers: definitions } = entry.domain;
  const all = definitions.map((one) => open(one.name, entry, one));
  const [first] = all;
  if (first === undefined) throw new Error(`${name} has no subscriber`);
  return { domain: { ...first, name }, subscribers: all };
});

/** Each domain with the first subscriber of its manifest: for what is the same whoever subscribes. */
export const domains: TestDomain[] = opened.map(({ domain }) => domain);

const example = domains.find(({ name }) => name === exampleEntry.domain.name);
if (example === undefined) throw new Error('the example is a domain');
/** One of them, if any will do. */
export const exampleDomain: TestDomain = example;

/** Each subscriber of every manifest, by its own name: for what a subscriber must survive. */
export const subscribers: TestDomain[] = opened.flatMap((one) => one.subscribers);
