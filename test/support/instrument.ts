// The same database or port with something between each call and its server: a plain seam, outside the product.
import type { Db } from 'mongodb';

/** Makes the call, now, later or not at all. */
export type Pass = <T>(call: () => T | Promise<T>) => Promise<T>;

export interface Instrumented {
  db(db: Db): Db;
  port<T extends object>(port: T): T;
}

/** What gives a value at once; anything else that can be called is a call to the server. */
const local = new Set<PropertyKey>([
  ...['collection', 'db', 'startSession', 'watch', 'find', 'aggregate', 'startTransaction', 'inTransaction'],
  ...['sort', 'limit', 'skip', 'batchSize', 'project', 'hint', 'map', 'readBufferedDocuments'],
]);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

export const instrument = (pass: Pass): Instrumented => {
  async function* iterate(cursor: object): AsyncGenerator<unknown> {
    const ask = (name: string) => pass(() => Reflect.apply(Reflect.get(cursor, name), cursor, []));
    try {
      while (await ask('hasNext')) yield await Reflect.apply(Reflect.get(cursor, 'next'), cursor, []);
    } finally {
      await Reflect.apply(Reflect.get(cursor, 'close'), cursor, []);
    }
  }

  const originals = new WeakMap<object, object>();

  /** The driver gets its own sessions: what it asks them for in between is no call to the server. */
  const unwrap = (argument: unknown): unknown => {
    if (!isObject(argument) || !('session' in argument) || !isObject(argument.session)) return argument;
    return { ...argument, session: originals.get(argument.session) ?? argument.session };
  };

  const wrap = <T extends object>(target: T, isLocal: (name: PropertyKey) => boolean): T => {
    const wrapped = new Proxy(target, {
      get(_, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name === Symbol.asyncIterator) return () => iterate(target);
        if (name === 'client' && isObject(value)) return wrap(value, isLocal);
        if (typeof value !== 'function') return value;
        const apply = (args: unknown[]): unknown => Reflect.apply(value, target, args.map(unwrap));
        if (!isLocal(name)) return (...args: unknown[]) => pass(() => apply(args));
        return (...args: unknown[]) => {
          const given = apply(args);
          // An alarm clock of the dead rings for nobody: it is left as it is, so that it can be closed.
          return isObject(given) && !Array.isArray(given) && name !== 'watch' ? wrap(given, isLocal) : given;
        };
      },
      set: (_, name, value) => Reflect.set(target, name, value, target),
    });
    originals.set(wrapped, target);
    return wrapped;
  };

  return {
    db: (db) => wrap(db, (name) => local.has(name)),
    port: (port) => wrap(port, () => false),
  };
};
