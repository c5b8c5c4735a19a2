import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExposition } from '../prometheus/parse';
import { observationFromMetrics } from './from_metrics';
import { noSubscriptions } from './subscriptions';

const read = (text: string) => observationFromMetrics(parseExposition(text).samples, 1_700_000_000_000);

// [what, the lines, the field, its value]
const cases: [string, string, string, unknown][] = [
  ['trips', 'circuit_breaker_trips_total 4', 'trips', 4],
  ['trips, zero', 'circuit_breaker_trips_total 0', 'trips', 0],
  ['trips, absent', 'x 1', 'trips', null],
  ['trips, NaN', 'circuit_breaker_trips_total NaN', 'trips', null],
  ['breaker closed', 'circuit_breaker_state 0', 'breakerState', 'closed'],
  ['breaker open', 'circuit_breaker_state 1', 'breakerState', 'open'],
  ['breaker half open', 'circuit_breaker_state 2', 'breakerState', 'half_open'],
  ['breaker of another kind', 'circuit_breaker_state 3', 'breakerState', null],
  ['last trip in ms', 'tickwitness_breaker_last_trip_timestamp_seconds 1700000000.5', 'lastTripMs', 1_700_000_000_500],
  ['no trip yet', 'tickwitness_breaker_last_trip_timestamp_seconds 0', 'lastTripMs', null],
  ['connected', 'kraken_ws_connection_status 1', 'wsStatus', 'connected'],
  ['disconnected', 'kraken_ws_connection_status 0', 'wsStatus', 'disconnected'],
  ['no status', 'x 1', 'wsStatus', null],
  [
    'trips of all exchanges',
    'circuit_breaker_trips_total 1\ntickwitness_breaker_trips_total{exchange="kraken"} 1\n' +
      'tickwitness_breaker_trips_total{exchange="binance"} 2',
    'trips',
    3,
  ],
  [
    'trips, one unknown',
    'circuit_breaker_trips_total 1\ntickwitness_breaker_trips_total{exchange="binance"} NaN',
    'trips',
    null,
  ],
  [
    'the worst breaker of all exchanges',
    'circuit_breaker_state 0\ntickwitness_breaker_state{exchange="kraken",state="closed"} 1\n' +
      'tickwitness_breaker_state{exchange="binance",state="open"} 1\n' +
      'tickwitness_breaker_state{exchange="binance",state="closed"} 0',
    'breakerState',
    'open',
  ],
  [
    'reconnects of all exchanges',
    'kraken_ws_reconnects_total 1\ntickwitness_feed_reconnects_total{exchange="kraken"} 1\n' +
      'tickwitness_feed_reconnects_total{exchange="binance"} 4',
    'reconnects',
    5,
  ],
  ['trades of Kraken alone', 'kraken_trades_per_minute 9', 'tradesPerMin', 9],
  [
    'trades of one exchange of two are not those of all',
    'kraken_trades_per_minute 9\ntickwitness_feed_connected{exchange="binance",connection="main"} 1',
    'tradesPerMin',
    null,
  ],
  [
    'latencies of one exchange of two are not those of all',
    'kraken_ws_latency_p95_ms{pair="A"} 9\ntickwitness_feed_connected{exchange="binance",connection="main"} 1',
    'p95Ms',
    null,
  ],
  [
    'venue',
    'tickwitness_venue_status{status="online"} 0\ntickwitness_venue_status{status="post_only"} 1',
    'venueStatus',
    'post_only',
  ],
  [
    'venue, two at once',
    'tickwitness_venue_status{status="a"} 1\ntickwitness_venue_status{status="b"} 1',
    'venueStatus',
    null,
  ],
  [
    'venues, one at rest',
    'tickwitness_venue_status{exchange="binance",status="online"} 1\n' +
      'tickwitness_venue_status{exchange="kraken",status="maintenance"} 1\n' +
      'tickwitness_venue_status{exchange="kraken",status="online"} 0',
    'venueStatus',
    'maintenance',
  ],
  [
    'venues, one silent',
    'tickwitness_venue_status{exchange="binance",status="online"} 0\n' +
      'tickwitness_venue_status{exchange="kraken",status="online"} 1',
    'venueStatus',
    'online',
  ],
  [
    'queues add up',
    'tickwitness_pipeline_ring_depth{ring="a"} 6\ntickwitness_pipeline_ring_depth{ring="b"} 1',
    'queueDepth',
    7,
  ],
  ['errors add up', 'tickwitness_errors_total{room="a"} 0\ntickwitness_errors_total{room="b"} 3', 'errorsTotal', 3],
  [
    'one error count unknown',
    'tickwitness_errors_total{room="a"} 1\ntickwitness_errors_total{room="b"} NaN',
    'errorsTotal',
    null,
  ],
  [
    'the freshest link',
    'tickwitness_feed_last_frame_age_seconds{connection="a"} 9\n' +
      'tickwitness_feed_last_frame_age_seconds{connection="b"} 0.2',
    'lastFrameAgeS',
    0.2,
  ],
  [
    'the last of several connections’ trips',
    'tickwitness_breaker_last_trip_timestamp_seconds{connection="a"} 5\ntickwitness_breaker_last_trip_timestamp_seconds{connection="b"} 9',
    'lastTripMs',
    9_000,
  ],
  ['mode of a demo', 'tickwitness_build_info{mode="demo",version="1"} 1', 'mode', 'SIMULATED'],
  ['mode of a run', 'tickwitness_build_info{mode="run",version="1"} 1', 'mode', 'LIVE'],
  ['mode of another kind', 'tickwitness_build_info{mode="replay",version="1"} 1', 'mode', 'REPLAY'],
  ['mode named as an object member', 'tickwitness_build_info{mode="constructor"} 1', 'mode', 'CONSTRUCTOR'],
  ['mode, untold', 'tickwitness_build_info{version="1"} 1', 'mode', null],
];

for (const [name, text, field, value] of cases) {
  test(name, () => assert.equal((read(text).values as Record<string, unknown>)[field], value));
}

test('one pair’s latencies are those of all', () => {
  const seen = read('kraken_ws_latency_p50_ms{pair="BTC-USD"} 12.5\nkraken_ws_latency_p95_ms{pair="BTC-USD"} 28.3');
  assert.equal(seen.values.p50Ms, 12.5);
  assert.equal(seen.values.p95Ms, 28.3);
  assert.equal(seen.values.p99Ms, null);
  assert.equal(seen.values.latencyOf, null);
});

test('of several pairs the slowest stands for all, by name', () => {
  const seen = read(
    'kraken_ws_latency_p95_ms{pair="A-USD"} 20\n' +
      'kraken_ws_latency_p95_ms{pair="B-USD"} 30\nkraken_ws_latency_p50_ms{pair="B-USD"} 3',
  );
  assert.deepEqual([seen.values.p50Ms, seen.values.p95Ms, seen.values.latencyOf], [3, 30, 'B-USD']);
});

test('no latencies: unknown, not zero', () => {
  assert.deepEqual(
    [read('x 1').values.p95Ms, read('kraken_ws_latency_p95_ms{pair="A"} NaN').values.p95Ms],
    [null, null],
  );
});

const subscription = (symbol: string, stream: string, state: string, value: number) =>
  `tickwitness_feed_subscription_state{exchange="kraken",symbol="${symbol}",stream="${stream}",state="${state}"} ${value}`;

test('subscriptions by pair, and counted', () => {
  const seen = read(
    [
      subscription('BTC/USD', 'trade', 'live', 1),
      subscription('BTC/USD', 'trade', 'suspect', 0),
      subscription('BTC/USD', 'spread', 'live', 0),
      subscription('BTC/USD', 'spread', 'suspect', 1),
      'tickwitness_feed_subscription_age_seconds{exchange="kraken",symbol="BTC/USD",stream="trade"} 0.4',
      'kraken_ws_connection_status 1',
    ].join('\n'),
  );
  const streams = seen.pairs.get('BTC-USD')?.streams;
  assert.deepEqual(streams?.get('trade'), { state: 'live', ageS: 0.4 });
  assert.deepEqual(streams?.get('spread'), { state: 'suspect', ageS: null });
  assert.deepEqual(seen.values.subscriptions, { ...noSubscriptions(), live: 1, suspect: 1 });
  assert.equal(seen.values.wsStatus, 'degraded');
  assert.equal(seen.pairsComplete, true);
});

test('a pair of two exchanges is two markets', () => {
  const at = (exchange: string, symbol: string, state: string) =>
    `tickwitness_feed_subscription_state{exchange="${exchange}",symbol="${symbol}",stream="trade",state="${state}"} 1`;
  const seen = read(
    [
      at('kraken', 'BTC-USDT', 'live'),
      at('binance', 'BTC-USDT', 'suspect'),
      at('binance', 'ETH-USDT', 'quiet'),
      'kraken_ws_latency_p95_ms{pair="BTC/USDT"} 7',
    ].join('\n'),
  );
  const states = [...seen.pairs].map(([name, { streams }]) => [name, streams.get('trade')?.state]);
  assert.deepEqual(Object.fromEntries(states), {
    'BTC-USDT kraken': 'live',
    'BTC-USDT binance': 'suspect',
    'ETH-USDT': 'quiet',
  });
  assert.equal(seen.pairs.get('BTC-USDT kraken')?.values.p95Ms, 7);
  assert.equal(seen.pairs.get('BTC-USDT binance')?.values.p95Ms, null);
});

test('prices and spreads of each exchange', () => {
  const subscribed = (exchange: string, symbol: string) =>
    `tickwitness_feed_subscription_state{exchange="${exchange}",symbol="${symbol}",stream="trade",state="live"} 1`;
  const seen = read(
    [
      subscribed('kraken', 'BTC-USDT'),
      subscribed('binance', 'BTC-USDT'),
      'tickwitness_market_last_price{exchange="kraken",symbol="BTC-USDT"} 100',
      'tickwitness_market_last_price{exchange="binance",symbol="BTC-USDT"} 101',
      'tickwitness_market_spread{exchange="binance",symbol="BTC-USDT"} 0.5',
      'tickwitness_market_last_price{exchange="binance",symbol="OLD-USDT"} 1',
    ].join('\n'),
  );
  assert.deepEqual([...seen.pairs.keys()].sort(), ['BTC-USDT binance', 'BTC-USDT kraken']);
  const { exchange, lastPrice, spread } = seen.pairs.get('BTC-USDT binance')?.values ?? {};
  assert.deepEqual([exchange, lastPrice, spread], ['binance', 101, 0.5]);
  assert.equal(seen.pairs.get('BTC-USDT kraken')?.values.lastPrice, 100);
});

test('a subscription of the venue as a whole counts, and is no pair', () => {
  const seen = read(subscription('', 'instrument', 'live', 1));
  assert.equal(seen.values.subscriptions?.live, 1);
  assert.equal(seen.pairs.size, 0);
});

test('without that family the subscriptions are unknown', () => {
  const seen = read('kraken_ws_latency_p95_ms{pair="A"} 1');
  assert.equal(seen.values.subscriptions, null);
  assert.equal(seen.pairsComplete, false);
});
