// Every index of the system: the machine's, and each domain's own.
import type { Db } from 'mongodb';
import { ensureIndexes, machineReadIndexes, machineWriteIndexes } from './core/indexes.ts';
import { readModels } from './read-models.ts';

/** Makes what is missing on both databases. Safe to run at any time. */
export const ensureAllIndexes = async (writeDb: Db, readDb: Db): Promise<void> => {
  const ofReadModels = readModels(writeDb, readDb).flatMap((model) => model.indexes);
  await Promise.all([
    ensureIndexes(writeDb, machineWriteIndexes),
    ensureIndexes(readDb, [...machineReadIndexes, ...ofReadModels]),
  ]);
};
