// The peer, if it is installed: `npm install --prefix test/bench/peer --legacy-peer-deps`. It is no dependency of
// the project: it wants another major of the driver, and its packages name no licence.
import { existsSync } from 'node:fs';

interface PeerEvent {
  type: string;
  data: object;
}
interface Store {
  appendToStream(stream: string, events: PeerEvent[]): Promise<unknown>;
}
interface EmmettMongo {
  getMongoDBEventStore(options: { connectionString: string; clientOptions: object }): Store;
  toStreamName(type: string, id: string): string;
}
interface Emmett {
  CommandHandler(options: {
    evolve: (state: number) => number;
    initialState: () => number;
  }): (store: Store, stream: string, handle: () => PeerEvent) => Promise<unknown>;
}

const packageOf = (name: string): URL =>
  new URL(`./node_modules/@event-driven-io/${name}/dist/index.js`, import.meta.url);

export const emmettIsThere = (): boolean => existsSync(packageOf('emmett-mongodb'));

const openStore = async (connectionString: string) => {
  const { getMongoDBEventStore, toStreamName }: EmmettMongo = await import(packageOf('emmett-mongodb').href);
  const clientOptions = { maxPoolSize: 40, writeConcern: { w: 'majority', journal: true } };
  return { store: getMongoDBEventStore({ connectionString, clientOptions }), toStreamName };
};

/** Appends one event to a new stream; undefined if the peer is not installed. */
export const openEmmett = async (
  connectionString: string,
): Promise<((id: string, event: PeerEvent) => Promise<unknown>) | undefined> => {
  if (!emmettIsThere()) return undefined;
  const { store, toStreamName } = await openStore(connectionString);
  return (id, event) => store.appendToStream(toStreamName('order', id), [event]);
};

/** Loads a stream, decides, and appends, with the retries that the peer makes by itself. */
export const openCommandHandler = async (
  connectionString: string,
): Promise<(id: string, decide: () => PeerEvent) => Promise<unknown>> => {
  const { store, toStreamName } = await openStore(connectionString);
  const { CommandHandler }: Emmett = await import(packageOf('emmett').href);
  const handle = CommandHandler({ evolve: (state) => state + 1, initialState: () => 0 });
  return (id, decide) => handle(store, toStreamName('thing', id), decide);
};
