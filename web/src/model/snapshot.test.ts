import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from './observation';
import { emptySnapshot, withObservation } from './snapshot';

function seen(atMs: number, more: Partial<Observation>): Observation {
  return { atMs, via: 'stream', values: {}, pairs: new Map(), pairsComplete: false, ...more };
}

const pair = (lastPrice: number | null) => new Map([['BTC-USD', { values: { lastPrice }, streams: new Map() }]]);

test('each value keeps the time it was told', () => {
  let all = withObservation(emptySnapshot, seen(1_000, { values: { p95Ms: 5, reconnects: 1 } }));
  all = withObservation(all, seen(2_000, { via: 'poll', values: { reconnects: 2 } }));
  assert.deepEqual(all.values.p95Ms, { value: 5, atMs: 1_000, via: 'stream' });
  assert.deepEqual(all.values.reconnects, { value: 2, atMs: 2_000, via: 'poll' });
});

test('unknown replaces known', () => {
  const all = withObservation(emptySnapshot, seen(1_000, { values: { p95Ms: 5 } }));
  assert.equal(withObservation(all, seen(2_000, { values: { p95Ms: null } })).values.p95Ms?.value, null);
});

test('an older answer replaces nothing', () => {
  const all = withObservation(emptySnapshot, seen(2_000, { values: { p95Ms: 5 }, pairs: pair(7) }));
  const late = withObservation(
    all,
    seen(1_000, { values: { p95Ms: 9, p50Ms: 1 }, pairs: pair(8), pairsComplete: true }),
  );
  assert.equal(late.values.p95Ms?.value, 5);
  assert.equal(late.values.p50Ms?.value, 1);
  assert.equal(late.pairs.get('BTC-USD')?.values.lastPrice?.value, 7);
});

test('a pair that a complete answer does not list is gone, an incomplete one tells nothing of it', () => {
  const all = withObservation(emptySnapshot, seen(1_000, { values: { p95Ms: 5 }, pairs: pair(7) }));
  assert.equal(withObservation(all, seen(2_000, {})).pairs.size, 1);
  assert.equal(withObservation(all, seen(2_000, { pairsComplete: true })).pairs.size, 0);
  assert.equal(withObservation(all, seen(500, { pairsComplete: true })).pairs.size, 1);
});

test('pairs stand in the order of their names', () => {
  const pairs = new Map(['XRP-USD', 'BTC-USD', 'ETH-USD'].map((name) => [name, { values: {}, streams: new Map() }]));
  assert.deepEqual(
    [...withObservation(emptySnapshot, seen(1, { pairs })).pairs.keys()],
    ['BTC-USD', 'ETH-USD', 'XRP-USD'],
  );
});

test('what was there is not changed in place', () => {
  const all = withObservation(emptySnapshot, seen(1_000, { values: { p95Ms: 5 } }));
  withObservation(all, seen(2_000, { values: { p95Ms: 6 } }));
  assert.equal(all.values.p95Ms?.value, 5);
  assert.equal(emptySnapshot.pairs.size, 0);
});
