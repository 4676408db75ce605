// The picture of the system, live: what a command causes, from left to right. Only what moves is drawn moving.
import type { Metrics } from '../../api/types.ts';
import { to } from '../../router.ts';
import { count, duration, rate } from '../../view/format.ts';
import { isMoving, tellRelay } from './figures.ts';
import type { Layout } from './layout.ts';
import { FigureBox, QueuePart, ReadModelsPart, WorkerPart } from './parts.tsx';
import type { Band } from './rows.ts';

const Line = ({ d, moves }: { d: string; moves: boolean }) => (
  <>
    <path class="line" d={d} />
    {moves && <path class="line-moves" d={d} />}
  </>
);

interface DrawingProps {
  layout: Layout;
  bands: Band[];
  metrics: Metrics;
  perSecond: number;
}

const Left = ({ layout: { commands, log, relay }, metrics, perSecond }: DrawingProps) => {
  const { pending, oldest_pending_ms, parked } = metrics.backlog;
  const late = oldest_pending_ms > metrics.read_lag_ms;
  const middle = commands.x + Math.min(commands.width / 2, 104);
  const moves = perSecond > 0;
  return (
    <>
      <Line d={`M${middle} ${commands.y + commands.height}V${log.y}`} moves={moves} />
      <Line d={`M${middle} ${log.y + log.height}V${relay.y}`} moves={moves || pending > 0} />
      <FigureBox
        box={commands}
        href={to('try-it')}
        title="Commands"
        value={rate(perSecond)}
        unit="events a second"
        told={moves ? { kind: 'busy', word: 'being recorded' } : { kind: 'idle', word: 'nothing comes in' }}
      />
      <FigureBox
        box={log}
        href={to('log')}
        title="Log"
        value={count(pending)}
        unit="pending"
        told={
          parked > 0
            ? { kind: 'bad', word: `${count(parked)} parked` }
            : pending === 0
              ? { kind: 'good', word: `all of ${count(metrics.last_position)} published` }
              : { kind: late ? 'late' : 'busy', word: `oldest ${duration(oldest_pending_ms)}` }
        }
      />
      <FigureBox
        box={relay}
        href={to('log')}
        title="Relay"
        value={metrics.relay.state}
        unit=""
        told={tellRelay(metrics)}
      />
    </>
  );
};

/** The lines of one row: from the bus to the queue, to the worker, to the read models. */
const RowLines = ({
  layout,
  band,
  index,
  moves,
}: {
  layout: Layout;
  band: number;
  index: number;
  moves: boolean;
}) => {
  const placed = layout.bands[band];
  const row = placed?.rows[index];
  if (placed === undefined || row === undefined) return null;
  const middle = (box: { y: number; height: number }): number => box.y + box.height / 2;
  // Events come from the relay; queued commands come from the callers, and end in the log.
  const isCommands = row.from === 'commands';
  const from = isCommands ? layout.queuedX : layout.bus.x;
  const first = layout.isWide ? middle(row.queue) : row.worker.y + 20;
  return (
    <>
      <Line d={`M${from} ${first}H${row.queue.x}`} moves={moves} />
      {layout.isWide && (
        <Line d={`M${row.queue.x + row.queue.width} ${first}H${row.worker.x}`} moves={moves} />
      )}
      {layout.isWide && !isCommands && (
        <Line d={`M${row.worker.x + row.worker.width} ${first}H${placed.readModels.x}`} moves={moves} />
      )}
    </>
  );
};

export const Drawing = (props: DrawingProps) => {
  const { layout, bands, metrics, perSecond } = props;
  const { bus } = layout;
  const busPath = layout.isWide
    ? `M${bus.from.x} ${bus.from.y}H${bus.x}M${bus.x} ${bus.downFrom}V${bus.upTo}`
    : `M${bus.x} ${bus.from.y}V${bus.upTo}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of links, in a drawing.
    <svg
      class="flow"
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="group"
      aria-label="The flow from commands to read models"
    >
      <Line d={busPath} moves={perSecond > 0} />
      {layout.queuedPath !== undefined && <path class="line line-queued" d={layout.queuedPath} />}
      {bands.map((band, at) =>
        band.rows.map((row, index) => (
          <RowLines
            key={row.name}
            layout={layout}
            band={at}
            index={index}
            moves={isMoving(row, metrics.at)}
          />
        )),
      )}
      <Left {...props} />
      {bands.map((band, at) => {
        const placed = layout.bands[at];
        if (placed === undefined) return null;
        return (
          <g key={band.domain}>
            <text class="band-title" x={placed.rows[0]?.queue.x ?? 0} y={placed.y - 7}>
              {band.domain}
            </text>
            {band.rows.map((row, index) => {
              const boxes = placed.rows[index];
              if (boxes === undefined) return null;
              return (
                <g key={row.name}>
                  <QueuePart row={row} box={boxes.queue} />
                  <WorkerPart row={row} box={boxes.worker} readLagMs={metrics.read_lag_ms} />
                </g>
              );
            })}
            {layout.isWide && (
              <text
                class="band-title"
                x={placed.readModels.x + placed.readModels.width - 12}
                y={placed.y - 7}
                text-anchor="end"
              >
                documents
              </text>
            )}
            <ReadModelsPart
              box={placed.readModels}
              models={band.readModels}
              rebuilds={metrics.rebuilds}
              isWide={layout.isWide}
            />
          </g>
        );
      })}
    </svg>
  );
};
