// History → what charts draw. No data, no line: readings that are not neighbours are not joined, polled ones never.

import { gapMs, quantileKey, type Point } from './history';

// uPlot's aligned columns: times (s), then p50, p95, p99 of the stream, then the same as polled. In its language null
// ends a line, undefined does not concern it.
type Cell = number | null | undefined;
export type Columns = [number[], ...Cell[][]];

export function quantileColumns(points: readonly Point[], pair: string | null): Columns {
  const columns: Columns = [[], [], [], [], [], [], []];
  const keys = (['p50Ms', 'p95Ms', 'p99Ms'] as const).map((quantile) => quantileKey(quantile, pair));
  const nothing: Cell[] = [undefined, undefined, undefined];
  const row = (atMs: number, cells: readonly Cell[]) => {
    columns[0].push(atMs / 1000);
    cells.forEach((cell, index) => (columns[index + 1] as Cell[]).push(cell));
  };
  let streamedMs: number | null = null;
  for (const point of points) {
    const values = keys.map((key) => point.values[key] ?? null);
    if (point.via === 'poll') {
      row(point.atMs, [...nothing, ...values]);
      continue;
    }
    if (streamedMs !== null && point.atMs - streamedMs > gapMs) row(point.atMs - 1, [null, null, null, ...nothing]);
    streamedMs = point.atMs;
    row(point.atMs, [...values, ...nothing]);
  }
  return columns;
}

export interface Gap {
  fromMs: number;
  toMs: number;
}

// Where the stream told nothing since the page opened: between its readings, and after the last.
export function gapsOf(points: readonly Point[], nowMs: number): Gap[] {
  const gaps: Gap[] = [];
  let lastMs = points[0]?.atMs ?? nowMs;
  for (const point of points) {
    if (point.via !== 'stream') continue;
    if (point.atMs - lastMs > gapMs) gaps.push({ fromMs: lastMs, toMs: point.atMs });
    lastMs = point.atMs;
  }
  if (nowMs - lastMs > gapMs) gaps.push({ fromMs: lastMs, toMs: nowMs });
  return gaps;
}

export function highOf(points: readonly Point[], key: string): number | null {
  const values = points.map((point) => point.values[key]).filter((value) => value != null);
  return values.length === 0 ? null : Math.max(...values);
}

export interface MinuteRow {
  atMs: number;
  values: (number | null)[]; // p50, p95, p99: the last reading of the minute
}

// The table twin: newest minute first.
export function minuteRows(points: readonly Point[], pair: string | null): MinuteRow[] {
  const keys = (['p50Ms', 'p95Ms', 'p99Ms'] as const).map((quantile) => quantileKey(quantile, pair));
  const rows = new Map<number, MinuteRow>();
  for (const point of points) {
    const minute = Math.floor(point.atMs / 60_000);
    rows.set(minute, { atMs: point.atMs, values: keys.map((key) => point.values[key] ?? null) });
  }
  return [...rows.values()].reverse();
}

export interface SparkPoint {
  x: number; // 0 … 1 over the window
  value: number;
  joined: boolean; // to the one before
}

// At most `cells` points, the highest reading of each cell, so that a spike of one second is seen.
export function sparkPoints(
  points: readonly Point[],
  key: string,
  window: { endMs: number; spanMs: number },
  cells: number,
): SparkPoint[] {
  const startMs = window.endMs - window.spanMs;
  const made: SparkPoint[] = [];
  let cell = -1;
  let before: Point | null = null;
  for (const point of points) {
    const value = point.values[key];
    const x = (point.atMs - startMs) / window.spanMs;
    if (value == null || x < 0 || x > 1) {
      if (value == null) before = null;
      continue;
    }
    const joined =
      before !== null && before.via === 'stream' && point.via === 'stream' && point.atMs - before.atMs <= gapMs;
    before = point;
    const index = Math.floor(x * cells);
    const last = made[made.length - 1];
    if (last !== undefined && index === cell && joined) last.value = Math.max(last.value, value);
    else made.push({ x, value, joined });
    cell = index;
  }
  return made;
}
