import { to } from '../../router.ts';
import { Id } from '../../view/copy.tsx';
import { type Fact, Facts } from '../../view/facts.tsx';
import { duration } from '../../view/format.ts';
import { Json } from '../../view/json.tsx';
import { State } from '../../view/state.tsx';
import { LiveTrace } from '../trace/live-trace.tsx';
import type { Sent } from './form.tsx';

const told = ['etag', 'location', 'idempotency-replayed', 'retry-after', 'warning', 'link'];

/** What came back, and for a command what it causes, as it happens. */
export const Answer = ({ sent: { answer, tookMs, isCommand } }: { sent: Sent }) => {
  const { status, headers, body } = answer;
  const isGood = status < 400;
  const correlationId = headers.get('x-correlation-id');
  const facts: Fact[] = told.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] satisfies Fact];
  });
  return (
    <section aria-labelledby="answer" class="answer">
      <h2 id="answer">
        <span role="status">
          <State kind={isGood ? 'good' : 'late'} word={`${status} ${isGood ? 'accepted' : 'refused'}`} />
        </span>{' '}
        <span class="soft">in {duration(tookMs)}</span>
      </h2>
      <Facts facts={facts} />
      <Json value={body ?? ''} label="Body of the answer" />
      {isCommand && isGood && correlationId !== null && (
        <section aria-labelledby="caused">
          <div class="section-head">
            <h2 id="caused">What it causes</h2>
            <Id id={correlationId} what="correlation id" href={to(['trace', correlationId])} whole />
          </div>
          <LiveTrace key={correlationId} id={correlationId} />
        </section>
      )}
    </section>
  );
};
