// What this container's subscribers are made of. A database that a function does not use is never asked for.
import type { Resources } from '../core/projection/subscriber.ts';
import { readSettings } from './config.ts';
import { currentFunction } from './current-function.ts';
import { createLog } from './logger.ts';
import { emitMetrics } from './metrics.ts';
import { readDb, writeDb } from './mongo.ts';

export const resources: Resources = {
  get writeDb() {
    return writeDb();
  },
  get readDb() {
    return readDb();
  },
  settings: readSettings,
  tell(subscription, what, { event_id, metadata: { correlation_id } }, about) {
    const functionName = currentFunction();
    createLog(functionName, { subscription }).warn(what, { correlation_id, event_id, ...about });
    emitMetrics(functionName, { EffectsFired: 1 }, { subscription, correlation_id, effect: what });
  },
};
