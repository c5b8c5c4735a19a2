// The last 15 minutes of a few numbers, as this page saw them. What was not seen is missing, never filled in.

import type { Observation, Values, Via } from './observation';

export const spanMs = 15 * 60_000;
export const maxPoints = 1_200;
// Further apart than this, two readings of the stream (one a second) are not neighbours: no line joins them.
export const gapMs = 3_500;

// A poll is dated in whole seconds: it may be newer than an event of the same second that seems to follow it.
const dateStepMs = 1_000;

export interface Point {
  atMs: number;
  via: Via;
  values: Readonly<Record<string, number | null>>;
}

const kept = [
  'queueDepth',
  'memoryBytes',
  'errorsTotal',
  'cpuSeconds',
  'tradesPerMin',
  'trips',
  'reconnects',
  'lastEventAgeS',
] as const;
const counters = ['errorsTotal', 'cpuSeconds', 'trips', 'reconnects', 'uptimeS'] as const;

// Keys of the quantile series: "p95Ms" of all pairs, "p95Ms BTC-USD" of one.
export function quantileKey(quantile: 'p50Ms' | 'p95Ms' | 'p99Ms', pair: string | null): string {
  return pair === null ? quantile : `${quantile} ${pair}`;
}

function pointOf(seen: Observation): Point {
  const values: Record<string, number | null> = {};
  for (const key of kept) values[key] = seen.values[key] ?? null;
  for (const quantile of ['p50Ms', 'p95Ms', 'p99Ms'] as const) {
    values[quantile] = seen.values[quantile] ?? null;
    for (const [name, pair] of seen.pairs) {
      values[quantileKey(quantile, name)] = pair.values[quantile] ?? null;
    }
  }
  return { atMs: seen.atMs, via: seen.via, values };
}

export class History {
  readonly points: Point[] = [];
  readonly restartsMs: number[] = []; // server times at which a restart of the engine was noticed
  private last: Partial<Values> = {};
  private lastAtMs = -Infinity;
  private lastVia: Via = 'stream';

  add(seen: Observation): void {
    if (seen.atMs >= this.lastAtMs) this.noticeRestart(seen);
    let at = this.points.length;
    while (at > 0 && (this.points[at - 1] as Point).atMs > seen.atMs) at -= 1;
    if (at > 0 && this.points[at - 1]?.atMs === seen.atMs) return; // replayed
    this.points.splice(at, 0, pointOf(seen));
    this.prune();
  }

  clear(): void {
    this.points.length = 0;
    this.restartsMs.length = 0;
    this.last = {};
    this.lastAtMs = -Infinity;
    this.lastVia = 'stream';
  }

  // A counter never falls while a process lives.
  private noticeRestart(seen: Observation): void {
    if (this.lastVia === 'poll' && seen.via === 'stream' && seen.atMs - this.lastAtMs < dateStepMs) return;
    const fell = counters.some((key) => {
      const before = this.last[key];
      const now = seen.values[key];
      return before != null && now != null && now < before;
    });
    if (fell) this.restartsMs.push(seen.atMs - (seen.values.uptimeS ?? 0) * 1000);
    for (const key of counters) {
      const now = seen.values[key];
      if (now != null) this.last[key] = now;
    }
    this.lastAtMs = seen.atMs;
    this.lastVia = seen.via;
  }

  private prune(): void {
    const newest = this.points[this.points.length - 1]?.atMs ?? 0;
    const old = this.points.findIndex((point) => point.atMs >= newest - spanMs);
    const excess = Math.max(old, this.points.length - maxPoints);
    if (excess > 0) this.points.splice(0, excess);
    while ((this.restartsMs[0] ?? Infinity) < newest - spanMs) this.restartsMs.shift();
  }
}

// Growth of a counter over the last windowMs, per second; null without two readings of one process in it.
export function ratePerS(history: History, key: string, windowMs: number): number | null {
  const newest = [...history.points].reverse().find((point) => point.values[key] != null);
  if (newest === undefined) return null;
  const since = Math.max(newest.atMs - windowMs, ...history.restartsMs);
  const oldest = history.points.find((point) => point.atMs >= since && point.values[key] != null);
  if (oldest === undefined || newest.atMs - oldest.atMs < 1000) return null;
  const grown = (newest.values[key] as number) - (oldest.values[key] as number);
  return grown < 0 ? null : (grown * 1000) / (newest.atMs - oldest.atMs);
}
