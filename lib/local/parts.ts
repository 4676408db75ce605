import { releaseInFlight } from './in-flight.ts';
import { type Log, quiet } from './log.ts';
import { startMongod } from './mongod.ts';
import { startQueueServer } from './queue-server.ts';
import { checkDatabase, checkQueues } from './reachable.ts';
import type { Settings } from './settings.ts';
import { keepRunning, type Supervised } from './supervise.ts';

export interface Parts {
  writeDbUrl: string;
  readDbUrl: string;
  sqsEndpoint: string;
  /** Rejects with a SetupError when one of them ends again and again; else never settles. */
  givenUp: Promise<never>;
  /** For a new receiver, when the last one died with messages in flight. */
  releaseInFlight(): Promise<void>;
  stop(): Promise<void>;
}

type Keep = (part: Pick<Supervised<never>, 'givenUp' | 'stop'>) => void;

const region = 'eu-central-1';

const useDatabases = async ({ writeDbUrl, readDbUrl, dataDir }: Settings, log: Log, keep: Keep) => {
  if (writeDbUrl !== undefined) await checkDatabase('WRITE_DB_URL', writeDbUrl);
  if (readDbUrl !== undefined) await checkDatabase('READ_DB_URL', readDbUrl);
  if (writeDbUrl !== undefined && readDbUrl !== undefined) {
    log('mongod: using WRITE_DB_URL and READ_DB_URL');
    return { writeDbUrl, readDbUrl };
  }
  const start = (again: boolean) => startMongod({ dataDir, stays: again, log: again ? quiet : log });
  const part = keepRunning('mongod', start, log);
  keep(part);
  const mongod = await part.started;
  return {
    writeDbUrl: writeDbUrl ?? mongod.url('tandem_write'),
    readDbUrl: readDbUrl ?? mongod.url('tandem_read'),
  };
};

const useQueues = async ({ sqsEndpoint, dataDir }: Settings, log: Log, keep: Keep) => {
  if (sqsEndpoint !== undefined) {
    await checkQueues(sqsEndpoint, region);
    log('queues: using SQS_ENDPOINT');
    return { sqsEndpoint };
  }
  const start = (again: boolean) =>
    startQueueServer({ dataDir, stays: again, log: again ? quiet : log, region });
  const part = keepRunning('queues', start, log);
  keep(part);
  const { endpoint } = await part.started;
  return { sqsEndpoint: endpoint };
};

/**
 * Brings up the databases and the queue server side by side, and keeps those that are ours running.
 * When one does not start, the other is stopped.
 */
export const startParts = async (settings: Settings, log: Log): Promise<Parts> => {
  const kept: Parameters<Keep>[0][] = [];
  const keep: Keep = (part) => kept.push(part);
  const stop = async (): Promise<void> => {
    await Promise.allSettled(kept.map((part) => part.stop()));
  };
  const [databases, queues] = await Promise.allSettled([
    useDatabases(settings, log, keep),
    useQueues(settings, log, keep),
  ]);
  if (databases.status === 'fulfilled' && queues.status === 'fulfilled') {
    const never = new Promise<never>(() => undefined);
    const givenUp = Promise.race([never, ...kept.map((part) => part.givenUp)]);
    givenUp.catch(() => undefined);
    const { sqsEndpoint } = queues.value;
    const release = async (): Promise<void> => {
      if (settings.sqsEndpoint !== undefined) return;
      // A queue server that is away as well releases them when it starts.
      await releaseInFlight(sqsEndpoint, region).catch(() => undefined);
    };
    return { ...databases.value, sqsEndpoint, givenUp, releaseInFlight: release, stop };
  }
  await stop();
  throw databases.status === 'rejected' ? databases.reason : queues.status === 'rejected' && queues.reason;
};
