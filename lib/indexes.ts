// Every index of the system: the machine's, and each domain's own.
import type { Db } from 'mongodb';
import { ensureIndexes, machineReadIndexes, machineWriteIndexes } from './core/indexes.ts';
import { auditLogIndexes } from './products/audit-log.ts';
import { lowStockIndexes } from './products/low-stock-alert.ts';
import { readModels } from './read-models.ts';
import { recordWriteIndexes } from './records/store.ts';

/** Makes what is missing on both databases. Safe to run at any time. */
export const ensureAllIndexes = async (writeDb: Db, readDb: Db): Promise<void> => {
  const ofReadModels = readModels(writeDb, readDb).flatMap((model) => model.indexes);
  await Promise.all([
    ensureIndexes(writeDb, [...machineWriteIndexes, ...recordWriteIndexes]),
    ensureIndexes(readDb, [...machineReadIndexes, ...ofReadModels, ...auditLogIndexes, ...lowStockIndexes]),
  ]);
};
