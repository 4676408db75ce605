// Whether anything was lost or done twice, by what the databases have in the end.
import { MongoClient } from 'mongodb';
import { measureDrift } from '../../../lib/core/repair/rebuild.ts';
import { eventRows } from '../../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../../lib/domains.ts';
import { openAllModels } from '../../support/open.ts';
import { options } from '../context.ts';
import type { Setting } from './setting.ts';

/**
 * Each answered command has its event, none is pending, and every read document is what a replay gives.
 * @returns what is wrong, in a sentence each.
 */
export const faultsOf = async (
  { domain: name, writeUrl, readUrl }: Pick<Setting, 'domain' | 'writeUrl' | 'readUrl'>,
  answered: number,
): Promise<string[]> => {
  const client = await MongoClient.connect(writeUrl, options);
  try {
    const [writeDb, readDb] = [client.db(), client.db(new URL(readUrl).pathname.slice(1))];
    const faults: string[] = [];
    const events = await eventRows(writeDb).countDocuments({ stream_type: { $ne: 'Supplier' } });
    // What was refused because nobody answered in time may have taken effect.
    if (events < answered) faults.push(`${answered - events} answered commands have no event`);
    const pending = await eventRows(writeDb).countDocuments({ published_at: { $exists: false } });
    if (pending > 0) faults.push(`${pending} events were not published`);
    const domain = catalogue.all.find((one) => one.name === name);
    for (const model of domain === undefined ? [] : openAllModels(domain, writeDb, readDb)) {
      const drift = await measureDrift(model, { db: readDb, timeLeftMs: () => 3_600_000 });
      const differ = drift.altered + drift.missing + drift.surplus + drift.failed;
      if (differ > 0) faults.push(`${differ} of ${model.projection.name} are not what a replay gives`);
    }
    return faults;
  } finally {
    await client.close();
  }
};
