// Whether the lists of products show what a version of an aggregate says, or have no use for it.
import type { Db } from 'mongodb';
import { streamId } from '../core/events.ts';
import type { AtVersion } from '../core/queries/query.ts';
import { eventRows } from '../core/stores/event-rows.ts';
import { cardDocuments, supplierDocuments } from './projections.ts';

export const hasReachedProduct = async (readDb: Db, { id, version }: AtVersion): Promise<boolean> =>
  (await cardDocuments(readDb).findOne(
    { _id: id, version: { $gte: version } },
    { projection: { _id: 1 } },
  )) !== null;

/** The supplier, and each card that shows its name: the cards follow the supplier's own document. */
export const hasReachedSupplier = async (readDb: Db, { id, version }: AtVersion): Promise<boolean> => {
  const only = { projection: { _id: 1 } } as const;
  if ((await supplierDocuments(readDb).findOne({ _id: id, version: { $gte: version } }, only)) === null)
    return false;
  return (
    (await cardDocuments(readDb).findOne({ supplier_id: id, supplier_version: { $lt: version } }, only)) ===
    null
  );
};

/**
 * Whether a subscriber of products has taken in what it hears of, up to this version. Each product's versions count for
 * all subscribers, but not each of them says something to every one.
 */
export const hasTakenIn = async (
  writeDb: Db,
  { id, version }: AtVersion,
  hears: readonly string[],
  hasApplied: (version: number) => Promise<boolean>,
): Promise<boolean> => {
  const events = eventRows(writeDb);
  const product = streamId('Product', id);
  const only = { projection: { version: 1 } } as const;
  if ((await events.findOne({ stream_id: product, version }, only)) === null)
    return (await events.findOne({ stream_id: streamId('Supplier', id), version }, only)) !== null;
  const heard = await events
    .find({ stream_id: product, version: { $lte: version }, type: { $in: [...hears] } }, only)
    .sort({ version: -1 })
    .limit(1)
    .next();
  return heard === null || hasApplied(heard.version);
};
