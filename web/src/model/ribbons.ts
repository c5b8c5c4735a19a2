// The states each subscription was seen in, as runs of time. Time that was not seen belongs to no run.

import { gapMs, spanMs } from './history';
import type { Observation, StreamState, Via } from './observation';
import { streamStates } from './observation';

export interface Run {
  fromMs: number;
  toMs: number;
  state: StreamState;
  via: Via;
}

const maxRuns = 200; // for each subscription: a state that flickers each second drops its oldest

export function ribbonKey(pair: string, stream: string): string {
  return `${pair} ${stream}`;
}

export class Ribbons {
  private runs = new Map<string, Run[]>();
  private lastMs = -Infinity;

  add(seen: Observation): void {
    if (seen.atMs <= this.lastMs) return; // replayed: its time has been told already
    const touchesLast = seen.via === 'stream' && seen.atMs - this.lastMs <= gapMs;
    this.lastMs = seen.atMs;
    for (const [pair, { streams }] of seen.pairs) {
      for (const [stream, { state }] of streams) {
        if (state != null) this.extend(ribbonKey(pair, stream), state, seen, touchesLast);
      }
    }
    this.prune();
  }

  of(pair: string, stream: string): readonly Run[] {
    return this.runs.get(ribbonKey(pair, stream)) ?? [];
  }

  clear(): void {
    this.runs.clear();
    this.lastMs = -Infinity;
  }

  private extend(key: string, state: StreamState, seen: Observation, touchesLast: boolean): void {
    const runs = this.runs.get(key) ?? [];
    this.runs.set(key, runs);
    const last = runs[runs.length - 1];
    const joins = last !== undefined && touchesLast && last.via === 'stream' && seen.atMs - last.toMs <= gapMs;
    if (joins) last.toMs = seen.atMs;
    if (joins && last.state === state) return;
    runs.push({ fromMs: seen.atMs, toMs: seen.atMs, state, via: seen.via });
    if (runs.length > maxRuns) runs.shift();
  }

  private prune(): void {
    for (const [key, runs] of this.runs) {
      while ((runs[0]?.toMs ?? Infinity) < this.lastMs - spanMs) runs.shift();
      if (runs.length === 0) this.runs.delete(key);
    }
  }
}

// How long each state was seen, longest first, for those who cannot see the ribbon.
export function totals(runs: readonly Run[]): [StreamState, number][] {
  return streamStates
    .map((state): [StreamState, number] => {
      const mine = runs.filter((run) => run.state === state);
      return [state, mine.reduce((sum, run) => sum + run.toMs - run.fromMs, 0)];
    })
    .filter(([state]) => runs.some((run) => run.state === state))
    .sort((a, b) => b[1] - a[1]);
}
