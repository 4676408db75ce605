// What stands above every page: whether the system answers, and whether it keeps its contract.
import { findToken, forgetToken } from './api/token.ts';
import { useCell } from './live/cell.ts';
import { tick } from './live/clock.ts';
import { connection, tryAgain } from './live/connection.ts';
import { metrics } from './live/metrics.ts';
import { to } from './router.ts';
import { duration } from './view/format.ts';
import { State } from './view/state.tsx';

/** Said plainly, and gone by itself when the system answers again. */
export const AwayNotice = () => {
  const now = useCell(connection);
  useCell(tick);
  if (now.state !== 'away') return null;
  const waitMs = Math.max(0, now.nextTryAt - Date.now());
  return (
    <div class="away" role="alert">
      <State kind="bad" word="The system cannot be reached." />
      <span class="away-reason">{now.reason}</span>
      <span class="away-next">
        {waitMs < 1_000 ? 'Asking now …' : `Asking again in ${duration(waitMs - (waitMs % 1_000))}.`}
      </span>
      <button type="button" onClick={tryAgain}>
        Ask now
      </button>
    </div>
  );
};

const Contract = () => {
  const report = useCell(metrics);
  if (report === undefined) return null;
  return report.within_contract ? (
    <State kind="good" word="within contract" />
  ) : (
    <a href={to('')}>
      <State kind="late" word="out of contract" />
    </a>
  );
};

const words = { starting: 'asking', live: 'live', away: 'not reached' };
const kinds = { starting: 'busy', live: 'good', away: 'bad' } as const;

export const Status = () => {
  const { state } = useCell(connection);
  return (
    <div class="status" role="status" aria-label="State of the system">
      {state === 'away' ? null : <Contract />}
      <State kind={kinds[state]} word={words[state]} />
      {findToken() !== undefined && (
        <button type="button" class="quiet" onClick={forgetToken}>
          Forget the token
        </button>
      )}
    </div>
  );
};
