// The peer, where it is installed: `npm install --prefix test/bench/peer --legacy-peer-deps`. It is no dependency of
// the project: it wants another major of the driver, and its packages name no licence.
import { existsSync } from 'node:fs';

interface Store {
  appendToStream(stream: string, events: { type: string; data: object }[]): Promise<unknown>;
}
interface Emmett {
  getMongoDBEventStore(options: { connectionString: string; clientOptions: object }): Store;
  toStreamName(type: string, id: string): string;
}

const entry = new URL('./node_modules/@event-driven-io/emmett-mongodb/dist/index.js', import.meta.url);

/** Appends one event to a new stream; undefined where the peer is not installed. */
export const openEmmett = async (
  connectionString: string,
): Promise<((id: string, event: { type: string; data: object }) => Promise<unknown>) | undefined> => {
  if (!existsSync(entry)) return undefined;
  const emmett: Emmett = await import(entry.href);
  const clientOptions = { maxPoolSize: 40, writeConcern: { w: 'majority', journal: true } };
  const store = emmett.getMongoDBEventStore({ connectionString, clientOptions });
  return (id, event) => store.appendToStream(emmett.toStreamName('order', id), [event]);
};
