// A rebuild of the ticket list from nothing, against a bare read and bulkWrite copy of the same documents.
import { fork } from 'node:child_process';
import * as z from 'zod';
import { ticketDocumentsCollection } from '../../../lib/tickets/projections.ts';
import { ticketsCollection } from '../../../lib/tickets/store.ts';
import type { Part } from '../context.ts';
import { rate } from '../measure.ts';
import { perSecond } from '../report.ts';
import { idOf, seed } from '../tickets-seed.ts';

const batchSize = 1_000;
const answerSchema = z.object({
  done: z.literal(true),
  written: z.int(),
  ms: z.number(),
  firstHalfMb: z.number(),
  secondHalfMb: z.number(),
});

/** In a process with as much heap as Node takes in a function of 512 MB. */
const rebuildAlone = (): Promise<z.output<typeof answerSchema>> =>
  new Promise((resolve, reject) => {
    const program = new URL('../tickets-rebuild-alone.ts', import.meta.url);
    const child = fork(program, { execArgv: ['--max-old-space-size=460', '--max-semi-space-size=25'] });
    child.once('message', (message) => resolve(answerSchema.parse(message)));
    child.once('exit', (code) => reject(new Error(`the rebuild ended with ${code}`)));
  });

export const run: Part = async ({ writeDb, readDb, order }) => {
  const count = order.full ? 1_000_000 : 100_000;
  await seed(writeDb, ticketsCollection, [0, count]);

  const { written, ms, ...memory } = await rebuildAlone();
  if (written !== count) throw new Error(`${written} were written`);
  const ours = { perSecond: (count * 1_000) / ms, p50Ms: ms / count, p99Ms: ms / count };
  const peakMb = Math.max(memory.firstHalfMb, memory.secondHalfMb);
  await readDb.collection(ticketDocumentsCollection).deleteMany({});

  const copy = readDb.collection<{ _id: string }>(ticketDocumentsCollection);
  const copyRange = async (range: { $lt: string } | { $gte: string }): Promise<void> => {
    let batch: { _id: string }[] = [];
    const flush = async (): Promise<void> => {
      const operations = batch.map((document) => ({
        replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true },
      }));
      batch = [];
      if (operations.length > 0) await copy.bulkWrite(operations, { ordered: false });
    };
    const projection = { subject: 1, status: 1, version: 1, updated_at: 1 };
    const tickets = writeDb.collection<{ _id: string }>(ticketsCollection);
    for await (const document of tickets.find({ _id: range }, { projection }).batchSize(batchSize)) {
      batch.push(document);
      if (batch.length === batchSize) await flush();
    }
    await flush();
  };
  // In two halves at once, as a rebuild has two segments.
  const middle = idOf(count / 2);
  const floor = await rate(count, () =>
    Promise.all([copyRange({ $lt: middle }), copyRange({ $gte: middle })]),
  );
  const ratio = ours.perSecond / floor.perSecond;
  return [
    {
      what: `rebuild of ${count.toLocaleString('en')} tickets`,
      measured: `${perSecond(ours)}, peak RSS ${Math.round(peakMb)} MB (first half ${Math.round(memory.firstHalfMb)}, second ${Math.round(memory.secondHalfMb)})`,
      against: `read and bulkWrite copy ${perSecond(floor)}`,
      ratio,
      reach: '≥ 0.6, ≤ 300 MB, flat',
      reached: ratio >= 0.6 && peakMb <= 300,
      figures: { ours, floor, memory },
    },
  ];
};
