import { find } from '../../api/client.ts';
import type { Trace as TraceAnswer } from '../../api/types.ts';
import { usePoll } from '../../live/poll.ts';
import { to } from '../../router.ts';
import { Id } from '../../view/copy.tsx';
import { Empty, Failure, Loading } from '../../view/empty.tsx';
import { duration, inline, visible } from '../../view/format.ts';
import { State } from '../../view/state.tsx';
import { Ago } from '../../view/time.tsx';
import { type Bar, barsOf, scaleOf } from './waterfall.ts';

const percent = (ms: number, longest: number): string => `${(Math.min(ms, longest) / longest) * 100}%`;

const What = ({ bar: { depth, what, event_id, stream_id, version } }: { bar: Bar }) => (
  <span class={`depth-${depth}`}>
    {depth === 1 && event_id !== null ? (
      <a href={to(['event', event_id])}>{visible(what)}</a>
    ) : (
      <span class={depth === 0 ? 'strong' : ''}>{visible(what)}</span>
    )}
    {depth === 1 && stream_id !== null && (
      <Id
        id={stream_id}
        what="stream id"
        href={to(['aggregate', stream_id], { version: version ?? undefined })}
      />
    )}
  </span>
);

// What took effect may have left no time behind: it is kept for a day, and under load not of every event.
const tellTook = ({ fromMs, toMs, kind }: Bar): string => {
  // A subscriber may be done before the relay has noted that it has sent.
  if (toMs !== null) return duration(Math.max(0, toMs - fromMs));
  return kind === 'busy' ? '…' : 'unknown';
};

const Row = ({ bar, longest }: { bar: Bar; longest: number }) => {
  const { kind, word, fromMs, toMs, error } = bar;
  const end = toMs ?? longest;
  return (
    <>
      <tr>
        <th scope="row">
          <What bar={bar} />
        </th>
        <td>
          <State kind={kind} word={word} />
        </td>
        <td>{tellTook(bar)}</td>
        <td class="lane">
          {(toMs !== null || kind === 'busy') && (
            <div
              class={`bar bar-${toMs === null ? 'open' : kind}`}
              style={{ left: percent(fromMs, longest), width: percent(Math.max(0, end - fromMs), longest) }}
            />
          )}
        </td>
      </tr>
      {error !== null && (
        <tr>
          <td colSpan={4} class="step-error data">
            {inline(error, 400)}
          </td>
        </tr>
      )}
    </>
  );
};

const Waterfall = ({ trace }: { trace: TraceAnswer }) => {
  const bars = barsOf(trace);
  const scale = scaleOf(trace.duration_ms);
  const longest = scale.at(-1) ?? 1;
  return (
    <table class="waterfall" aria-label="All that the request caused">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">State</th>
          <th scope="col">Took</th>
          <th scope="col" class="scale">
            <span class="unseen">From the start</span>
            {scale.map((ms) => (
              <span key={ms} aria-hidden="true" style={{ left: percent(ms, longest) }}>
                {duration(ms)}
              </span>
            ))}
          </th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <Row key={bar.key} bar={bar} longest={longest} />
        ))}
      </tbody>
    </table>
  );
};

const Found = ({ trace }: { trace: TraceAnswer }) => (
  <>
    <p class="summary">
      <State
        kind={trace.complete ? 'good' : 'busy'}
        word={trace.complete ? 'Everything has taken effect' : 'Still under way'}
      />
      <span class="soft">
        {trace.complete ? 'within' : 'for at least'} {duration(trace.duration_ms)}, started{' '}
        <Ago at={trace.started_at} />
      </span>
    </p>
    {trace.cut && <p class="soft">It caused more than 200 events: the first ones are shown.</p>}
    <Waterfall trace={trace} />
  </>
);

// A request that was sent just now may have left nothing behind yet.
const nextMs = (trace: TraceAnswer | undefined): number | undefined => {
  if (trace === undefined) return 1_500;
  return trace.complete ? undefined : 700;
};

/** A trace as it grows, until everything has taken effect. */
export const LiveTrace = ({ id }: { id: string }) => {
  const { data, error, again } = usePoll(
    id,
    async (signal) => ({
      trace: await find<TraceAnswer>(`/ops/traces/${encodeURIComponent(id)}`, {}, signal),
    }),
    ({ trace }) => nextMs(trace),
  );
  return (
    <>
      {error !== undefined && !error.isAway && <Failure error={error} again={again} />}
      {data === undefined && error === undefined && <Loading />}
      {data?.trace !== undefined && <Found trace={data.trace} />}
      {data !== undefined && data.trace === undefined && (
        <Empty title="Nothing is known of this correlation id.">
          <p>
            Something that was sent just now appears here by itself. Else look in{' '}
            <a href={to('log')}>the log</a>.
          </p>
        </Empty>
      )}
    </>
  );
};
