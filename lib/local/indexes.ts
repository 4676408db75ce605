// Indexes for the local databases: what a deploy does with `sls invoke -f ensureIndexes`.

import { MongoClient } from 'mongodb';
import { catalogue } from '../domains.ts';
import { messageOf, SetupError } from './log.ts';

/** Throws a SetupError if a database cannot be reached. */
export const ensureLocalIndexes = async (writeDbUrl: string, readDbUrl: string): Promise<void> => {
  const options = { serverSelectionTimeoutMS: 5_000 };
  const [write, read] = [new MongoClient(writeDbUrl, options), new MongoClient(readDbUrl, options)];
  try {
    await catalogue.ensureIndexes(write.db(), read.db());
  } catch (error) {
    throw new SetupError(
      `The databases cannot be used (${messageOf(error)}): start them, or set WRITE_DB_URL and READ_DB_URL.`,
    );
  } finally {
    await Promise.all([write.close(), read.close()]);
  }
};
