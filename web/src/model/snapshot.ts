// The last reading of everything, each with the server time it holds for: values age one by one.

import { staleMs } from '../transport/machine';
import { maxPairs, type Observation, type PairValues, type StreamValues, type Values, type Via } from './observation';

export interface Reading<T> {
  value: T | null;
  atMs: number; // server time, Unix ms
  via: Via;
}

export type Readings<T> = { [K in keyof T]?: Reading<NonNullable<T[K]>> };

export interface Pair {
  values: Readings<PairValues>;
  streams: Map<string, Readings<StreamValues>>;
}

export interface Snapshot {
  values: Readings<Values>;
  pairs: Map<string, Pair>;
}

export const emptySnapshot: Snapshot = { values: {}, pairs: new Map() };

function merge<T extends object>(old: Readings<T>, news: Partial<T>, atMs: number, via: Via): Readings<T> {
  const merged: Readings<T> = { ...old };
  for (const key of Object.keys(news) as (keyof T)[]) {
    if ((merged[key]?.atMs ?? -Infinity) > atMs) continue;
    merged[key] = { value: news[key] as NonNullable<T[keyof T]> | null, atMs, via };
  }
  return merged;
}

function mergePair(old: Pair | undefined, seen: Observation, name: string): Pair {
  const news = seen.pairs.get(name);
  const before = old ?? { values: {}, streams: new Map() };
  if (news === undefined) return before;
  const streams = new Map<string, Readings<StreamValues>>();
  if (!seen.pairsComplete) before.streams.forEach((stream, key) => streams.set(key, stream));
  for (const [key, stream] of news.streams) {
    streams.set(key, merge<StreamValues>(before.streams.get(key) ?? {}, stream, seen.atMs, seen.via));
  }
  return { values: merge<PairValues>(before.values, news.values, seen.atMs, seen.via), streams };
}

// An older observation (a replayed event, a slow poll) never replaces a newer reading.
export function withObservation(snapshot: Snapshot, seen: Observation): Snapshot {
  const newest = Math.max(-Infinity, ...Object.values(snapshot.values).map((reading) => reading.atMs));
  const complete = seen.pairsComplete && seen.atMs >= newest;
  const names = new Set(complete ? seen.pairs.keys() : [...snapshot.pairs.keys(), ...seen.pairs.keys()]);
  const pairs = new Map<string, Pair>();
  for (const name of [...names].sort().slice(0, maxPairs)) {
    pairs.set(name, mergePair(snapshot.pairs.get(name), seen, name));
  }
  return { values: merge<Values>(snapshot.values, seen.values, seen.atMs, seen.via), pairs };
}

export function ageAt(reading: Reading<unknown> | undefined, serverNowMs: number | null): number | null {
  return reading === undefined || serverNowMs === null ? null : serverNowMs - reading.atMs;
}

// Too old to be shown as if it still held. A reading whose age cannot be known is.
export function isOldAt(reading: Reading<unknown> | undefined, serverNowMs: number | null): boolean {
  if (reading === undefined) return false;
  const age = ageAt(reading, serverNowMs);
  return age === null || age > staleMs;
}
