import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History, maxPoints, ratePerS, spanMs } from './history';
import type { Observation, Values, Via } from './observation';

const start = 1_700_000_000_000;

function seen(s: number, values: Partial<Values>, via: Via = 'stream'): Observation {
  return { atMs: start + s * 1000, via, values, pairs: new Map(), pairsComplete: true };
}

function historyOf(...all: Observation[]): History {
  const history = new History();
  all.forEach((each) => history.add(each));
  return history;
}

test('15 minutes, then the oldest go', () => {
  const history = new History();
  for (let s = 0; s <= 1_000; s++) history.add(seen(s, { p95Ms: s }));
  assert.equal(history.points.length, spanMs / 1000 + 1);
  assert.equal(history.points[0]?.values['p95Ms'], 100);
});

test('a stream gone wild stays bounded', () => {
  const history = new History();
  for (let n = 0; n < 5_000; n++) history.add(seen(n / 100, {}));
  assert.equal(history.points.length, maxPoints);
});

test('replayed readings find their place, once', () => {
  const history = historyOf(seen(0, {}), seen(5, {}, 'poll'), seen(1, {}), seen(2, {}), seen(1, {}));
  assert.deepEqual(
    history.points.map((point) => (point.atMs - start) / 1000),
    [0, 1, 2, 5],
  );
});

const restarts: [string, Partial<Values>, Partial<Values>, number[]][] = [
  ['counters grow', { trips: 1, reconnects: 2 }, { trips: 2, reconnects: 2 }, []],
  ['a counter falls', { reconnects: 2 }, { reconnects: 0 }, [10]],
  ['the time since start falls', { uptimeS: 500 }, { uptimeS: 4 }, [6]],
  ['a gauge falls', { queueDepth: 9 }, { queueDepth: 1 }, []],
  ['a counter becomes unknown', { trips: 3 }, { trips: null }, []],
];

for (const [name, before, after, marks] of restarts) {
  test(`restart: ${name}`, () => {
    const history = historyOf(seen(0, before), seen(10, after));
    assert.deepEqual(
      history.restartsMs.map((ms) => (ms - start) / 1000),
      marks,
    );
  });
}

test('restart: seen though the counter was unknown in between', () => {
  const history = historyOf(seen(0, { trips: 3 }), seen(1, { trips: null }), seen(2, { trips: 1 }));
  assert.equal(history.restartsMs.length, 1);
});

// The poll answered at 0.9 s and is dated 0.
test('an event of the second of a poll is no restart', () => {
  const before = seen(0, { uptimeS: 4.9 }, 'poll');
  assert.deepEqual(historyOf(before, seen(0.35, { uptimeS: 4.35 }), seen(1.35, { uptimeS: 5.35 })).restartsMs, []);
  assert.equal(historyOf(before, seen(0.35, { uptimeS: 0.1 }), seen(1.35, { uptimeS: 1.1 })).restartsMs.length, 1);
});

test('a replayed reading is no restart', () => {
  assert.deepEqual(historyOf(seen(9, { trips: 3 }), seen(1, { trips: 2 })).restartsMs, []);
});

const rates: [string, Observation[], number | null][] = [
  ['grows', [seen(0, { cpuSeconds: 10 }), seen(5, { cpuSeconds: 11 })], 0.2],
  [
    'only the window counts',
    [seen(0, { cpuSeconds: 0 }), seen(50, { cpuSeconds: 10 }), seen(55, { cpuSeconds: 11 })],
    0.2,
  ],
  ['one reading', [seen(0, { cpuSeconds: 10 })], null],
  ['none', [], null],
  ['less than a second', [seen(0, { cpuSeconds: 10 }), seen(0.5, { cpuSeconds: 11 })], null],
  ['restarted', [seen(0, { cpuSeconds: 10 }), seen(5, { cpuSeconds: 1 })], null],
  ['after a restart', [seen(0, { cpuSeconds: 10 }), seen(3, { cpuSeconds: 1 }), seen(5, { cpuSeconds: 2 })], 0.5],
  ['unknown lately', [seen(0, { cpuSeconds: 1 }), seen(2, { cpuSeconds: 2 }), seen(3, { cpuSeconds: null })], 0.5],
];

for (const [name, all, expected] of rates) {
  test(`rate: ${name}`, () => assert.equal(ratePerS(historyOf(...all), 'cpuSeconds', 10_000), expected));
}
