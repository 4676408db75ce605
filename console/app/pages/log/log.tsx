import { useState } from 'preact/hooks';
import { get } from '../../api/client.ts';
import type { EventList, System } from '../../api/types.ts';
import { usePoll } from '../../live/poll.ts';
import { useSystem } from '../../live/system.ts';
import { setQuery, to } from '../../router.ts';
import { Empty, Failure, Loading } from '../../view/empty.tsx';
import { Filters, Select, TextFilter } from '../../view/filters.tsx';
import { Pager } from '../../view/pager.tsx';
import type { PageProps } from '../pages.tsx';
import { EventTable } from './event-table.tsx';

const pageSize = 50;
const everyMs = 2_000;

type Query = Record<string, string>;

const streamsOf = (system: System | undefined) => system?.domains.flatMap(({ streams }) => streams) ?? [];

const LogFilters = ({ query, system }: { query: Query; system: System | undefined }) => {
  const streams = streamsOf(system);
  const { stream_type = '', type = '', stream_id = '', correlation_id = '' } = query;
  const types = streams
    .filter((stream) => stream_type === '' || stream.stream_type === stream_type)
    .flatMap(({ event_types }) => event_types);
  const choose = (name: string) => (value: string) => setQuery({ [name]: value, before: undefined });
  return (
    <Filters>
      <Select
        label="Stream"
        any="all streams"
        value={stream_type}
        options={streams.map((stream) => stream.stream_type)}
        onChange={(value) => setQuery({ stream_type: value, type: undefined, before: undefined })}
      />
      <Select label="Type" any="all types" value={type} options={types} onChange={choose('type')} />
      <TextFilter label="Stream id" placeholder="Ticket-…" value={stream_id} onChange={choose('stream_id')} />
      <TextFilter label="Correlation id" value={correlation_id} onChange={choose('correlation_id')} />
    </Filters>
  );
};

const filterNames = ['stream_type', 'type', 'stream_id', 'correlation_id'] as const;

const filtersOf = (query: Query): Query =>
  Object.fromEntries(filterNames.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));

const Nothing = ({ list, isFiltered }: { list: EventList; isFiltered: boolean }) => {
  if (list.next_cursor !== null)
    return <Empty title="None among the events that were looked at. There are older ones." />;
  if (isFiltered)
    return (
      <Empty title="No event is like that.">
        <p>
          <a href={to('log')}>Show all events</a>
        </p>
      </Empty>
    );
  return (
    <Empty title="The log is empty.">
      <p>
        <a href={to('try-it')}>Send a command</a>: what it causes is recorded here.
      </p>
    </Empty>
  );
};

export const Log = ({ query }: PageProps) => {
  const [isHeld, setHeld] = useState(false);
  const { data: system } = useSystem();
  const { before } = query;
  const filters = filtersOf(query);
  const isFollowing = before === undefined && !isHeld;
  const { data, error, again } = usePoll(
    JSON.stringify([filters, before]),
    (signal) =>
      get<EventList>(
        '/ops/events',
        { ...filters, order: 'desc', after_position: before, limit: pageSize },
        signal,
      ),
    () => (isFollowing ? everyMs : undefined),
  );
  const follow = (): void => {
    setHeld(!isHeld);
    if (isHeld) again();
  };
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Log</h1>
        {before === undefined ? (
          <button type="button" aria-pressed={isHeld} onClick={follow}>
            {isHeld ? 'Held: follow again' : 'Following: hold'}
          </button>
        ) : (
          <a href={to('log', filters)}>To the newest events</a>
        )}
      </div>
      <LogFilters query={query} system={system} />
      {error !== undefined && !error.isAway && <Failure error={error} again={again} />}
      {data === undefined && error === undefined && <Loading />}
      {data !== undefined && data.items.length > 0 && <EventTable events={data.items} />}
      {data !== undefined && data.items.length === 0 && (
        <Nothing list={data} isFiltered={Object.keys(filters).length > 0} />
      )}
      <Pager
        first={before === undefined ? undefined : to('log', filters)}
        firstWord="Newest"
        next={data?.next_cursor ? to('log', { ...filters, before: data.next_cursor }) : undefined}
        nextWord="Older"
      />
    </>
  );
};
