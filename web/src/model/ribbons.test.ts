import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation, StreamState, Via } from './observation';
import { Ribbons, totals } from './ribbons';

function seen(s: number, state: StreamState | null, via: Via = 'stream'): Observation {
  const streams = new Map([['trade', { state }]]);
  return { atMs: s * 1000, via, values: {}, pairs: new Map([['A', { values: {}, streams }]]), pairsComplete: true };
}

function runsOf(...all: Observation[]): [number, number, StreamState][] {
  const ribbons = new Ribbons();
  all.forEach((each) => ribbons.add(each));
  return ribbons.of('A', 'trade').map((run) => [run.fromMs / 1000, run.toMs / 1000, run.state]);
}

test('one state is one run', () => {
  assert.deepEqual(runsOf(seen(0, 'live'), seen(1, 'live'), seen(2, 'live')), [[0, 2, 'live']]);
});

test('a change ends one and begins the next at the same time', () => {
  assert.deepEqual(runsOf(seen(0, 'live'), seen(1, 'suspect'), seen(2, 'suspect')), [
    [0, 1, 'live'],
    [1, 2, 'suspect'],
  ]);
});

test('what was not seen belongs to nobody', () => {
  assert.deepEqual(runsOf(seen(0, 'live'), seen(1, 'live'), seen(30, 'live')), [
    [0, 1, 'live'],
    [30, 30, 'live'],
  ]);
  assert.deepEqual(runsOf(seen(0, 'live'), seen(1, null), seen(8, 'live')), [
    [0, 0, 'live'],
    [8, 8, 'live'],
  ]);
});

test('polls are points', () => {
  assert.deepEqual(runsOf(seen(0, 'live'), seen(2, 'live', 'poll'), seen(3, 'live')), [
    [0, 0, 'live'],
    [2, 2, 'live'],
    [3, 3, 'live'],
  ]);
});

test('what is replayed late changes nothing', () => {
  assert.deepEqual(runsOf(seen(5, 'live'), seen(1, 'suspect'), seen(5, 'suspect')), [[5, 5, 'live']]);
});

test('bounded in time and in number', () => {
  const flicker = Array.from({ length: 2_000 }, (_, s) => seen(s, s % 2 === 0 ? 'live' : 'suspect'));
  const runs = runsOf(...flicker);
  assert.ok(runs.length <= 200);
  assert.ok((runs[0]?.[1] ?? 0) >= 1_999 - 900);
});

test('totals, longest first', () => {
  const ribbons = new Ribbons();
  [seen(0, 'suspect'), seen(1, 'live'), seen(2, 'live'), seen(3, 'live')].forEach((each) => ribbons.add(each));
  assert.deepEqual(totals(ribbons.of('A', 'trade')), [
    ['live', 2_000],
    ['suspect', 1_000],
  ]);
});
