import type { Log } from './log.ts';
import { type Mongod, startMongod } from './mongod.ts';
import { startQueueServer } from './queue-server.ts';
import { checkDatabase, checkQueues } from './reachable.ts';
import type { Settings } from './settings.ts';

export type Parts = {
  writeDbUrl: string;
  readDbUrl: string;
  sqsEndpoint: string;
  stop(): Promise<void>;
};

const REGION = 'eu-central-1';

const useDatabases = async (settings: Settings, log: Log, started: (stop: () => Promise<void>) => void) => {
  const { writeDbUrl, readDbUrl, dataDir } = settings;
  if (writeDbUrl !== undefined) await checkDatabase('WRITE_DB_URL', writeDbUrl);
  if (readDbUrl !== undefined) await checkDatabase('READ_DB_URL', readDbUrl);
  if (writeDbUrl !== undefined && readDbUrl !== undefined) {
    log('mongod: using WRITE_DB_URL and READ_DB_URL');
    return { writeDbUrl, readDbUrl };
  }
  const mongod: Mongod = await startMongod({ dataDir, log });
  started(mongod.stop);
  return {
    writeDbUrl: writeDbUrl ?? mongod.url('tandem_write'),
    readDbUrl: readDbUrl ?? mongod.url('tandem_read'),
  };
};

const useQueues = async (settings: Settings, log: Log, started: (stop: () => Promise<void>) => void) => {
  if (settings.sqsEndpoint !== undefined) {
    await checkQueues(settings.sqsEndpoint, REGION);
    log('queues: using SQS_ENDPOINT');
    return { sqsEndpoint: settings.sqsEndpoint };
  }
  const server = await startQueueServer({ dataDir: settings.dataDir, log, region: REGION });
  started(server.stop);
  return { sqsEndpoint: server.endpoint };
};

/** Brings up the databases and the queue server side by side. When one fails, the other is stopped. */
export const startParts = async (settings: Settings, log: Log): Promise<Parts> => {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    await Promise.allSettled(stops.map((one) => one()));
  };
  const remember = (one: () => Promise<void>): void => {
    stops.push(one);
  };
  const [databases, queues] = await Promise.allSettled([
    useDatabases(settings, log, remember),
    useQueues(settings, log, remember),
  ]);
  if (databases.status === 'fulfilled' && queues.status === 'fulfilled') {
    return { ...databases.value, ...queues.value, stop };
  }
  await stop();
  throw databases.status === 'rejected' ? databases.reason : queues.status === 'rejected' && queues.reason;
};
