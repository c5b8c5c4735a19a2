// The data of a kraken_metrics event → an observation. What has the wrong type is unknown, never converted.

import { atLeastZero, isObject, numberOf, textOf, type Json } from './json';
import {
  breakerStates,
  linkStates,
  maxConnections,
  maxPairs,
  maxStreamsPerPair,
  maxVenues,
  oneOf,
  streamStates,
  wsStatuses,
  type Observation,
  type PairObservation,
  type PairValues,
  type StreamValues,
  type SubscriptionCounts,
  type Values,
  type Venue,
  type VenueConnection,
} from './observation';
import { noSubscriptions } from './subscriptions';

// Keys that the event does not carry stay absent, so that what another source told of them stands.
function pick<T extends object>(json: Json, fields: { [K in keyof T]?: [string, (v: unknown) => T[K]] }): Partial<T> {
  const picked: Partial<T> = {};
  for (const key of Object.keys(fields) as (keyof T)[]) {
    const [name, read] = fields[key] as [string, (v: unknown) => T[typeof key]];
    if (Object.hasOwn(json, name)) picked[key] = read(json[name]);
  }
  return picked;
}

function subscriptionsOf(value: unknown): SubscriptionCounts | null {
  if (!isObject(value)) return null;
  const counts = noSubscriptions();
  for (const state of streamStates) {
    const count = atLeastZero(value[state]);
    if (count == null) return null;
    counts[state] = count;
  }
  return counts;
}

function connectionOf(name: string, json: Json): VenueConnection {
  return {
    name,
    state: oneOf(json['state'], linkStates),
    lastFrameAgeS: atLeastZero(json['last_frame_age_s']),
    successor: json['successor'] === null ? null : (oneOf(json['successor'], linkStates) ?? undefined),
  };
}

function objectsOf(value: unknown, max: number): [string, Json][] {
  if (!isObject(value)) return [];
  return Object.entries(value)
    .slice(0, max)
    .filter((entry): entry is [string, Json] => isObject(entry[1]));
}

function venuesOf(value: unknown): Venue[] | null {
  if (!isObject(value)) return null;
  return objectsOf(value, maxVenues).map(([exchange, venue]) => ({
    exchange,
    status: textOf(venue['status']),
    connections: objectsOf(venue['connections'], maxConnections).map(([name, json]) => connectionOf(name, json)),
  }));
}

function valuesOf(json: Json): Partial<Values> {
  return {
    ...pick<Values>(json, {
      mode: ['mode', textOf],
      p50Ms: ['latency_p50_ms', numberOf],
      p95Ms: ['latency_p95_ms', numberOf],
      p99Ms: ['latency_p99_ms', numberOf],
      trips: ['circuit_breaker_trips', atLeastZero],
      lastTripMs: ['last_trip_at', atLeastZero],
      breakerState: ['breaker_state', (v) => oneOf(v, breakerStates)],
      breakerOpenUntilMs: ['breaker_open_until', atLeastZero],
      breakerReason: ['breaker_reason', textOf],
      reconnects: ['reconnect_count', atLeastZero],
      tradesPerMin: ['trades_per_min', atLeastZero],
      wsStatus: ['ws_status', (v) => oneOf(v, wsStatuses)],
      venueStatus: ['venue_status', textOf],
      venues: ['venues', venuesOf],
      subscriptions: ['subscriptions', subscriptionsOf],
      uptimeS: ['uptime_s', atLeastZero],
      lastEventAgeS: ['last_event_age_s', atLeastZero],
      lastFrameAgeS: ['last_frame_age_s', atLeastZero],
      queueDepth: ['queue_depth', atLeastZero],
      queueCapacity: ['queue_capacity', atLeastZero],
      gapsOpen: ['gaps_open', atLeastZero],
      completeness: ['completeness', atLeastZero],
      booksQuarantined: ['books_quarantined', atLeastZero],
      errorsTotal: ['errors_total', atLeastZero],
      memoryBytes: ['memory_bytes', atLeastZero],
      cpuSeconds: ['cpu_seconds', atLeastZero],
      cores: ['cores', atLeastZero],
    }),
    latencyOf: null,
  };
}

function pairOf(json: Json): PairObservation {
  const streams = new Map<string, Partial<StreamValues>>();
  if (isObject(json['streams'])) {
    for (const [name, stream] of Object.entries(json['streams']).slice(0, maxStreamsPerPair)) {
      if (!isObject(stream)) continue;
      const values: Partial<StreamValues> = pick<StreamValues>(stream, {
        state: ['state', (v) => oneOf(v, streamStates)],
        ageS: ['age_s', atLeastZero],
        staleAfterS: ['stale_after_s', atLeastZero],
      });
      streams.set(name, values);
    }
  }
  return {
    streams,
    values: pick<PairValues>(json, {
      exchange: ['exchange', textOf],
      p50Ms: ['latency_p50_ms', numberOf],
      p95Ms: ['latency_p95_ms', numberOf],
      p99Ms: ['latency_p99_ms', numberOf],
      tradesPerMin: ['trades_per_min', atLeastZero],
      messagesPerS: ['messages_per_s', atLeastZero],
      lastPrice: ['last_price', numberOf],
      spread: ['spread', numberOf],
    }),
  };
}

// The time stamped by the server on any event, Unix ms; null if the event does not carry one.
export function stampOf(data: string): number | null {
  const json = parseObject(data);
  return json === null ? null : atLeastZero(json['timestamp']);
}

function parseObject(data: string): Json | null {
  try {
    const json: unknown = JSON.parse(data);
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}

// null: not an object, or without the time that every reading needs.
export function observationFromEvent(data: string): Observation | null {
  const json = parseObject(data);
  const atMs = json === null ? null : atLeastZero(json['timestamp']);
  if (json === null || atMs === null) return null;
  const pairs = new Map<string, PairObservation>();
  if (isObject(json['pairs'])) {
    for (const [name, pair] of Object.entries(json['pairs']).slice(0, maxPairs)) {
      if (isObject(pair)) pairs.set(name, pairOf(pair));
    }
  }
  return { atMs, via: 'stream', values: valuesOf(json), pairs, pairsComplete: isObject(json['pairs']) };
}
