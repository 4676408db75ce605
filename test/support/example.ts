// The domain that a test of the machine works with if any will do, and how it is called.
import { exampleEntry } from './entries.ts';
import type { Client } from './http.ts';
import type { Call } from './test-domain.ts';
import { waitFor } from './wait-for.ts';

export interface Written {
  id: string;
  version: number;
}

const required = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`${exampleEntry.domain.name} has no ${what}`);
  return value;
};

const { domain, http: overHttp } = exampleEntry;
const { name, streams, readModels, subscribers } = domain;
const { type: streamType, eventTypes, store } = required(streams[0], 'stream');
const { projection, collection } = required(readModels[0], 'read model');
const { name: subscription } = required(subscribers[0], 'subscriber');
const [createdType = ''] = Object.keys(eventTypes);
const camelCase = (words: string): string => words.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());

export const example = {
  name,
  streamType,
  store,
  /** The type of its first event. */
  createdType,
  /** Its events' other types. */
  otherTypes: Object.keys(eventTypes).slice(1),
  projection: projection.name,
  /** The collection of its first read model. */
  collection,
  subscription,
  functions: { commands: `${name}Commands`, queries: `${name}Queries`, projector: camelCase(subscription) },
};

let count = 0;

/** The call that creates one, once `send` has made what it needs. */
export const createCall = async (send: (call: Call) => Promise<string>): Promise<Call> => {
  const made = new Map<string, string>();
  for (const kind of overHttp.kinds) {
    count += 1;
    const call = required(
      kind.create(count, (other) => made.get(other)),
      `${kind.name} that can be created`,
    );
    if (kind === overHttp.kinds.at(-1)) return call;
    made.set(kind.name, await send(call));
  }
  throw new Error(`test/support/domains/${name}.ts has no kind`);
};

/** The call that changes it; each one changes something else. */
export const changeCall = (id: string): Call => {
  count += 1;
  const kind = required(overHttp.kinds.at(-1), 'kind');
  return required(kind.changes[0], 'change')(id, count);
};

export const written = ({ id, key, version }: Record<string, unknown>): Written => ({
  id: String(id ?? key),
  version: Number(version),
});

const sendTo = async (http: Client, { method, path, body }: Call, headers: Record<string, string>) => {
  const answer = await http.call(method, path, { body, headers });
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
  return written(answer.object());
};

export const creating = (http: Client): Promise<Call> =>
  createCall(async (call) => (await sendTo(http, call, {})).id);

/** Creates one over HTTP. */
export const create = async (http: Client, headers: Record<string, string> = {}): Promise<Written> =>
  sendTo(http, await creating(http), headers);

export const change = (http: Client, id: string, headers: Record<string, string> = {}): Promise<Written> =>
  sendTo(http, changeCall(id), headers);

export const readPath = ({ id, version }: Written): string => overHttp.readAt(id, version);

/** Waits until the read model has it at this version. */
export const shown = (http: Client, at: Written) =>
  waitFor(`${name} ${at.id} at version ${at.version}`, async () => {
    const answer = await http.get(readPath(at));
    return answer.status === 200 && answer.header('warning') === undefined && answer;
  });
