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

// Times below, numbers at the left in `size` pixels; room for labels at the right.
export function frame(height: number, size: number): Omit<uPlot.Options, 'width' | 'series'> {
  const common = { stroke: () => colour('--text-3'), font: `11px ${font()}`, ticks: { show: false } };
  return {
    height,
    padding: [8, 34, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { setScale: false } },
    axes: [
      { ...common, grid: { show: false }, size: 26, values: axisTimes, space: 70 },
      {
        ...common,
        grid: { stroke: () => colour('--line'), width: 1 },
        size,
        space: 46,
        values: (_chart, splits) => splits.map((split) => formatTick(split)),
      },
    ],
  };
}

// Beside the cursor, on the side where there is room.
export function placeTip(chart: uPlot, tip: HTMLElement, lines: readonly string[]): void {
  const x = chart.cursor.left ?? -1;
  tip.textContent = lines.join('\n');
  const right = x > chart.over.clientWidth / 2;
  tip.style.left = right ? '' : `${x + 56}px`;
  tip.style.right = right ? `${chart.over.clientWidth - x + 44}px` : '';
}

interface Drawing {
  options(tip: HTMLElement): Omit<uPlot.Options, 'width'>;
  data(): uPlot.AlignedData; // reads the signals that it depends on
  of: unknown; // another one: another chart
}

export function Chart({ options, data, of }: Drawing) {
  const box = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = box.current as HTMLDivElement;
    let remove: (() => void) | null = () => {};
    void chartLibrary().then((Library) => {
      if (remove === null) return; // the box went first
      const chosen = options(tip.current as HTMLDivElement);
      const tzDate = (seconds: number) => Library.tzDate(new Date(seconds * 1000), 'Etc/UTC');
      const chart = new Library({ ...chosen, tzDate, width: host.clientWidth }, data(), host);
      const stop = effect(() => chart.setData(data()));
      const resized = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height: chosen.height }));
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
