// The audit log: every event of every product, once, as it was recorded; nothing in it ever changes.
import type { Db } from 'mongodb';
import { type RecordedRow, recorder } from '../core/projection/recorder.ts';
import { productEvents } from './product.ts';

export type AuditRow = RecordedRow;

export const auditLogCollection = 'product_audit_log';

export const auditLog = (readDb: Db) => readDb.collection<AuditRow>(auditLogCollection);

export const { model: auditLogModel, subscriber: productsAuditLog } = recorder({
  name: 'products-audit-log',
  streamType: 'Product',
  eventTypes: productEvents,
  collection: auditLogCollection,
  indexes: [{ keys: { recorded_at: -1, _id: -1 } }, { keys: { type: 1, recorded_at: -1, _id: -1 } }],
});
