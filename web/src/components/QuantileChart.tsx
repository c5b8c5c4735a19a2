// p50, p95 and p99 over the last 15 minutes. What was not read is hatched, never joined by a line.

import type uPlot from 'uplot';
import { formatMs } from '../format/number';
import { formatClock } from '../format/time';
import { gapsOf, quantileColumns, type Columns } from '../model/series';
import { windowMs } from '../model/window';
import { history, historyVersion, serverNow } from '../store';
import { Chart, colour, font, line } from './Chart';

const names = ['p50', 'p95', 'p99'];

function hatchPattern(ctx: CanvasRenderingContext2D): CanvasPattern | null {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const pen = tile.getContext('2d');
  if (pen === null) return null;
  pen.strokeStyle = colour('--hatch');
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (const at of [-8, 0, 8]) {
    pen.moveTo(at - 1, 9);
    pen.lineTo(at + 9, -1);
  }
  pen.stroke();
  return ctx.createPattern(tile, 'repeat');
}

function drawGaps(chart: uPlot): void {
  const now = serverNow.peek();
  if (now === null) return;
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const gap of gapsOf(history.points, now)) {
    const from = chart.valToPos(gap.fromMs / 1000, 'x', true);
    const to = chart.valToPos(gap.toMs / 1000, 'x', true);
    ctx.fillStyle = hatchPattern(ctx) ?? 'transparent';
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.strokeStyle = colour('--orange');
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(from, bbox.top);
    ctx.lineTo(from, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  ctx.restore();
}

function drawMarks(chart: uPlot): void {
  const { ctx, bbox } = chart;
  const px = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * px}px ${font()}`;
  ctx.textBaseline = 'top';
  for (const atMs of history.restartsMs) {
    const x = chart.valToPos(atMs / 1000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.fillStyle = colour('--orange');
    ctx.fillRect(x - px / 2, bbox.top, px, bbox.height);
    const text = `restart ${formatClock(atMs)}`;
    const left = x + ctx.measureText(text).width + 6 * px > bbox.left + bbox.width;
    ctx.textAlign = left ? 'right' : 'left';
    ctx.fillText(text, x + (left ? -4 : 4) * px, bbox.top + 2 * px);
  }
  ctx.restore();
}

// Labels at the lines' ends instead of a legend; pushed apart where the lines meet.
function drawLabels(chart: uPlot): void {
  const { ctx, bbox } = chart;
  const px = devicePixelRatio;
  const data = chart.data as Columns;
  const labels: { text: string; y: number; colour: string }[] = [];
  names.forEach((name, index) => {
    const streamed = data[index + 1] as (number | null | undefined)[];
    const polled = data[index + 4] as (number | null | undefined)[];
    for (let at = streamed.length - 1; at >= 0; at--) {
      const value = streamed[at] ?? polled[at] ?? null;
      if (value === null) continue;
      const y = chart.valToPos(value, 'y', true);
      labels.push({ text: name, y, colour: colour(`--label-${name}`) });
      break;
    }
  });
  labels.sort((a, b) => b.y - a.y);
  ctx.save();
  ctx.font = `${11 * px}px ${font()}`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  let floor = bbox.top + bbox.height;
  for (const label of labels) {
    const y = Math.min(label.y, floor);
    floor = y - 13 * px;
    ctx.fillStyle = label.colour;
    ctx.fillText(label.text, bbox.left + bbox.width + 6 * px, y);
  }
  ctx.restore();
}

function dots(index: number): uPlot.Series {
  const name = names[index] as string;
  const paint = () => colour(`--line-${name}`);
  return { label: `${name}, polled`, paths: () => null, stroke: paint, points: { show: true, size: 5, fill: paint } };
}

const options = {
  scales: {
    x: { time: true, auto: false, range: windowS },
    y: { range: (_chart: uPlot, _min: number | null, max: number | null): [number, number] => [0, niceMax(max)] },
  },
  series: [
    {},
    line('p50', 1.2, '--line-p50'),
    line('p95', 1.9, '--line-p95'),
    line('p99', 1, '--line-p99'),
    dots(0),
    dots(1),
    dots(2),
  ],
  bands: [{ series: [2, 1] as [number, number], fill: () => colour('--band') }],
  hooks: { drawClear: [drawGaps], draw: [drawMarks, drawLabels] },
};

function windowS(): [number, number] {
  const now = serverNow.peek() ?? 0;
  return [(now - windowMs(history.points, now)) / 1000, now / 1000];
}

// 1, 2, 4, 5 or 8 times a power of ten: a scale that seldom changes.
export function niceMax(max: number | null): number {
  if (max === null || !(max > 0)) return 10;
  const power = 10 ** Math.floor(Math.log10(max * 1.05));
  return power * ([1, 2, 4, 5, 8, 10].find((step) => step * power >= max * 1.05) ?? 10);
}

function tipLines(aligned: uPlot.AlignedData, at: number): string[] {
  const data = aligned as Columns;
  const values = names.map((name, index) => {
    const value = data[index + 1]?.[at] ?? data[index + 4]?.[at] ?? null;
    return `${name} ${formatMs(value)}${value === null ? '' : ' ms'}`;
  });
  return [`${formatClock((data[0][at] as number) * 1000)} UTC`, ...values.reverse()];
}

export function QuantileChart({ pair }: { pair: string | null }) {
  const data = () => {
    historyVersion.value;
    void Math.floor((serverNow.value ?? 0) / 1000);
    return quantileColumns(history.points, pair) as uPlot.AlignedData;
  };
  return <Chart height={250} numbersPx={46} options={options} data={data} tip={tipLines} of={pair} />;
}
