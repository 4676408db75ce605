// A stage under rehearsal: a real mongod, the recorder before the emulated AWS, and each function started when it is first
// called. ACCOUNT and BUNDLES are the arguments of the script that imports this.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { SQSRecord } from 'aws-lambda';
import { MongoClient } from 'mongodb';
import { startMongod } from '../../lib/local/mongod.ts';
import { readServerlessFile } from '../support/serverless-file.ts';
import { type GatewayAnswer, type GatewayCall, gatewayEvent, schedule, send, take } from './calls.ts';
import { startRecorder } from './recorder.ts';
import { aws, type Bundle, type Stage, startBundle } from './stage.ts';

const [account = '', bundles = ''] = process.argv.slice(2);
export const prefix = 'tandem-rehearsal-';
export const mongod = await startMongod();
const client = new MongoClient(mongod.url('rehearsal_write'));
export const write = client.db();
export const recorder = await startRecorder(process.env['AWS_ENDPOINT_URL'] ?? '');
export const stage: Stage = {
  functions: JSON.parse(readFileSync(account, 'utf8')),
  prefix,
  bundles,
  endpoint: recorder.url,
};
export const { functions } = readServerlessFile();
export const keys = Object.keys(stage.functions).map((name) => name.slice(prefix.length));

export const parameter = async (name: string, Value: string): Promise<void> => {
  await aws(stage, 'nobody', ['ssm', 'PutParameter'], {
    Name: `/tandem/rehearsal/${name}`,
    Value,
    Type: 'SecureString',
    Overwrite: true,
  });
};

export const token = 'rehearsal-token-of-32-characters';
export const operator = { authorization: `Bearer ${token}` };
const started = new Map<string, Bundle>();

export const bundle = async (key: string): Promise<Bundle> => {
  const known = started.get(key) ?? (await startBundle(stage, key));
  started.set(key, known);
  return known;
};

/** Without the minutes that a message may be on its way. */
export const settled = { RECONCILE_GRACE_MS: '0' };

export const restart = async (key: string, others: Record<string, string>): Promise<Bundle> => {
  await started.get(key)?.stop();
  started.delete(key);
  const again = await startBundle(stage, key, others);
  started.set(key, again);
  return again;
};

export const ask = async (
  key: string,
  route: string,
  parameters: Record<string, string> = {},
  call: GatewayCall = {},
): Promise<GatewayAnswer> =>
  (await (await bundle(key)).invoke(gatewayEvent(route, parameters, call))) as GatewayAnswer;

export const routesOf = (key: string): string[] =>
  (functions[key]?.events ?? []).flatMap(({ httpApi }) => {
    if (httpApi === undefined) return [];
    const route = typeof httpApi === 'string' ? httpApi : `${httpApi.method} ${httpApi.path}`;
    return [route === '*' ? '$default' : route];
  });

const queueOf = (key: string): string | undefined => {
  const consumes: unknown = functions[key]?.['consumes'];
  if (typeof consumes === 'string') return consumes;
  return typeof consumes === 'object' && consumes !== null && 'queue' in consumes
    ? String(consumes.queue)
    : undefined;
};

export const consumers = keys.flatMap((key) => {
  const queue = queueOf(key);
  return queue === undefined ? [] : [{ key, queue }];
});

export const step = async (title: string, work: () => Promise<void>): Promise<void> => {
  await work();
  console.log(`  ${title}`);
};

/** A project without this sample domain has no such function, and nothing to try. */
export const ifThere = async (key: string, work: () => Promise<void>): Promise<void> => {
  if (keys.includes(key)) await work();
};

export const publish = async (): Promise<void> => {
  const relay = await bundle('relay');
  const { published } = (await relay.invoke(schedule, 3_000)) as { published: number };
  assert.ok(published > 0, 'the relay published nothing');
};

export const taken = new Map<string, SQSRecord[]>();

/** Each consumer takes what waits in its queue. */
export const deliver = async (): Promise<void> => {
  for (const { key, queue } of consumers) {
    const Records = await take(stage, queue, key);
    if (Records.length === 0) continue;
    taken.set(key, Records);
    assert.deepEqual(await (await bundle(key)).invoke({ Records }), { batchItemFailures: [] }, key);
  }
};

/** A message that no consumer can read: its last attempt, and what the queue server then makes of it. */
export const failForGood = async (key: string, queue: string): Promise<void> => {
  const poison = '{"not":"ours"}';
  await send(stage, queue, poison);
  const Records = (await take(stage, queue, key)).map((record) => ({
    ...record,
    attributes: { ...record.attributes, ApproximateReceiveCount: '9' },
  }));
  await (await bundle(key)).invoke({ Records });
  await send(stage, `${queue}-dlq`, poison);
};

export const endAll = async (): Promise<void> => {
  for (const one of started.values()) await one.stop();
  recorder.close();
  await client.close();
  await mongod.stop();
};
