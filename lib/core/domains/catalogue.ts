// The domains together: what each part of the machine asks of all of them.
import type { Db } from 'mongodb';
import { AppError } from '../errors.ts';
import { ensureIndexes, machineReadIndexes, machineWriteIndexes } from '../indexes.ts';
import { type Ground, indexesOf, openReadModel } from '../projection/read-model.ts';
import type { Resources, SubscriberDefinition } from '../projection/subscriber.ts';
import type { Domain } from './domain.ts';

const refuseTwice = (what: string, names: readonly string[]): void => {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new Error(`Two domains have ${what} ${twice}: give one of the two another name`);
};

/** What a manifest says in two places must agree. */
const checkManifest = ({ name, streams, readModels, subscribers }: Domain): void => {
  const forgotten = (what: string): Error => new Error(`lib/${name}/domain.ts: ${what}`);
  const types = new Set(streams.map(({ type }) => type));
  for (const { projection } of readModels) {
    if (!types.has(projection.streamType))
      throw forgotten(
        `${projection.name} is made of ${projection.streamType}, which is not among its streams`,
      );
  }
  for (const { name: subscriber, keeps = [] } of subscribers) {
    const unlisted = keeps.find((model) => !readModels.includes(model));
    if (unlisted !== undefined)
      throw forgotten(`${subscriber} keeps ${unlisted.projection.name}, which is not among its read models`);
  }
};

const groupByType = (subscribers: readonly SubscriberDefinition[]): Map<string, string[]> => {
  const byType = new Map<string, string[]>();
  for (const { name, hears } of subscribers)
    for (const type of hears) byType.set(type, [...(byType.get(type) ?? []), name]);
  return byType;
};

/** @throws Error if two domains use one name for two things, or if a manifest contradicts itself. */
export const createCatalogue = (all: readonly Domain[]) => {
  for (const domain of all) checkManifest(domain);
  const streams = all.flatMap((domain) => domain.streams);
  const readModels = all.flatMap((domain) => domain.readModels);
  const subscribers = all.flatMap((domain) => domain.subscribers);
  const commandQueues = all.flatMap((domain) => domain.commandQueues ?? []);
  const queueNames = [...subscribers.map(({ name }) => name), ...commandQueues];
  refuseTwice(
    'the stream',
    streams.map(({ type }) => type),
  );
  refuseTwice(
    'the event',
    streams.flatMap(({ eventTypes }) => Object.keys(eventTypes)),
  );
  refuseTwice(
    'the read model',
    readModels.map(({ projection }) => projection.name),
  );
  refuseTwice(
    'the collection',
    readModels.map(({ collection }) => collection),
  );
  refuseTwice('the queue', queueNames);
  const byType = groupByType(subscribers);

  /** Of an event type that this release does not know: who hears of all that is known of its stream. */
  const hearingAll = (streamType: string): string[] => {
    const known = Object.keys(streams.find(({ type }) => type === streamType)?.eventTypes ?? {});
    if (known.length === 0) return [];
    return subscribers.flatMap(({ name, hears }) =>
      known.every((type) => hears.includes(type)) ? name : [],
    );
  };
  const isKnown = (eventType: string): boolean =>
    streams.some(({ eventTypes }) => Object.hasOwn(eventTypes, eventType));

  const choose = <T>(what: string, name: string, named: readonly (readonly [string, T])[]): T => {
    const found = named.find(([one]) => one === name);
    if (found !== undefined) return found[1];
    const names = named.map(([one]) => one).join(', ');
    throw new AppError('invalid_input', `There is no ${what} ${name}; there are: ${names}`);
  };

  return {
    all,
    streams,
    readModels,
    subscribers,
    commandQueues,
    /** Every queue, by its name without prefix: each has its dead letters beside it. */
    queueNames,
    /** Aggregates whose documents carry the state: their old events may go (EVENT_RETENTION_DAYS). */
    stateStoredTypes: streams.filter(({ store }) => store === 'state').map(({ type }) => type),

    /** The collections that keep commands as they arrived. */
    commandLogs: [...new Set(streams.flatMap(({ commandLog }) => commandLog ?? []))],

    /**
     * The subscriptions that hear of this type of event. A type of another release goes to those who hear of all the
     * stream's events: there it becomes a dead letter, to be redriven after the deploy, and is not passed over in silence.
     */
    subscriptionsOf: (type: string, streamType = ''): readonly string[] =>
      byType.get(type) ?? (isKnown(type) ? [] : hearingAll(streamType)),

    /** @throws AppError `invalid_input` if no subscriber has this name. */
    subscriber: (name: string): SubscriberDefinition =>
      choose(
        'subscription',
        name,
        subscribers.map((one) => [one.name, one] as const),
      ),

    /** @throws AppError `invalid_input` if no queue has this name. */
    requireQueue: (name: string): string =>
      choose(
        'subscription',
        name,
        queueNames.map((one) => [one, one] as const),
      ),

    /** @throws AppError `invalid_input` if no read model's projection has this name. */
    requireProjection: (name: string): string =>
      choose(
        'projection',
        name,
        readModels.map(({ projection }) => [projection.name, projection.name] as const),
      ),

    /** Every read model, or the one whose projection has this name. @throws AppError `invalid_input` if none has. */
    openReadModels: (databases: Ground, projection?: string) =>
      projection === undefined
        ? readModels.map((one) => openReadModel(one, databases))
        : [
            openReadModel(
              choose(
                'projection',
                projection,
                readModels.map((one) => [one.projection.name, one] as const),
              ),
              databases,
            ),
          ],

    openSubscribers: (resources: Resources) =>
      subscribers.map((definition) => ({ ...definition, subscriber: definition.create(resources) })),

    /** Makes each index that is missing on both databases. Safe to run at any time. */
    ensureIndexes: async (writeDb: Db, readDb: Db): Promise<void> => {
      const own = (database: 'write' | 'read') => all.flatMap(({ indexes }) => indexes?.[database] ?? []);
      await Promise.all([
        ensureIndexes(writeDb, [...machineWriteIndexes, ...own('write')]),
        ensureIndexes(readDb, [...machineReadIndexes, ...readModels.flatMap(indexesOf), ...own('read')]),
      ]);
    },
  };
};

export type Catalogue = ReturnType<typeof createCatalogue>;
