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

/** @throws AppError `invalid_input`, with the names that there are. */
const choose = <T>(what: string, name: string, among: readonly T[], nameOf: (one: T) => string): T => {
  const found = among.find((one) => nameOf(one) === name);
  if (found !== undefined) return found;
  throw new AppError(
    'invalid_input',
    `There is no ${what} ${name}; there are: ${among.map(nameOf).join(', ')}`,
  );
};

const groupByType = (subscribers: readonly SubscriberDefinition[]): Map<string, string[]> => {
  const byType = new Map<string, string[]>();
  for (const { name, hears } of subscribers)
    for (const type of hears) byType.set(type, [...(byType.get(type) ?? []), name]);
  return byType;
};

/** The subscriptions that hear of a type of event. */
const createHearing = (streams: Domain['streams'], subscribers: readonly SubscriberDefinition[]) => {
  const byType = groupByType(subscribers);
  const isKnown = (eventType: string): boolean =>
    streams.some(({ eventTypes }) => Object.hasOwn(eventTypes, eventType));
  /** Of an event type that this release does not know: who hears of all that is known of its stream. */
  const hearingAll = (streamType: string): string[] => {
    const known = Object.keys(streams.find(({ type }) => type === streamType)?.eventTypes ?? {});
    if (known.length === 0) return [];
    return subscribers.flatMap(({ name, hears }) =>
      known.every((type) => hears.includes(type)) ? name : [],
    );
  };
  return (type: string, streamType = ''): readonly string[] =>
    byType.get(type) ?? (isKnown(type) ? [] : hearingAll(streamType));
};

const ensureAllIndexes = async (all: readonly Domain[], writeDb: Db, readDb: Db): Promise<void> => {
  const own = (database: 'write' | 'read') => all.flatMap(({ indexes }) => indexes?.[database] ?? []);
  const ofReadModels = all.flatMap(({ readModels }) => readModels.flatMap(indexesOf));
  await Promise.all([
    ensureIndexes(writeDb, [...machineWriteIndexes, ...own('write')]),
    ensureIndexes(readDb, [...machineReadIndexes, ...ofReadModels, ...own('read')]),
  ]);
};

/** What every domain has to name otherwise than the others. */
const refuseSharedNames = (
  streams: Domain['streams'],
  readModels: Domain['readModels'],
  queueNames: readonly string[],
): void => {
  const types = streams.map(({ type }) => type);
  const events = streams.flatMap(({ eventTypes }) => Object.keys(eventTypes));
  const projections = readModels.map(({ projection }) => projection.name);
  const collections = readModels.map(({ collection }) => collection);
  refuseTwice('the stream', types);
  refuseTwice('the event', events);
  refuseTwice('the read model', projections);
  refuseTwice('the collection', collections);
  refuseTwice('the queue', queueNames);
};

/** @throws Error if two domains use one name for two things, or if a manifest contradicts itself. */
export const createCatalogue = (all: readonly Domain[]) => {
  for (const domain of all) checkManifest(domain);
  const streams = all.flatMap((domain) => domain.streams);
  const readModels = all.flatMap((domain) => domain.readModels);
  const subscribers = all.flatMap((domain) => domain.subscribers);
  const commandQueues = all.flatMap((domain) => domain.commandQueues ?? []);
  const queueNames = [...subscribers.map(({ name }) => name), ...commandQueues];
  refuseSharedNames(streams, readModels, queueNames);
  const projectionNames = readModels.map(({ projection }) => projection.name);

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
    subscriptionsOf: createHearing(streams, subscribers),

    /** @throws AppError `invalid_input` if no subscriber has this name. */
    subscriber: (name: string): SubscriberDefinition =>
      choose('subscription', name, subscribers, (one) => one.name),

    /** @throws AppError `invalid_input` if no queue has this name. */
    requireQueue: (name: string): string => choose('subscription', name, queueNames, String),

    /** @throws AppError `invalid_input` if no read model's projection has this name. */
    requireProjection: (name: string): string => choose('projection', name, projectionNames, String),

    /** Every read model, or the one whose projection has this name. @throws AppError `invalid_input` if none has. */
    openReadModels: (databases: Ground, projection?: string) => {
      const wanted =
        projection === undefined
          ? readModels
          : [choose('projection', projection, readModels, (one) => one.projection.name)];
      return wanted.map((one) => openReadModel(one, databases));
    },

    openSubscribers: (resources: Resources) =>
      subscribers.map((definition) => ({ ...definition, subscriber: definition.create(resources) })),

    /** Makes each index that is missing on both databases. Safe to run at any time. */
    ensureIndexes: (writeDb: Db, readDb: Db): Promise<void> => ensureAllIndexes(all, writeDb, readDb),
  };
};

export type Catalogue = ReturnType<typeof createCatalogue>;
