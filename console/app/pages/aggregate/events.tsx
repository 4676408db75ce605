import type { Aggregate } from '../../api/types.ts';
import { to } from '../../router.ts';
import { Id } from '../../view/copy.tsx';
import { bytes, inline } from '../../view/format.ts';
import { Pager } from '../../view/pager.tsx';
import { Cell, Table } from '../../view/table.tsx';
import { Ago } from '../../view/time.tsx';

const heads = ['Version', 'Recorded', 'Event', 'Data', 'Caused by'];

/** Its events by version; choosing one shows the state at it. */
export const Events = ({ now }: { now: Aggregate }) => {
  const { stream_id, version, events, next_cursor } = now;
  const firstShown = events[0]?.version ?? 1;
  return (
    <section aria-labelledby="events">
      <h2 id="events">Events</h2>
      <Table
        label="Events of the aggregate"
        heads={heads}
        widths={['6.5rem', '6rem', '14.5rem', 'auto', '11.5rem']}
      >
        {events.map((event) => (
          <tr key={event.event_id} class={event.version === version ? 'is-chosen' : ''}>
            <Cell of="Version">
              <a
                href={to(['aggregate', stream_id], { version: event.version })}
                aria-current={event.version === version ? 'true' : undefined}
              >
                version {event.version}
              </a>
            </Cell>
            <Cell of="Recorded">
              <Ago at={event.recorded_at} />
            </Cell>
            <Cell of="Event">
              <a href={to(['event', event.event_id])}>{event.type}</a>
            </Cell>
            <Cell of="Data" class="one-line data">
              {event.data === null ? <span class="soft">{bytes(event.data_bytes)}</span> : inline(event.data)}
            </Cell>
            <Cell of="Caused by">
              <Id
                id={event.metadata.correlation_id}
                what="correlation id"
                href={to(['trace', event.metadata.correlation_id])}
              />
            </Cell>
          </tr>
        ))}
      </Table>
      <Pager
        first={firstShown > 1 ? to(['aggregate', stream_id]) : undefined}
        firstWord="First versions"
        next={
          next_cursor === null ? undefined : to(['aggregate', stream_id], { version, after: next_cursor })
        }
        nextWord="Later versions"
      />
    </section>
  );
};
