// The parts of the drawing: boxes of figures, each a link to the page that says more.
import type { ComponentChildren } from 'preact';
import type { Metrics } from '../../api/types.ts';
import { to } from '../../router.ts';
import { count, counted, duration } from '../../view/format.ts';
import { Mark } from '../../view/state.tsx';
import { type Told, tellQueue, tellRow } from './figures.ts';
import { LagScale } from './lag-scale.tsx';
import type { Box } from './layout.ts';
import type { Row } from './rows.ts';

interface PartProps {
  box: Box;
  href: string;
  /** What only a reader of the screen needs to be told: the rest stands in the drawing. */
  spoken?: string;
  kind?: string;
  children: ComponentChildren;
}

export const Part = ({ box: { x, y, width, height }, href, spoken, kind = '', children }: PartProps) => (
  <a href={href} class={`part ${kind}`}>
    <g transform={`translate(${x} ${y})`}>
      <rect class="part-body" width={width} height={height} rx="5" />
      {spoken !== undefined && <text class="spoken">{spoken}</text>}
      {children}
    </g>
  </a>
);

export const ToldLine = ({ told, x, y }: { told: Told; x: number; y: number }) => (
  <g class={`told told-${told.kind}`}>
    <Mark kind={told.kind} x={x} y={y - 10} />
    <text x={x + 17} y={y}>
      {told.word}
    </text>
  </g>
);

interface FigureBoxProps {
  box: Box;
  href: string;
  title: string;
  value: string;
  unit: string;
  told: Told;
}

/** A title, one large figure with its unit, and a line that says how it is. */
export const FigureBox = ({ box, href, title, value, unit, told }: FigureBoxProps) => {
  const isTall = box.height > 90;
  return (
    <Part box={box} href={href} kind={told.kind}>
      <text class="part-title" x="14" y="22">
        {title}
      </text>
      <text class="figure" x="14" y={isTall ? 58 : 50}>
        {value}
        <tspan class="unit" dx="7">
          {unit}
        </tspan>
      </text>
      <ToldLine told={told} x={14} y={box.height - 14} />
    </Part>
  );
};

const cut = (text: string, width: number): string => {
  const most = Math.floor(width / 6.3);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
};

interface RowProps {
  row: Row;
  box: Box;
}

export const QueuePart = ({ row, box }: RowProps) => {
  const told = tellQueue(row);
  const { waiting, in_flight } = row.figures;
  const isLow = box.height < 40;
  return (
    <Part
      box={box}
      href={to('dead-letters', { subscription: row.name })}
      spoken={`Queue of ${row.name}: `}
      kind={`queue ${told.kind}`}
    >
      <text x="12" y="22">
        {waiting === null || in_flight === null ? (
          'unknown'
        ) : (
          <>
            <tspan class="strong">{count(waiting)}</tspan> waiting{' '}
            <tspan class="strong" dx="6">
              {count(in_flight)}
            </tspan>{' '}
            in flight
          </>
        )}
      </text>
      <ToldLine told={told} x={isLow ? Math.max(box.width - 128, 178) : 12} y={isLow ? 22 : 42} />
    </Part>
  );
};

const Percentile = ({ name, ms, x }: { name: string; ms: number; x: number }) => (
  <text class="soft" x={x} y="21" text-anchor="end">
    {name} <tspan class="strong">{duration(ms)}</tspan>
  </text>
);

export const WorkerPart = ({ row, box, readLagMs }: RowProps & { readLagMs: number }) => {
  const told = tellRow(row);
  const { lag } = row.figures;
  const isWide = box.width > 430;
  const scaleWidth = isWide ? 150 : box.width - 24;
  // Beside the figures; bold letters are wider.
  const nameWidth = (box.width - (isWide ? 288 : 122)) * 0.88;
  return (
    <Part
      box={box}
      href={row.kind === 'commands' ? to('log') : to('read-models', { subscription: row.name })}
      kind={told.kind}
    >
      <text class="part-title" x="12" y="21">
        {lag.count === 0 ? row.name : cut(row.name, nameWidth)}
        <title>{row.name}</title>
      </text>
      <ToldLine
        told={{ ...told, word: cut(told.word, box.width - (isWide ? scaleWidth + 60 : 40)) }}
        x={12}
        y={isWide ? 42 : 40}
      />
      {lag.count === 0 ? (
        <text class="soft" x={box.width - 12} y="21" text-anchor="end">
          {isWide ? 'nothing in the last 5 min' : 'idle'}
        </text>
      ) : (
        <>
          {isWide && <Percentile name="p50" ms={lag.p50_ms} x={box.width - 188} />}
          <Percentile name="p95" ms={lag.p95_ms} x={isWide ? box.width - 100 : box.width - 12} />
          {isWide && <Percentile name="p99" ms={lag.p99_ms} x={box.width - 12} />}
          <LagScale
            lag={lag}
            limitMs={readLagMs}
            x={isWide ? box.width - 12 - scaleWidth : 12}
            y={isWide ? 38 : 52}
            width={scaleWidth}
          />
        </>
      )}
    </Part>
  );
};

export const ReadModelsPart = ({
  box,
  models,
  rebuilds,
  isWide,
}: {
  box: Box;
  models: { projection: string; collection: string; documents: number }[];
  rebuilds: Metrics['rebuilds'];
  /** Then the unit stands above the column. */
  isWide: boolean;
}) => (
  <Part box={box} href={to('read-models')} kind="views" spoken="Read models: ">
    {models.map(({ projection, documents }, index) => {
      const isRunning = rebuilds.some((one) => one.projection === projection && !one.done);
      const y = box.height / 2 + 5 + (index - (models.length - 1) / 2) * 20;
      return (
        <g key={projection}>
          <text x="12" y={y}>
            {cut(projection, box.width - 80)}
          </text>
          <text class="soft" x={box.width - 12} y={y} text-anchor="end">
            {isRunning ? 'rebuilding' : isWide ? count(documents) : counted(documents, 'document')}
          </text>
        </g>
      );
    })}
  </Part>
);
