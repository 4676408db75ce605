// Where each part of the drawing stands, in pixels of its own width: columns side by side, or all below each other.
import type { Band, Row } from './rows.ts';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedRow {
  from: Row['kind'];
  queue: Box;
  worker: Box;
}

export interface PlacedBand {
  y: number;
  rows: PlacedRow[];
  readModels: Box;
}

export interface Layout {
  isWide: boolean;
  width: number;
  height: number;
  commands: Box;
  log: Box;
  relay: Box;
  /** The line that leads from the relay past every queue. */
  bus: { x: number; from: { x: number; y: number }; downFrom: number; upTo: number };
  /** The line of queued commands: its x, and its path if there are any. */
  queuedX: number;
  queuedPath: string | undefined;
  bands: PlacedBand[];
}

const widest = 1_240;
const wideFrom = 860;

const wide = (width: number, bands: Band[]): Layout => {
  const [left, bus, queuedX, queueWidth, viewsWidth, gap] = [
    196,
    222,
    238,
    154,
    Math.round(width * 0.19),
    30,
  ];
  const rowHeight = 62;
  const [bandGap, top] = [22, 22];
  const queueX = queuedX + 22;
  const workerX = queueX + queueWidth + gap;
  const viewsX = width - viewsWidth;
  let y = top;
  const placed = bands.map(({ rows }) => {
    const first = y;
    const height = rows.length * rowHeight - 8;
    y += height + bandGap;
    const subscribers = rows.filter(({ kind }) => kind === 'subscriber').length;
    return {
      y: first,
      rows: rows.map(({ kind: from }, index) => {
        const at = { y: first + index * rowHeight, height: rowHeight - 8 };
        return {
          from,
          queue: { x: queueX, width: queueWidth, ...at },
          worker: { x: workerX, width: viewsX - gap - workerX, ...at },
        };
      }),
      readModels: { x: viewsX, y: first, width: viewsWidth, height: subscribers * rowHeight - 8 },
    };
  });
  const height = Math.max(y - bandGap, 380);
  const middles = (from: Row['kind']): number[] =>
    placed.flatMap((band) => band.rows.filter((row) => row.from === from)).map(({ queue }) => queue.y + 27);
  const [heard, queued] = [middles('subscriber'), middles('commands')];
  const boxHeight = 104;
  const relay = { x: 0, y: top + 2 * (boxHeight + 34), width: left, height: boxHeight };
  return {
    isWide: true,
    width,
    height: height + 2,
    commands: { x: 0, y: top, width: left, height: boxHeight },
    log: { x: 0, y: top + boxHeight + 34, width: left, height: boxHeight },
    relay,
    bus: {
      x: bus,
      from: { x: left, y: relay.y + relay.height / 2 },
      downFrom: Math.min(...heard, relay.y),
      upTo: Math.max(...heard, relay.y),
    },
    queuedX,
    queuedPath: queued.length === 0 ? undefined : `M${left} ${top + 14}H${queuedX}V${Math.max(...queued)}`,
    bands: placed,
  };
};

const narrow = (width: number, bands: Band[]): Layout => {
  const [boxHeight, gap, indent, rowHeight] = [84, 20, 18, 104];
  const box = (index: number): Box => ({ x: 0, y: index * (boxHeight + gap), width, height: boxHeight });
  let y = 3 * (boxHeight + gap) + 12;
  const placed = bands.map(({ rows, readModels }) => {
    const first = y + 20;
    const placedRows = rows.map(({ kind: from }, index) => {
      const at = { x: indent, width: width - indent };
      const rowY = first + index * rowHeight;
      return {
        from,
        queue: { ...at, y: rowY + 62, height: 34 },
        worker: { ...at, y: rowY, height: 62 },
      };
    });
    const views = { x: indent, y: first + rows.length * rowHeight, width: width - indent };
    const viewsHeight = 14 + readModels.length * 20;
    const height = rows.length * rowHeight + viewsHeight;
    y = first + height + 6;
    return { y: first, rows: placedRows, readModels: { ...views, height: viewsHeight } };
  });
  const last = placed.at(-1)?.rows.at(-1)?.worker.y ?? y;
  const relay = box(2);
  return {
    isWide: false,
    width,
    height: y,
    commands: box(0),
    log: box(1),
    relay,
    bus: { x: 6, from: { x: 6, y: relay.y + relay.height }, downFrom: 0, upTo: last + 20 },
    queuedX: 6,
    queuedPath: undefined,
    bands: placed,
  };
};

export const layOut = (width: number, bands: Band[]): Layout =>
  width >= wideFrom ? wide(Math.min(width, widest), bands) : narrow(width, bands);
