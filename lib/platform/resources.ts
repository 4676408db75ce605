// What this container's subscribers are made of. A database that a function does not use is never asked for.
import type { Resources } from '../core/projection/subscriber.ts';
import { readSettings } from './config.ts';
import { readDb, writeDb } from './mongo.ts';

export const resources: Resources = {
  get writeDb() {
    return writeDb();
  },
  get readDb() {
    return readDb();
  },
  settings: readSettings,
};
