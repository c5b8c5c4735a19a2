// What the charts have in common: the library, axes, colours of the theme, and the size of their box.

import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { chartLibrary } from '../chart_library';
import { formatTick } from '../format/number';
import { formatClock } from '../format/time';

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function font(): string {
  return getComputedStyle(document.body).fontFamily;
}

function axisTimes(_chart: uPlot, splits: number[]): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((split) => formatClock(split * 1000).slice(0, step >= 60 ? 5 : 8));
}

// Times below, numbers at the left, room for labels at the right.
function frame(height: number, numbersPx: number): Omit<uPlot.Options, 'width' | 'series'> {
  const common = { stroke: () => colour('--text-3'), font: `11px ${font()}`, ticks: { show: false } };
  return {
    height,
    padding: [8, 34, 0, 0],
    legend: { show: false },
    select: { show: false } as uPlot.Select,
    cursor: { y: false, points: { size: 7 }, drag: { setScale: false } },
    axes: [
      { ...common, grid: { show: false }, size: 26, values: axisTimes, space: 70 },
      {
        ...common,
        grid: { stroke: () => colour('--line'), width: 1 },
        size: numbersPx,
        space: 46,
        values: (_chart, splits) => splits.map((split) => formatTick(split)),
      },
    ],
  };
}

type Cell = number | null | undefined;

// Of a value without a neighbour a line would show nothing.
function isAlone(chart: uPlot, series: number): boolean {
  return (chart.data[series] as Cell[]).filter((value) => value != null).length < 3;
}

export function line(label: string, width: number, name: string): uPlot.Series {
  const paint = () => colour(name);
  return { label, width, stroke: paint, points: { show: isAlone, size: 4, fill: paint } };
}

// Beside the cursor, on the side where there is room.
function placeTip(chart: uPlot, tip: HTMLElement, linesAt: Drawing['tip']): void {
  const { idx, left = -1 } = chart.cursor;
  const lines = idx == null || left < 0 ? null : linesAt(chart.data, idx);
  tip.hidden = lines === null;
  if (lines === null) return;
  tip.textContent = lines.join('\n');
  const right = left > chart.over.clientWidth / 2;
  tip.style.left = right ? '' : `${left + 56}px`;
  tip.style.right = right ? `${chart.over.clientWidth - left + 44}px` : '';
}

interface Drawing {
  height: number;
  numbersPx: number; // for the numbers at the left
  options: Pick<uPlot.Options, 'series' | 'scales' | 'bands' | 'hooks'>;
  data(): uPlot.AlignedData; // reads the signals that it depends on
  tip(data: uPlot.AlignedData, at: number): string[] | null; // the lines beside the cursor
  of: unknown; // another one: another chart
}

export function Chart({ height, numbersPx, options, data, tip: linesAt, of }: Drawing) {
  const box = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = box.current as HTMLDivElement;
    let remove: (() => void) | null = () => {};
    void chartLibrary().then((Library) => {
      if (remove === null) return; // the box went first
      const tzDate = (seconds: number) => Library.tzDate(new Date(seconds * 1000), 'Etc/UTC');
      const setCursor = [(drawn: uPlot) => placeTip(drawn, tip.current as HTMLElement, linesAt)];
      const hooks = { ...options.hooks, setCursor };
      const all = { ...frame(height, numbersPx), ...options, hooks, tzDate, width: host.clientWidth };
      const chart = new Library(all, data(), host);
      const stop = effect(() => chart.setData(data()));
      const resized = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height }));
      resized.observe(host);
      const redraw = () => chart.redraw();
      addEventListener('themechange', redraw);
      remove = () => {
        stop();
        resized.disconnect();
        removeEventListener('themechange', redraw);
        chart.destroy();
      };
    });
    return () => {
      remove?.();
      remove = null;
    };
  }, [of]);
  return (
    <div class="chart" aria-hidden="true" ref={box}>
      <div class="tip" ref={tip} hidden />
    </div>
  );
}
