import { find } from '../../api/client.ts';
import type { DeadLetter } from '../../api/types.ts';
import { usePoll } from '../../live/poll.ts';
import { to } from '../../router.ts';
import { Id } from '../../view/copy.tsx';
import { Empty, Failure, Loading } from '../../view/empty.tsx';
import { type Fact, Facts } from '../../view/facts.tsx';
import { count, counted, visible } from '../../view/format.ts';
import { Json } from '../../view/json.tsx';
import { State } from '../../view/state.tsx';
import { Ago } from '../../view/time.tsx';
import type { PageProps } from '../pages.tsx';
import { LetterActions } from './choice.tsx';
import { DeadLetterList } from './letters.tsx';

/** JSON if it is JSON, else the text itself. */
const bodyOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const factsOf = (letter: DeadLetter): Fact[] => [
  ['Subscriber', letter.subscription],
  [
    'State',
    <State
      key="state"
      kind={letter.dead ? 'bad' : 'late'}
      word={letter.dead ? 'dead' : 'being retried, or put back'}
    />,
  ],
  ['Attempts', count(letter.attempts)],
  ['Put back', letter.replays === 0 ? 'never' : counted(letter.replays, 'time')],
  ['First failure', <Ago key="first" at={letter.first_at} />],
  ['Last failure', <Ago key="last" at={letter.last_at} />],
  ['Message id', <Id key="message" id={letter.message_id} what="message id" whole />],
  ...(letter.event_id === undefined
    ? []
    : ([
        [
          'Event',
          <Id key="event" id={letter.event_id} what="event id" whole href={to(['event', letter.event_id])} />,
        ],
      ] satisfies Fact[])),
  ...(letter.correlation_id === undefined
    ? []
    : ([
        [
          'Caused by',
          <Id
            key="trace"
            id={letter.correlation_id}
            what="correlation id"
            whole
            href={to(['trace', letter.correlation_id])}
          />,
        ],
      ] satisfies Fact[])),
];

const Detail = ({ letter, again }: { letter: DeadLetter; again(): void }) => (
  <>
    <Facts facts={factsOf(letter)} />
    <h2>Error</h2>
    <p class="data error-text">
      <strong>{visible(letter.error.name)}</strong> {visible(letter.error.message.slice(0, 4_000))}
    </p>
    {letter.error.frame !== undefined && <code class="data soft">{visible(letter.error.frame)}</code>}
    <h2>Message</h2>
    <Json value={bodyOf(letter.body)} label="Body of the message" />
    {letter.dead && letter.event_id !== undefined && (
      <section aria-labelledby="steer">
        <h2 id="steer">What to do with it</h2>
        <LetterActions
          choice={{ subscription: letter.subscription, event_ids: [letter.event_id] }}
          what="this dead letter"
          onEnd={again}
        />
      </section>
    )}
  </>
);

const OneLetter = ({ id }: { id: string }) => {
  const { data, error, again } = usePoll(
    id,
    async (signal) => ({
      letter: await find<DeadLetter>(`/dead-letters/${encodeURIComponent(id)}`, {}, signal),
    }),
    5_000,
  );
  const letter = data?.letter;
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Dead letter</h1>
        {letter !== undefined && (
          <a
            href={to('dead-letters', { subscription: letter.subscription, fingerprint: letter.fingerprint })}
          >
            All of this cause
          </a>
        )}
      </div>
      {error !== undefined && !error.isAway && <Failure error={error} again={again} />}
      {data === undefined && error === undefined && <Loading />}
      {letter !== undefined && <Detail letter={letter} again={again} />}
      {data !== undefined && letter === undefined && (
        <Empty title="There is no such dead letter.">
          <p>
            It may have been put back and applied, or discarded. <a href={to('dead-letters')}>See all</a>
          </p>
        </Empty>
      )}
    </>
  );
};

export const Letters = (props: PageProps) => {
  const [id] = props.path;
  return id === undefined ? <DeadLetterList {...props} /> : <OneLetter key={id} id={id} />;
};
