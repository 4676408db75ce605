import { useCell } from '../live/cell.ts';
import { tick } from '../live/clock.ts';
import { ago } from './format.ts';

/** `12 s ago`, with the instant behind it. */
export const Ago = ({ at }: { at: string | number }) => {
  const now = useCell(tick);
  const instant = new Date(at);
  if (Number.isNaN(instant.getTime())) return <span>unknown</span>;
  const exact = instant.toISOString();
  return (
    <time class="ago" dateTime={exact} title={exact}>
      {ago(now - instant.getTime())}
    </time>
  );
};
