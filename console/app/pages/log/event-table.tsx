import type { LoggedEvent } from '../../api/types.ts';
import { to } from '../../router.ts';
import { Id } from '../../view/copy.tsx';
import { bytes, count, inline } from '../../view/format.ts';
import { State } from '../../view/state.tsx';
import { Cell, Table } from '../../view/table.tsx';
import { Ago } from '../../view/time.tsx';

const heads = ['Position', 'Recorded', 'Event', 'Aggregate', 'Version', 'Data', 'Caused by'];
const widths = ['5.5rem', '5.5rem', '14.5rem', '12.5rem', '4.5rem', 'auto', '11rem'];

const Row = ({ event }: { event: LoggedEvent }) => {
  const { event_id, position, recorded_at, type, stream_id, version, data, data_bytes, metadata } = event;
  return (
    <tr>
      <Cell of="Position">{position === null ? '–' : count(position)}</Cell>
      <Cell of="Recorded">
        <Ago at={recorded_at} />
      </Cell>
      <Cell of="Event">
        <a href={to(['event', event_id])}>{type}</a>{' '}
        {event.published_at === null && <State kind="busy" word="pending" />}
      </Cell>
      <Cell of="Aggregate">
        <Id id={stream_id} what="stream id" href={to(['aggregate', stream_id], { version })} />
      </Cell>
      <Cell of="Version">{version}</Cell>
      <Cell of="Data" class="one-line data">
        {data === null ? <span class="soft">{bytes(data_bytes)}</span> : inline(data)}
      </Cell>
      <Cell of="Caused by">
        <Id
          id={metadata.correlation_id}
          what="correlation id"
          href={to(['trace', metadata.correlation_id])}
        />
      </Cell>
    </tr>
  );
};

export const EventTable = ({ events }: { events: readonly LoggedEvent[] }) => (
  <Table label="Events" heads={heads} widths={widths}>
    {events.map((event) => (
      <Row key={event.event_id} event={event} />
    ))}
  </Table>
);
