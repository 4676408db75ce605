// Every read model, for rebuild.
import type { Db } from 'mongodb';
import type { ReadModel } from './core/projection/projection.ts';
import { orderReadModels } from './orders/projections.ts';
import { productReadModels } from './products/projections.ts';
import { recordReadModels } from './records/projections.ts';
import { ticketReadModels } from './tickets/projections.ts';

export const readModels = (writeDb: Db, readDb: Db): ReadModel[] => [
  ...ticketReadModels(writeDb, readDb),
  ...orderReadModels(writeDb, readDb),
  ...productReadModels(writeDb, readDb),
  ...recordReadModels(writeDb, readDb),
];
