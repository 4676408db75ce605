import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { MongoClient } from 'mongodb';
import { writeWhole } from './files.ts';
import { messageOf, SetupError } from './log.ts';
import { becomesFree } from './ports.ts';
import { createSqsClient } from './sqs-queue.ts';

// A connection string may hold a password: say which setting it was, and never its value.
const shortReason = (error: unknown): string => messageOf(error).split('\n')[0] ?? '';

/** Throws a SetupError unless the URL leads to a primary of a replica set, which transactions need. */
export const checkDatabase = async (setting: string, url: string): Promise<void> => {
  let client: MongoClient | undefined;
  try {
    client = new MongoClient(url, { serverSelectionTimeoutMS: 3000 });
    const hello = await client.db('admin').command({ hello: 1 });
    if (hello['setName'] === undefined && hello['msg'] !== 'isdbgrid') {
      throw new SetupError(
        `The MongoDB of ${setting} is not a replica set, which transactions need: start it with --replSet, or use \`npm start\` without ${setting}, which brings its own.`,
      );
    }
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(
      `${setting} cannot be reached (${shortReason(error)}): start that MongoDB, or use \`npm start\` without ${setting}, which brings its own.`,
    );
  } finally {
    await client?.close();
  }
};

/** Throws a SetupError unless an SQS server answers there. */
export const checkQueues = async (endpoint: string, region: string): Promise<void> => {
  const client = createSqsClient(endpoint, region);
  try {
    await client.send(new ListQueuesCommand({ MaxResults: 1 }));
  } catch (error) {
    throw new SetupError(
      `SQS_ENDPOINT cannot be reached (${shortReason(error)}): start that server, or use \`npm start\` without SQS_ENDPOINT, which brings its own.`,
    );
  } finally {
    client.destroy();
  }
};

const checkPort = async (setting: string, port: number, patienceMs: number): Promise<void> => {
  if (await becomesFree(port, patienceMs)) return;
  throw new SetupError(
    `Port ${port} is taken: end the program that has it, or set ${setting} to a free port.`,
  );
};

export interface Ports {
  httpPort: number;
  lambdaPort: number;
}

/** Throws a SetupError when both are one, or another program listens there and still does after `patienceMs`. */
export const checkPorts = async ({ httpPort, lambdaPort }: Ports, patienceMs = 0): Promise<void> => {
  if (httpPort === lambdaPort) {
    throw new SetupError(`HTTP_PORT and LAMBDA_PORT are both ${httpPort}: give each its own.`);
  }
  await checkPort('HTTP_PORT', httpPort, patienceMs);
  await checkPort('LAMBDA_PORT', lambdaPort, patienceMs);
};

/** Throws a SetupError unless files can be made in the directory. */
export const checkDataDir = async (dataDir: string): Promise<void> => {
  const probe = join(dataDir, 'writable');
  try {
    await writeWhole(probe, '');
    await rm(probe);
  } catch (error) {
    throw new SetupError(
      `The data directory ${dataDir} cannot be used (${shortReason(error)}): make it writable, or set TANDEM_DATA_DIR to another.`,
    );
  }
};
