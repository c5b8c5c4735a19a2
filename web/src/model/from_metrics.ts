// A scrape of /metrics → an observation. A family that is not there says that its value is unknown.

import type { Sample } from '../prometheus/parse';
import {
  maxPairs,
  maxStreamsPerPair,
  oneOf,
  streamStates,
  type BreakerState,
  type Observation,
  type PairObservation,
  type StreamState,
  type SubscriptionCounts,
  type Values,
} from './observation';
import { pairName } from './pair_name';
import { noSubscriptions, unservedOf } from './subscriptions';

type Families = Map<string, Sample[]>;

function groupByName(samples: readonly Sample[]): Families {
  const families: Families = new Map();
  for (const sample of samples) {
    const family = families.get(sample.name);
    if (family === undefined) families.set(sample.name, [sample]);
    else family.push(sample);
  }
  return families;
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

// The one sample of a family that has one.
function single(families: Families, name: string): number | null {
  const family = families.get(name) ?? [];
  return family.length === 1 ? finite(family[0]?.value) : null;
}

// NaN in one part makes the whole unknown.
function sum(families: Families, name: string): number | null {
  const family = families.get(name) ?? [];
  return family.length === 0 ? null : finite(family.reduce((total, sample) => total + sample.value, 0));
}

function least(families: Families, name: string): number | null {
  const values = (families.get(name) ?? []).map((sample) => sample.value).filter(Number.isFinite);
  return values.length === 0 ? null : Math.min(...values);
}

function greatest(families: Families, name: string): number | null {
  const values = (families.get(name) ?? []).map((sample) => sample.value).filter(Number.isFinite);
  return values.length === 0 ? null : Math.max(...values);
}

// The one word that each exchange has for itself; of several the first that is not simply up: that is the news.
function venueStatusOf(families: Families): string | null {
  const words = new Map<string, string[]>();
  for (const { labels, value } of families.get('tickwitness_venue_status') ?? []) {
    if (value !== 1) continue;
    const exchange = labels.get('exchange') ?? '';
    words.set(exchange, [...(words.get(exchange) ?? []), labels.get('status') ?? '']);
  }
  const sure = [...words.values()].flatMap((of) => (of.length === 1 ? of : []));
  return sure.find((word) => word !== 'online') ?? sure[0] ?? null;
}

// Where two exchanges have a pair, each is a market of its own; named as the event stream names it.
function marketNames(families: Families): (symbol: string, exchange: string) => string {
  const exchanges = new Map<string, Set<string>>();
  for (const { labels } of families.get('tickwitness_feed_subscription_state') ?? []) {
    const symbol = pairName(labels.get('symbol') ?? '');
    exchanges.set(symbol, (exchanges.get(symbol) ?? new Set()).add(labels.get('exchange') ?? ''));
  }
  return (symbol, exchange) => {
    const pair = pairName(symbol);
    return (exchanges.get(pair)?.size ?? 0) > 1 ? `${pair} ${exchange}` : pair;
  };
}

function times1000(seconds: number | null): number | null {
  return seconds === null || seconds <= 0 ? null : seconds * 1000;
}

function pairsOf(families: Families): { pairs: Map<string, PairObservation>; complete: boolean } {
  const pairs = new Map<string, PairObservation>();
  const nameOf = marketNames(families);
  const pair = (name: string): PairObservation | null => {
    const known = pairs.get(name);
    if (known !== undefined) return known;
    if (pairs.size >= maxPairs) return null;
    const made: PairObservation = { values: { p50Ms: null, p95Ms: null, p99Ms: null }, streams: new Map() };
    pairs.set(name, made);
    return made;
  };
  const stream = (sample: Sample) => {
    const symbol = sample.labels.get('symbol');
    const name = sample.labels.get('stream');
    // No symbol: of the venue as a whole.
    const of = symbol ? pair(nameOf(symbol, sample.labels.get('exchange') ?? '')) : null;
    if (of === null || name === undefined) return null;
    const known = of.streams.get(name);
    if (known !== undefined || of.streams.size >= maxStreamsPerPair) return known ?? null;
    const made = { state: null, ageS: null };
    of.streams.set(name, made);
    return made;
  };
  const states = families.get('tickwitness_feed_subscription_state') ?? [];
  for (const sample of states) {
    const values = stream(sample) as { state: StreamState | null } | null;
    if (values !== null && sample.value === 1) {
      values.state = oneOf(sample.labels.get('state'), streamStates);
    }
  }
  for (const sample of families.get('tickwitness_feed_subscription_age_seconds') ?? []) {
    const values = stream(sample) as { ageS: number | null } | null;
    if (values !== null) values.ageS = finite(sample.value);
  }
  for (const quantile of ['p50', 'p95', 'p99'] as const) {
    for (const sample of families.get(`kraken_ws_latency_${quantile}_ms`) ?? []) {
      const name = sample.labels.get('pair');
      const of = name === undefined ? null : pair(nameOf(name, 'kraken'));
      if (of !== null) of.values[`${quantile}Ms`] = finite(sample.value);
    }
  }
  return { pairs, complete: states.length > 0 };
}

// /metrics has latencies by pair only. A quantile of all pairs together is never above the worst pair's, so that one
// stands for them, with its name.
function latencyOf(pairs: Map<string, PairObservation>): Partial<Values> {
  let worst: [string, PairObservation] | null = null;
  for (const entry of pairs) {
    const p95 = entry[1].values.p95Ms ?? null;
    if (p95 !== null && (worst === null || p95 > (worst[1].values.p95Ms ?? -Infinity))) worst = entry;
  }
  if (worst === null) return { p50Ms: null, p95Ms: null, p99Ms: null, latencyOf: null };
  const { p50Ms = null, p95Ms = null, p99Ms = null } = worst[1].values;
  return { p50Ms, p95Ms, p99Ms, latencyOf: pairs.size > 1 ? worst[0] : null };
}

function countStates(states: readonly Sample[]): SubscriptionCounts | null {
  if (states.length === 0) return null;
  const counts = noSubscriptions();
  for (const sample of states) {
    const state = sample.value === 1 ? oneOf(sample.labels.get('state'), streamStates) : null;
    if (state !== null) counts[state] += 1;
  }
  return counts;
}

// The build information names the command; what it says of the data is what the reader must know.
function modeOf(command: string | undefined): string | null {
  if (command === undefined || command === '') return null;
  const known: Record<string, string> = { demo: 'SIMULATED', simulated: 'SIMULATED', run: 'LIVE', live: 'LIVE' };
  return Object.hasOwn(known, command) ? (known[command] as string) : command.toUpperCase();
}

// The same verdict as the event stream's: some link down or a subscription not served is degraded.
function wsStatusOf(links: readonly Sample[] | undefined, all: number | null, counts: SubscriptionCounts | null) {
  const up = links?.filter((link) => link.value === 1).length ?? (all === null ? null : all);
  const total = links?.length ?? 1;
  if (up === null) return null;
  if (up === 0) return 'disconnected';
  const unserved = counts === null ? 0 : unservedOf(counts);
  return up < total || unserved > 0 ? 'degraded' : 'connected';
}

const breakerByNumber: readonly BreakerState[] = ['closed', 'open', 'half_open'];

// atMs: server time of the answer, from its Date header.
export function observationFromMetrics(samples: readonly Sample[], atMs: number): Observation {
  const families = groupByName(samples);
  const { pairs, complete } = pairsOf(families);
  const counts = countStates(families.get('tickwitness_feed_subscription_state') ?? []);
  const connected = single(families, 'kraken_ws_connection_status');
  const breaker = single(families, 'circuit_breaker_state');
  const values: Partial<Values> = {
    ...latencyOf(pairs),
    mode: modeOf(families.get('tickwitness_build_info')?.[0]?.labels.get('mode')),
    trips: single(families, 'circuit_breaker_trips_total'),
    lastTripMs: times1000(greatest(families, 'tickwitness_breaker_last_trip_timestamp_seconds')),
    breakerState: breaker === null ? null : (breakerByNumber[breaker] ?? null),
    reconnects: single(families, 'kraken_ws_reconnects_total'),
    tradesPerMin: single(families, 'kraken_trades_per_minute'),
    wsStatus: wsStatusOf(families.get('tickwitness_feed_connected'), connected, counts),
    venueStatus: venueStatusOf(families),
    subscriptions: counts,
    uptimeS: single(families, 'tickwitness_uptime_seconds'),
    lastFrameAgeS: least(families, 'tickwitness_feed_last_frame_age_seconds'),
    queueDepth: sum(families, 'tickwitness_pipeline_ring_depth'),
    queueCapacity: sum(families, 'tickwitness_pipeline_ring_capacity'),
    errorsTotal: sum(families, 'tickwitness_errors_total'),
    memoryBytes: single(families, 'process_resident_memory_bytes'),
    cpuSeconds: single(families, 'tickwitness_process_cpu_seconds_total'),
  };
  return { atMs, via: 'poll', values, pairs, pairsComplete: complete };
}
