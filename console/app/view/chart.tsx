import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { historyMs } from '../live/metrics.ts';
import { useWidth } from './width.ts';

export interface Point {
  at: number;
  value: number | null;
}

interface ChartProps {
  title: string;
  points: readonly Point[];
  /** The last value with its unit. */
  shown: string;
  tell(value: number): string;
  /** A line that should not be passed. */
  limit?: { value: number; word: string };
}

const height = 84;

const steps = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));

/** A colour of the style sheet as a canvas takes it, which knows no variables. */
const colourIn =
  (element: HTMLElement) =>
  (name: string): string => {
    element.style.color = `var(${name})`;
    return getComputedStyle(element).color;
  };

const dataOf = (points: readonly Point[], limit: number | undefined): uPlot.AlignedData => {
  const until = points.at(-1)?.at ?? Date.now();
  const times = points.map(({ at }) => at / 1_000);
  const values = points.map(({ value }) => value);
  if (limit === undefined) return [times, values];
  const from = (until - historyMs) / 1_000;
  return [
    [from, ...times],
    [null, ...values],
    [limit, ...times.map(() => limit)],
  ];
};

const optionsFor = (
  element: HTMLElement,
  width: number,
  tell: (value: number) => string,
  hasLimit: boolean,
): uPlot.Options => {
  const colour = colourIn(element);
  return {
    width,
    height,
    padding: [8, 2, 8, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_, __, until) => [until - historyMs / 1_000, until] },
      y: { range: (_, __, top) => [0, Math.max(1, top * 1.15)] },
    },
    axes: [
      { show: false },
      {
        size: 54,
        stroke: colour('--soft'),
        font: '11px system-ui',
        grid: { stroke: colour('--line'), width: 1 },
        ticks: { show: false },
        space: 30,
        // Whole numbers: there is no half event.
        incrs: steps,
        values: (_, values) => values.map(tell),
      },
    ],
    series: [
      {},
      {
        stroke: colour('--accent'),
        width: 1.5,
        fill: colour('--accent-wash'),
        points: { show: false },
      },
      ...(hasLimit ? [{ stroke: colour('--alarm'), width: 1, dash: [4, 4], points: { show: false } }] : []),
    ],
  };
};

/** Five minutes of one figure. The picture is for the eye; its last value stands beside it as text. */
export const Chart = ({ title, points, shown, tell, limit }: ChartProps) => {
  const [frame, width] = useWidth<HTMLDivElement>();
  const chart = useRef<uPlot | undefined>(undefined);
  const data = dataOf(points, limit?.value);
  useEffect(() => {
    const { current } = frame;
    if (current === null || width === 0) return;
    const draw = (): void => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsFor(current, width, tell, limit !== undefined), data, current);
    };
    draw();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      scheme.removeEventListener('change', draw);
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [width]);
  useEffect(() => {
    if (points.length > 0) chart.current?.setData(data);
  });
  return (
    <figure class="chart">
      <figcaption>
        <span>{title}</span>
        <span class="strong">{shown}</span>
        {limit !== undefined && <span class="soft">{limit.word}</span>}
      </figcaption>
      <div ref={frame} class="chart-frame" aria-hidden="true" />
    </figure>
  );
};
