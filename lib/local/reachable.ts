import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { MongoClient } from 'mongodb';
import { messageOf, SetupError } from './log.ts';
import { becomesFree } from './ports.ts';
import { createSqsClient } from './sqs-client.ts';

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
        `The MongoDB of ${setting} is not a replica set, which transactions need: start it with --replSet, or unset ${setting}.`,
      );
    }
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(
      `${setting} cannot be reached (${shortReason(error)}): start that MongoDB, or unset ${setting} to use the built-in one.`,
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
      `SQS_ENDPOINT cannot be reached (${shortReason(error)}): start that server, or unset SQS_ENDPOINT to use the built-in one.`,
    );
  } finally {
    client.destroy();
  }
};

/** Throws a SetupError when another program listens on the port, and still does after `patienceMs`. */
export const checkPort = async (setting: string, port: number, patienceMs: number): Promise<void> => {
  if (await becomesFree(port, patienceMs)) return;
  throw new SetupError(
    `Port ${port} is taken: end the program that has it, or set ${setting} to a free port.`,
  );
};
