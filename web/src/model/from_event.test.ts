import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observationFromEvent, stampOf } from './from_event';
import { maxPairs, maxStreamsPerPair, maxVenues } from './observation';
import { noSubscriptions } from './subscriptions';

const read = (json: unknown) => observationFromEvent(JSON.stringify(json));

test('the event as the seed has it', () => {
  const seen = read({
    latency_p50_ms: 12.5,
    latency_p95_ms: 28.3,
    latency_p99_ms: 45.0,
    circuit_breaker_trips: 0,
    reconnect_count: 2,
    trades_per_min: 127.5,
    ws_status: 'connected',
    timestamp: 1699999999999,
  });
  assert.equal(seen?.atMs, 1699999999999);
  assert.deepEqual(seen?.values, {
    p50Ms: 12.5,
    p95Ms: 28.3,
    p99Ms: 45,
    trips: 0,
    reconnects: 2,
    tradesPerMin: 127.5,
    wsStatus: 'connected',
    latencyOf: null,
  });
  assert.equal(seen?.pairsComplete, false);
});

test('null is unknown, absent is untold', () => {
  const seen = read({ timestamp: 1, latency_p95_ms: null });
  assert.equal(seen?.values.p95Ms, null);
  assert.equal(Object.hasOwn(seen?.values ?? {}, 'p50Ms'), false);
});

test('a negative latency is a reading: clocks differ', () => {
  assert.equal(read({ timestamp: 1, latency_p50_ms: -3 })?.values.p50Ms, -3);
});

for (const value of ['7', true, [], {}, -1]) {
  test(`a count of ${JSON.stringify(value)} is unknown`, () => {
    assert.equal(read({ timestamp: 1, reconnect_count: value })?.values.reconnects, null);
  });
}

const useless: [string, string][] = [
  ['no JSON', '{"timestamp":1'],
  ['null', 'null'],
  ['a list', '[1]'],
  ['a number', '5'],
  ['no time', '{"latency_p50_ms":1}'],
  ['a time in words', '{"timestamp":"now"}'],
  ['a time below zero', '{"timestamp":-5}'],
  ['an endless time', '{"timestamp":1e999}'],
];

for (const [name, data] of useless) {
  test(`${name} is no observation`, () => {
    assert.equal(observationFromEvent(data), null);
    assert.equal(stampOf(data), null);
  });
}

test('pairs and their streams', () => {
  const streams = { trade: { state: 'live', age_s: 0.1, stale_after_s: 20 }, spread: { state: 'asleep' }, ohlc: 7 };
  const seen = read({ timestamp: 1, pairs: { 'BTC-USD': { last_price: 84412.6, spread: null, streams }, X: 'no' } });
  assert.deepEqual([...(seen?.pairs.keys() ?? [])], ['BTC-USD']);
  const pair = seen?.pairs.get('BTC-USD');
  assert.deepEqual(pair?.values, { lastPrice: 84412.6, spread: null });
  assert.deepEqual(
    [...(pair?.streams ?? [])],
    [
      ['trade', { state: 'live', ageS: 0.1, staleAfterS: 20 }],
      ['spread', { state: null }],
    ],
  );
});

test('each venue with its connections and their successors', () => {
  const connections = {
    main: { state: 'connected', last_frame_age_s: 0.2, successor: 'connecting' },
    'ohlc-5': { state: 'asleep', last_frame_age_s: -1, successor: null },
    'ohlc-15': { state: 'waiting', successor: 7 },
    odd: 3,
  };
  const of = (venues: unknown) => read({ timestamp: 1, venues })?.values.venues;
  assert.deepEqual(of({ kraken: { status: 'maintenance', connections }, binance: { status: null }, x: 'no' }), [
    {
      exchange: 'kraken',
      status: 'maintenance',
      connections: [
        { name: 'main', state: 'connected', lastFrameAgeS: 0.2, successor: 'connecting' },
        { name: 'ohlc-5', state: null, lastFrameAgeS: null, successor: null },
        { name: 'ohlc-15', state: 'waiting', lastFrameAgeS: null, successor: undefined },
      ],
    },
    { exchange: 'binance', status: null, connections: [] },
  ]);
  assert.equal(of(null), null);
  assert.equal(of(Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`v${at}`, {}])))?.length, maxVenues);
});

test('whose pair it is', () => {
  const seen = read({ timestamp: 1, pairs: { 'A-B': { exchange: 'binance' }, 'C-D': { exchange: 5 } } });
  assert.deepEqual(
    [...(seen?.pairs.values() ?? [])].map(({ values }) => values.exchange),
    ['binance', null],
  );
});

test('a pair named as an object member is a pair', () => {
  const seen = observationFromEvent(
    '{"timestamp":1,"pairs":{"__proto__":{"last_price":1},"constructor":{"last_price":2}}}',
  );
  assert.deepEqual([...(seen?.pairs.keys() ?? [])].sort(), ['__proto__', 'constructor']);
});

test('subscriptions are known whole or not at all', () => {
  const of = (subscriptions: unknown) => read({ timestamp: 1, subscriptions })?.values.subscriptions;
  const all = { ...noSubscriptions(), live: 1, zombie: 2 };
  assert.deepEqual(of(all), all);
  const { quiet: _, ...part } = all;
  assert.equal(of(part), null);
  assert.equal(of(null), null);
});

test('what is missing', () => {
  const of = (json: object) => read({ timestamp: 1, ...json })?.values;
  assert.deepEqual(of({ gaps_open: 2, completeness: 0.99998, books_quarantined: 1 }), {
    gapsOpen: 2,
    completeness: 0.99998,
    booksQuarantined: 1,
    latencyOf: null,
  });
  assert.equal(of({ completeness: null })?.completeness, null);
  assert.equal(of({ gaps_open: '2' })?.gapsOpen, null);
});

test('bounded', () => {
  const streams = Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`s${at}`, { state: 'live' }]));
  const pairs = Object.fromEntries(Array.from({ length: 999 }, (_, at) => [`p${at}`, { streams }]));
  const seen = read({ timestamp: 1, pairs });
  assert.equal(seen?.pairs.size, maxPairs);
  assert.equal(seen?.pairs.get('p0')?.streams.size, maxStreamsPerPair);
});
