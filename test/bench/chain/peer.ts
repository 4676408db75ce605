// The peer: commands by its own handler, and one projection behind a change stream on its collection of streams. The
// release that the registry has comes without a consumer; this is one in few lines, and writes in bulk what has come.
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import { options } from '../context.ts';
import { openCommandHandler } from '../peer/emmett.ts';
import { createLags } from './lags.ts';
import { createPool, makesNew, type OpenStage, text } from './setting.ts';

const streams = 'emt:thing';

interface StreamDocument {
  _id: unknown;
  streamName: string;
  metadata: { streamPosition: number | bigint };
  messages: { data: { at: number } }[];
}

const openCommands: OpenStage = async ({ writeUrl }) => {
  const handle = await openCommandHandler(writeUrl);
  const pool = createPool();
  return {
    async send() {
      const known = makesNew() ? undefined : pool.any();
      const id = known ?? uuidv7();
      await handle(id, () => ({ type: 'Changed', data: { text, at: Date.now() } }));
      if (known === undefined) pool.add(id);
      return 200;
    },
  };
};

const openSubscribers: OpenStage = async ({ writeUrl, readUrl }) => {
  const db = (await MongoClient.connect(writeUrl, options)).db();
  const views = (await MongoClient.connect(readUrl, options)).db().collection<{ _id: string }>('peer_views');
  const checkpoints = db.collection<{ _id: string }>('peer_checkpoints');
  const lags = createLags();
  await db.createCollection(streams);
  const changes = db.collection<StreamDocument>(streams).watch([], { fullDocument: 'updateLookup' });
  const come: StreamDocument[] = [];
  changes.on('change', (change) => {
    if ('fullDocument' in change && change.fullDocument) come.push(change.fullDocument);
  });
  const project = async (): Promise<void> => {
    for (;;) {
      while (come.length === 0) await wait(1);
      const documents = come.splice(0, 100);
      const writes = documents.map(({ streamName, metadata, messages }) => ({
        replaceOne: {
          filter: { _id: streamName },
          replacement: { version: Number(metadata.streamPosition), ...messages.at(-1)?.data },
          upsert: true,
        },
      }));
      await views.bulkWrite(writes, { ordered: true });
      await checkpoints.updateOne(
        { _id: 'peer' },
        { $set: { token: changes.resumeToken } },
        { upsert: true },
      );
      for (const { messages } of documents) lags.seen(messages.at(-1)?.data.at ?? 0);
    }
  };
  project().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
  return lags;
};

export const stages: Record<string, OpenStage> = { subscribers: openSubscribers, commands: openCommands };
