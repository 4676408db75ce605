// What fauxqs 2.4.1 does not do as we need it, mended from outside, in its own process alone.
// Each can go when a release of fauxqs has it.

import { Server } from 'node:net';
import { DatabaseSync } from 'node:sqlite';

// It listens on every interface, without an option: a queue server without credentials stays local.
const listen = Server.prototype.listen;
Server.prototype.listen = function (this: Server, ...given: unknown[]): Server {
  const [first] = given;
  const options = typeof first === 'object' && first !== null ? { ...first, host: '127.0.0.1' } : first;
  return Reflect.apply(listen, this, [options, ...given.slice(1)]);
};

// It writes each message in a transaction of its own, each with a flush to disk (2,600 messages/s).
// NORMAL keeps every message through a kill -9 and gives up only the last ones at a power cut.
const exec = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
  exec.call(this, sql);
  if (sql.includes('journal_mode')) exec.call(this, 'PRAGMA synchronous = NORMAL');
};

// A visibility timeout changed to 0 sets the receive count to NULL: the update fails, and the message
// is gone until the next start.
const counts = /\b(approximate_receive_count|approximate_first_receive_timestamp) = \?/g;
const prepare = DatabaseSync.prototype.prepare;
DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string, ...rest: []) {
  return prepare.call(this, sql.replace(counts, '$1 = COALESCE(?, $1)'), ...rest);
};
