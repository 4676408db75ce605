// A query by its handler beside the same query by the bare driver.
import { inTurn, load, ratioOf, spreadOf } from './measure.ts';
import { both, type Row } from './report.ts';

const roundMs = 500;
const usualCallers = 8;

interface Compared {
  what: string;
  ours: () => Promise<unknown>;
  bare: () => Promise<unknown>;
  /** What `bare` is, if it is not the driver. */
  name?: string;
  /** So many at once. */
  callers?: number;
}

export const againstDriver = async (
  rounds: number,
  { what, ours, bare, name = 'the bare driver', callers = usualCallers }: Compared,
): Promise<Row> => {
  const found = await inTurn(rounds * 2, {
    ours: () => load(callers, roundMs, ours),
    floor: () => load(callers, roundMs, bare),
  });
  const ratio = ratioOf(found.ours, found.floor);
  return {
    what,
    measured: both(found.ours),
    against: `${name} ${both(found.floor)}`,
    ratio,
    noise: spreadOf(found.floor),
    reach: '≥ 0.9',
    reached: ratio >= 0.9,
    figures: found,
  };
};
