// What the event stream has no room for: /api/v1/gaps and /api/v1/feeds.

import { atLeastZero, isObject, numberOf, textOf, type Json } from './json';
import { maxPairs, maxStreamsPerPair, oneOf } from './observation';
import { marketNames } from './venues';

export const gapStates = ['open', 'filling', 'filled', 'unrecoverable'] as const;
export const bookStates = ['waiting', 'valid', 'quarantined'] as const;
export type GapState = (typeof gapStates)[number];
export type BookState = (typeof bookStates)[number];

// Of trades `missing` and `lost`, of channels with ids `from` and `to`; null otherwise.
export interface Gap {
  id: number;
  exchange: string | null;
  symbol: string | null; // null: a connection
  channel: string | null;
  connection: string | null;
  from: number | null;
  to: number | null;
  missing: number | null;
  lost: number | null;
  cause: string | null;
  state: GapState | null;
  openedMs: number | null; // Unix ms
  closedMs: number | null;
  reason: string | null;
}

export interface DayOfTrades {
  exchange: string | null;
  symbol: string | null;
  day: string; // "2026-11-21", UTC
  received: number | null;
  missing: number | null;
  ratio: number | null;
}

export interface Book {
  exchange: string | null;
  symbol: string | null;
  state: BookState | null;
}

export interface Details {
  gaps: Gap[]; // newest first
  days: DayOfTrades[];
  books: Book[];
  thresholdsS: Map<string, number>; // learned, by streamKey() of the market's name
}

// Bounds on what a server can make the page hold.
const maxGaps = 200;
const maxDays = 8 * maxPairs;

export function streamKey(pair: string, stream: string): string {
  return `${pair} ${stream}`;
}

function listOf(body: unknown, name: string, max: number): Json[] | null {
  if (!isObject(body) || !Array.isArray(body[name])) return null;
  return (body[name] as unknown[]).slice(0, max).filter(isObject);
}

function gapOf(json: Json): Gap | null {
  const id = atLeastZero(json['id']);
  if (id === null) return null;
  return {
    id,
    exchange: textOf(json['exchange']),
    symbol: textOf(json['symbol']),
    channel: textOf(json['channel']),
    connection: textOf(json['connection']),
    from: atLeastZero(json['from']),
    to: atLeastZero(json['to']),
    missing: atLeastZero(json['missing']),
    lost: atLeastZero(json['lost']),
    cause: textOf(json['cause']),
    state: oneOf(json['state'], gapStates),
    openedMs: numberOf(json['opened']),
    closedMs: numberOf(json['closed']),
    reason: textOf(json['reason']),
  };
}

function dayOf(json: Json): DayOfTrades | null {
  const day = textOf(json['day']);
  if (day === null) return null;
  return {
    exchange: textOf(json['exchange']),
    symbol: textOf(json['symbol']),
    day,
    received: atLeastZero(json['received']),
    missing: atLeastZero(json['missing']),
    ratio: atLeastZero(json['ratio']),
  };
}

function thresholdsOf(feeds: readonly Json[]): Map<string, number> {
  const thresholds = new Map<string, number>();
  const marketOf = (feed: Json) => [textOf(feed['symbol']) ?? '', textOf(feed['exchange']) ?? ''] as const;
  const nameOf = marketNames(feeds.map(marketOf));
  for (const feed of feeds) {
    const [symbol, exchange] = marketOf(feed);
    const stream = textOf(feed['stream']);
    const threshold = atLeastZero(feed['threshold_s']);
    if (symbol === '' || stream === null || threshold === null) continue;
    thresholds.set(streamKey(nameOf(symbol, exchange), stream), threshold);
  }
  return thresholds;
}

// null: not what such an answer looks like.
export function parseDetails(gapsBody: unknown, feedsBody: unknown): Details | null {
  const gaps = listOf(gapsBody, 'gaps', maxGaps);
  const days = listOf(gapsBody, 'completeness', maxDays);
  const feeds = listOf(feedsBody, 'feeds', maxPairs * maxStreamsPerPair);
  const books = listOf(feedsBody, 'books', maxPairs);
  if (gaps === null || days === null || feeds === null || books === null) return null;
  return {
    gaps: gaps.map(gapOf).filter((gap) => gap !== null),
    days: days.map(dayOf).filter((day) => day !== null),
    books: books.map((book) => ({
      exchange: textOf(book['exchange']),
      symbol: textOf(book['symbol']),
      state: oneOf(book['state'], bookStates),
    })),
    thresholdsS: thresholdsOf(feeds),
  };
}

export interface Dated {
  details: Details;
  atMs: number; // server time, Unix ms
}

// null: no usable answer; what was known before stays and grows old.
export async function fetchDetails(): Promise<Dated | null> {
  const ask = async (path: string) => {
    const response = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return { body: (await response.json()) as unknown, atMs: Date.parse(response.headers.get('Date') ?? '') };
  };
  try {
    const [gaps, feeds] = await Promise.all([ask('/api/v1/gaps'), ask('/api/v1/feeds')]);
    const details = parseDetails(gaps.body, feeds.body);
    return details === null || Number.isNaN(gaps.atMs) ? null : { details, atMs: gaps.atMs };
  } catch {
    return null;
  }
}
