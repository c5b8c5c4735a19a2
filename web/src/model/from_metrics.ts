// A scrape of /metrics → an observation. A family that is not there says that its value is unknown. The names of the
// dialect kraken speak of Kraken alone: they stand for the whole only where there is no other exchange.

import type { Sample } from '../prometheus/parse';
import {
  breakerStates,
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
import { marketNames } from './venues';

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

// Of all exchanges by our own name, or of Kraken by the only name there is.
function sumOr(families: Families, name: string, other: string): number | null {
  return families.has(name) ? sum(families, name) : single(families, other);
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

function namesOf(families: Families): (symbol: string, exchange: string) => string {
  const states = families.get('tickwitness_feed_subscription_state') ?? [];
  const nameOf = marketNames(
    states.map(({ labels }) => [pairName(labels.get('symbol') ?? ''), labels.get('exchange') ?? '']),
  );
  return (symbol, exchange) => nameOf(pairName(symbol), exchange);
}

// Whether some exchange has data that the dialect kraken does not speak of.
function othersThanKraken(families: Families): boolean {
  const all = ['tickwitness_feed_subscription_state', 'tickwitness_feed_connected'];
  const isOther = ({ labels }: Sample) => (labels.get('exchange') ?? 'kraken') !== 'kraken';
  return all.some((name) => (families.get(name) ?? []).some(isOther));
}

function times1000(seconds: number | null): number | null {
  return seconds === null || seconds <= 0 ? null : seconds * 1000;
}

function pairsOf(families: Families): { pairs: Map<string, PairObservation>; complete: boolean } {
  const pairs = new Map<string, PairObservation>();
  const nameOf = namesOf(families);
  const pair = (name: string, exchange: string | null): PairObservation | null => {
    const known = pairs.get(name);
    if (known !== undefined) return known;
    if (pairs.size >= maxPairs) return null;
    const values = { exchange, p50Ms: null, p95Ms: null, p99Ms: null };
    const made: PairObservation = { values, streams: new Map() };
    pairs.set(name, made);
    return made;
  };
  const stream = (sample: Sample) => {
    const symbol = sample.labels.get('symbol');
    const name = sample.labels.get('stream');
    // No symbol: of the venue as a whole.
    const exchange = sample.labels.get('exchange') ?? '';
    const of = symbol ? pair(nameOf(symbol, exchange), exchange === '' ? null : exchange) : null;
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
      const of = name === undefined ? null : pair(nameOf(name, 'kraken'), 'kraken');
      if (of !== null) of.values[`${quantile}Ms`] = finite(sample.value);
    }
  }
  for (const [key, family] of [
    ['lastPrice', 'tickwitness_market_last_price'],
    ['spread', 'tickwitness_market_spread'],
  ] as const) {
    for (const { labels, value } of families.get(family) ?? []) {
      const of = pairs.get(nameOf(labels.get('symbol') ?? '', labels.get('exchange') ?? ''));
      if (of !== undefined) of.values[key] = finite(value);
    }
  }
  return { pairs, complete: states.length > 0 };
}

// /metrics has latencies by pair only. A quantile of all pairs together is never above the worst pair's, so that one
// stands for them, with its name; not where there are pairs that have none there.
function latencyOf(pairs: Map<string, PairObservation>, all: boolean): Partial<Values> {
  let worst: [string, PairObservation] | null = null;
  for (const entry of pairs) {
    const p95 = entry[1].values.p95Ms ?? null;
    if (p95 !== null && (worst === null || p95 > (worst[1].values.p95Ms ?? -Infinity))) worst = entry;
  }
  if (worst === null || !all) return { p50Ms: null, p95Ms: null, p99Ms: null, latencyOf: null };
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

// The worst of all connections' breakers, as the event stream has it.
function breakerOf(families: Families): BreakerState | null {
  const states = (families.get('tickwitness_breaker_state') ?? []).filter(({ value }) => value === 1);
  const known = states.map(({ labels }) => oneOf(labels.get('state'), breakerStates));
  const worst = (['open', 'half_open', 'closed'] as const).find((state) => known.includes(state));
  const number = single(families, 'circuit_breaker_state');
  return worst ?? (number === null ? null : (breakerByNumber[number] ?? null));
}

// atMs: server time of the answer, from its Date header.
export function observationFromMetrics(samples: readonly Sample[], atMs: number): Observation {
  const families = groupByName(samples);
  const { pairs, complete } = pairsOf(families);
  const counts = countStates(families.get('tickwitness_feed_subscription_state') ?? []);
  const connected = single(families, 'kraken_ws_connection_status');
  const others = othersThanKraken(families);
  const values: Partial<Values> = {
    ...latencyOf(pairs, !others),
    mode: modeOf(families.get('tickwitness_build_info')?.[0]?.labels.get('mode')),
    trips: sumOr(families, 'tickwitness_breaker_trips_total', 'circuit_breaker_trips_total'),
    lastTripMs: times1000(greatest(families, 'tickwitness_breaker_last_trip_timestamp_seconds')),
    breakerState: breakerOf(families),
    reconnects: sumOr(families, 'tickwitness_feed_reconnects_total', 'kraken_ws_reconnects_total'),
    tradesPerMin: others ? null : single(families, 'kraken_trades_per_minute'),
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
