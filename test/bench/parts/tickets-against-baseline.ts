// The ticket list, filtered, at two sizes, against the baseline's list of the same tickets.
import { handler as baseline } from '../../../functions/baseline/crud.ts';
import { handler as queries } from '../../../functions/tickets/queries.ts';
import { ticketDocumentsCollection } from '../../../lib/tickets/projections.ts';
import type { Part } from '../context.ts';
import { inTurn, type Load, load } from '../measure.ts';
import { latency } from '../report.ts';
import { contextOf, requestOf } from '../requests.ts';
import { seed, toBaseline, toReadDocument } from '../tickets-seed.ts';

const small = 10_000;
const roundMs = 2_000;

const expectOk = async (answer: Promise<{ statusCode?: number }>): Promise<void> => {
  const { statusCode } = await answer;
  if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
};

export const run: Part = async ({ writeDb, readDb, order }) => {
  const large = order.full ? 1_000_000 : 100_000;
  const ours = () =>
    expectOk(
      queries(
        requestOf('GET /tickets', { query: { status: 'open', has_note: 'true' } }),
        contextOf('ticketsQueries'),
      ),
    );
  const theirs = () => expectOk(baseline(requestOf('GET /baseline/tickets'), contextOf('baseline')));
  const at = async (from: number, to: number): Promise<Record<'ours' | 'baseline', Load>> => {
    await seed(readDb, ticketDocumentsCollection, [from, to], toReadDocument);
    await seed(writeDb, 'baseline_tickets', [from, to], toBaseline);
    return inTurn(Math.min(order.rounds, 3), {
      ours: () => load(1, roundMs, ours),
      baseline: () => load(1, roundMs, theirs),
    });
  };
  const few = await at(0, small);
  const many = await at(small, large);
  const faster = many.baseline.p99Ms / many.ours.p99Ms;
  const growth = many.ours.p99Ms / few.ours.p99Ms;
  const size = large.toLocaleString('en');
  return [
    {
      what: `ticket list by status and note, ${size} tickets`,
      measured: latency(many.ours),
      against: `baseline's list ${latency(many.baseline)}`,
      ratio: faster,
      reach: '≥ 20 × faster (p99)',
      reached: faster >= 20,
      figures: { few, many },
    },
    {
      what: `the same, ${size} tickets for 10,000`,
      measured: latency(many.ours),
      against: `at 10,000: ${latency(few.ours)}`,
      ratio: growth,
      reach: '≤ 1.5 (of p99)',
      reached: growth <= 1.5,
      figures: {},
    },
  ];
};
