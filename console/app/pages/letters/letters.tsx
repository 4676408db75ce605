import { get } from '../../api/client.ts';
import type { DeadLetterGroup, DeadLetters, ParkedEvent, System } from '../../api/types.ts';
import { usePoll } from '../../live/poll.ts';
import { useSystem } from '../../live/system.ts';
import { setQuery, to } from '../../router.ts';
import { Id } from '../../view/copy.tsx';
import { Empty, Failure, Loading } from '../../view/empty.tsx';
import { Filters, Select } from '../../view/filters.tsx';
import { counted, inline, visible } from '../../view/format.ts';
import { Pager } from '../../view/pager.tsx';
import { State } from '../../view/state.tsx';
import { Cell, Table } from '../../view/table.tsx';
import { Ago } from '../../view/time.tsx';
import type { PageProps } from '../pages.tsx';
import { LetterActions } from './choice.tsx';

const queuesOf = (system: System | undefined): string[] =>
  system?.domains.flatMap(({ subscribers, command_queues }) => [
    ...subscribers.map(({ subscription }) => subscription),
    ...command_queues,
  ]) ?? [];

const causeAddress = ({ subscription, fingerprint }: DeadLetterGroup): string =>
  to('dead-letters', { subscription, fingerprint });

const tellReplays = (replays: number): string => {
  if (replays === 0) return 'never put back';
  return replays === 1 ? 'put back once' : `put back ${replays} times`;
};

const Cause = ({ group, onEnd }: { group: DeadLetterGroup; onEnd(): void }) => {
  const { subscription, fingerprint, error, count, replays, first_at, last_at } = group;
  return (
    <article class="document cause">
      <header>
        <State kind="bad" word={counted(count, 'dead letter')} />
        <h2>
          <a href={causeAddress(group)}>{subscription}</a>
        </h2>
        <span class="soft">
          first <Ago at={first_at} />, last <Ago at={last_at} />, {tellReplays(replays)}
        </span>
      </header>
      <p class="data error-text">
        <strong>{visible(error.name)}</strong> {inline(error.message, 300)}
      </p>
      {error.frame !== undefined && <code class="data soft">{inline(error.frame, 200)}</code>}
      <LetterActions
        choice={{ subscription, fingerprint }}
        what={`${counted(count, 'dead letter')} of ${subscription} with this cause`}
        onEnd={onEnd}
      />
    </article>
  );
};

const Letters = ({ group }: { group: DeadLetterGroup }) => (
  <Table
    label="Dead letters of this cause"
    heads={['Letter', 'Event', 'Caused by', 'Last failure', 'Attempts']}
  >
    {group.letters.map((letter) => (
      <tr key={letter.id}>
        <Cell of="Letter">
          <Id id={letter.message_id} what="message id" href={to(['dead-letters', letter.id])} />
        </Cell>
        <Cell of="Event">
          {letter.event_id !== undefined && (
            <Id id={letter.event_id} what="event id" href={to(['event', letter.event_id])} />
          )}
        </Cell>
        <Cell of="Caused by">
          {letter.correlation_id !== undefined && (
            <Id
              id={letter.correlation_id}
              what="correlation id"
              href={to(['trace', letter.correlation_id])}
            />
          )}
        </Cell>
        <Cell of="Last failure">
          <Ago at={letter.last_at} />
        </Cell>
        <Cell of="Attempts">{letter.attempts}</Cell>
      </tr>
    ))}
  </Table>
);

const Parked = ({ parked, onEnd }: { parked: readonly ParkedEvent[]; onEnd(): void }) => (
  <section aria-labelledby="parked">
    <h2 id="parked">Parked events</h2>
    <p class="soft">
      Events that a queue refused for good. They are in the log, and nobody has heard of them.
    </p>
    {parked.map((event) => (
      <article key={event.event_id} class="document">
        <header>
          <State kind="bad" word="parked" />
          <h3>
            <a href={to(['event', event.event_id])}>{visible(event.type)}</a>
          </h3>
          <span class="soft">
            <Ago at={event.parked_at} />, after {counted(event.attempts, 'attempt')}
          </span>
          <Id id={event.stream_id} what="stream id" href={to(['aggregate', event.stream_id])} />
        </header>
        <p class="data error-text">{inline(event.error, 300)}</p>
        <LetterActions
          choice={{ subscription: 'relay', event_ids: [event.event_id] }}
          what="this parked event"
          canDiscard={false}
          onEnd={onEnd}
        />
      </article>
    ))}
  </section>
);

const totals = (groups: readonly DeadLetterGroup[]): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const { subscription, count } of groups) sums.set(subscription, (sums.get(subscription) ?? 0) + count);
  return sums;
};

/** All of one queue at once, if it has more than one cause. */
const Whole = ({ groups, onEnd }: { groups: readonly DeadLetterGroup[]; onEnd(): void }) => {
  const several = [...totals(groups)].filter(
    ([name]) => groups.filter(({ subscription }) => subscription === name).length > 1,
  );
  return several.map(([subscription, count]) => (
    <div key={subscription} class="whole">
      <span>
        All {counted(count, 'dead letter')} of <strong>{subscription}</strong>
      </span>
      <LetterActions
        choice={{ subscription }}
        what={`all ${counted(count, 'dead letter')} of ${subscription}`}
        onEnd={onEnd}
      />
    </div>
  ));
};

const List = ({ data, isOneCause, again }: { data: DeadLetters; isOneCause: boolean; again(): void }) => (
  <>
    {!isOneCause && <Whole groups={data.groups} onEnd={again} />}
    {data.groups.map((group) => (
      <Cause key={`${group.subscription}/${group.fingerprint}`} group={group} onEnd={again} />
    ))}
    {isOneCause && data.groups.map((group) => <Letters key={group.fingerprint} group={group} />)}
    {data.parked.length > 0 && <Parked parked={data.parked} onEnd={again} />}
  </>
);

export const DeadLetterList = ({ query }: PageProps) => {
  const { data: system } = useSystem();
  const { subscription = '', fingerprint = '', after } = query;
  const { data, error, again } = usePoll(
    JSON.stringify([subscription, fingerprint, after]),
    (signal) => get<DeadLetters>('/dead-letters', { subscription, fingerprint, after, limit: 50 }, signal),
    3_000,
  );
  const isEmpty = data !== undefined && data.groups.length === 0 && data.parked.length === 0;
  const here = { subscription, fingerprint };
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Dead letters</h1>
        {fingerprint !== '' && <a href={to('dead-letters')}>All causes</a>}
      </div>
      <Filters>
        <Select
          label="Queue"
          any="all queues"
          value={subscription}
          options={[...queuesOf(system), 'relay']}
          onChange={(value) => setQuery({ subscription: value, fingerprint: undefined, after: undefined })}
        />
      </Filters>
      {error !== undefined && !error.isAway && <Failure error={error} again={again} />}
      {data === undefined && error === undefined && <Loading />}
      {data !== undefined && <List data={data} isOneCause={fingerprint !== ''} again={again} />}
      {isEmpty && (
        <Empty title="No dead letters, and no parked events.">
          <p>
            A message that fails {system?.max_attempts ?? 'some'} times comes here with its error.{' '}
            <a href={to('')}>See the flow</a>
          </p>
        </Empty>
      )}
      <Pager
        first={after === undefined ? undefined : to('dead-letters', here)}
        firstWord="Latest"
        next={data?.next_cursor ? to('dead-letters', { ...here, after: data.next_cursor }) : undefined}
        nextWord="Earlier"
      />
    </>
  );
};
