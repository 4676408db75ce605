// The same steps by bare calls of driver and SDK, without any guarantee: insert, send in tens, receive, bulk write, delete.
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { MongoClient } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import { options } from '../context.ts';
import { benchClient, makeQueue } from '../queues.ts';
import { createLags } from './lags.ts';
import { startPoller } from './poller.ts';
import { createPool, makesNew, type OpenStage, type Setting, subscribersOf, text } from './setting.ts';

const sendAfterMs = 5;

const urlsOf = (setting: Setting): Promise<string[]> => {
  const client = benchClient(setting.sqsEndpoint);
  const queues = Array.from(
    { length: subscribersOf[setting.domain] },
    (_, n) => `floor-${setting.domain}-${n}`,
  );
  return Promise.all(queues.map((queue) => makeQueue(client, queue)));
};

/** Sends what has come together, in tens, to every queue. */
const createSender = async (setting: Setting) => {
  const client = benchClient(setting.sqsEndpoint);
  const urls = await urlsOf(setting);
  let waiting: string[] = [];
  const flush = (): void => {
    const Entries = waiting.map((MessageBody, at) => ({ Id: String(at), MessageBody }));
    waiting = [];
    if (Entries.length === 0) return;
    for (const QueueUrl of urls) void client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  return (body: string): void => {
    waiting.push(body);
    if (waiting.length === 10) flush();
    else if (waiting.length === 1) setTimeout(flush, sendAfterMs);
  };
};

const openCommands: OpenStage = async (setting) => {
  const db = (await MongoClient.connect(setting.writeUrl, options)).db();
  const documents = db.collection<{ _id: string; version: number }>('floor_documents');
  const events = db.collection<{ _id: string; stream_id: string }>('floor_events');
  await events.createIndex({ stream_id: 1, version: 1 }, { unique: true });
  const send = await createSender(setting);
  const keepsState = setting.domain !== 'products';
  const pool = createPool();
  /** The version that the aggregate has, as a command finds it out. */
  const find = async (id: string): Promise<number> =>
    keepsState
      ? ((await documents.findOne({ _id: id }))?.version ?? 0)
      : (await events.find({ stream_id: id }).toArray()).length;
  return {
    async send() {
      const known = makesNew() ? undefined : pool.any();
      const id = known ?? uuidv7();
      const version = (known === undefined ? 0 : await find(id)) + 1;
      const recorded_at = new Date();
      const event = { _id: uuidv7(), stream_id: id, version, type: 'Changed', data: { text }, recorded_at };
      if (keepsState && version === 1) await documents.insertOne({ _id: id, version, ...event.data });
      if (keepsState && version > 1) await documents.replaceOne({ _id: id }, { version, ...event.data });
      // Two that change one thing at once: one of them is lost here.
      await events.insertOne(event).catch(() => undefined);
      send(JSON.stringify(event));
      if (known === undefined) pool.add(id);
      return 200;
    },
  };
};

const openSubscribers: OpenStage = async (setting) => {
  const client = benchClient(setting.sqsEndpoint);
  const db = (await MongoClient.connect(setting.readUrl, options)).db();
  const lags = createLags();
  for (const [n, url] of (await urlsOf(setting)).entries()) {
    const views = db.collection<{ _id: string }>(`floor_views_${n}`);
    startPoller(client, url, async (messages) => {
      const events = messages.map(({ Body = '' }) => JSON.parse(Body));
      const writes = events.map(({ stream_id, version, data }) => ({
        replaceOne: { filter: { _id: stream_id }, replacement: { version, ...data }, upsert: true },
      }));
      await views.bulkWrite(writes, { ordered: false }).catch(() => undefined);
      for (const { recorded_at } of events) lags.seen(Date.parse(recorded_at));
      return [];
    });
  }
  return lags;
};

export const stages: Record<string, OpenStage> = { subscribers: openSubscribers, commands: openCommands };
