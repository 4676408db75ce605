import type { Metrics } from '../../api/types.ts';
import { useCell } from '../../live/cell.ts';
import { metrics as metricsCell, type Sample, samples as samplesCell } from '../../live/metrics.ts';
import { useSystem } from '../../live/system.ts';
import { to } from '../../router.ts';
import { Chart } from '../../view/chart.tsx';
import { Empty, Failure, Loading } from '../../view/empty.tsx';
import { count, counted, duration, rate } from '../../view/format.ts';
import { State } from '../../view/state.tsx';
import { useWidth } from '../../view/width.ts';
import { Drawing } from './drawing.tsx';
import { eventsPerSecond, findFaults } from './figures.ts';
import { layOut } from './layout.ts';
import { bandsOf } from './rows.ts';

const Faults = ({ metrics }: { metrics: Metrics }) => {
  const faults = findFaults(metrics);
  if (metrics.within_contract && faults.length === 0) {
    return (
      <p class="verdict">
        <State kind="good" word="Within contract" />
        <span class="soft">
          nothing that was published more than {duration(metrics.read_lag_ms)} ago is owed to a subscriber
        </span>
      </p>
    );
  }
  return (
    <div class="verdict verdict-bad" role="alert">
      <State kind="late" word="Out of contract" />
      <ul>
        {faults.map(({ kind, word }) => (
          <li key={word}>
            <State kind={kind} word={word} />
          </li>
        ))}
      </ul>
    </div>
  );
};

const slowest = ({ subscriptions }: Metrics): number =>
  Math.max(0, ...subscriptions.map(({ lag }) => Math.min(lag.p95_ms, 3_600_000)));

const History = ({ samples, now }: { samples: readonly Sample[]; now: Metrics }) => {
  const rates = eventsPerSecond(samples);
  const points = (read: (metrics: Metrics) => number) =>
    samples.map(({ at, metrics }) => ({ at, value: read(metrics) }));
  return (
    <section aria-labelledby="history" class="history">
      <h2 id="history">The last five minutes</h2>
      <div class="charts">
        <Chart
          title="Events recorded"
          points={rates}
          shown={`${rate(rates.at(-1)?.value ?? 0)} a second`}
          tell={(value) => `${rate(value)}/s`}
        />
        <Chart
          title="Pending"
          points={points(({ backlog }) => backlog.pending)}
          shown={counted(now.backlog.pending, 'event')}
          tell={count}
        />
        <Chart
          title="Behind"
          points={points(({ behind }) => behind.events)}
          shown={counted(now.behind.events, 'event')}
          tell={count}
        />
        <Chart
          title="Slowest p95"
          points={points(slowest)}
          shown={duration(slowest(now))}
          tell={duration}
          limit={{ value: now.read_lag_ms, word: `limit ${duration(now.read_lag_ms)}` }}
        />
      </div>
    </section>
  );
};

export const Flow = () => {
  const now = useCell(metricsCell);
  const samples = useCell(samplesCell);
  const { data: system, error } = useSystem();
  const [frame, width] = useWidth<HTMLDivElement>();
  const isReady = now !== undefined && system !== undefined;
  const bands = isReady ? bandsOf(system, now) : [];
  const perSecond = eventsPerSecond(samples).at(-1)?.value ?? 0;
  return (
    <>
      <h1 tabIndex={-1}>Flow</h1>
      {isReady && <Faults metrics={now} />}
      <div ref={frame} class="flow-frame">
        {!isReady && (error === undefined || error.isAway ? <Loading /> : <Failure error={error} />)}
        {isReady && width > 0 && (
          <Drawing layout={layOut(width, bands)} bands={bands} metrics={now} perSecond={perSecond} />
        )}
      </div>
      {isReady && now.last_position === 0 && (
        <Empty title="The log is empty.">
          <p>
            <a href={to('try-it')}>Send a command</a> and watch it arrive.
          </p>
        </Empty>
      )}
      {isReady && <History samples={samples} now={now} />}
    </>
  );
};
