import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Point } from './history';
import type { Via } from './observation';
import { gapsOf, highOf, minuteRows, quantileColumns, sparkPoints } from './series';
import { windowMs } from './window';

const start = 1_700_000_040_000; // a full minute
const at = (s: number, p95Ms: number | null, via: Via = 'stream'): Point => ({
  atMs: start + s * 1000,
  via,
  values: { p50Ms: 1, p95Ms, p99Ms: 9, 'p95Ms BTC-USD': 7 },
});

test('neighbours are joined, a gap ends the line', () => {
  const [times, , p95] = quantileColumns([at(0, 5), at(1, 6), at(9, 7)], null);
  assert.deepEqual(
    times.map((s) => Math.round(s * 1000) - start),
    [0, 1_000, 8_999, 9_000],
  );
  assert.deepEqual(p95, [5, 6, null, 7]);
});

test('polled readings are dots of their own and do not cut the line', () => {
  const columns = quantileColumns([at(0, 5), at(1, 8, 'poll'), at(2, 6)], null);
  assert.deepEqual(columns[2], [5, undefined, 6]);
  assert.deepEqual(columns[5], [undefined, 8, undefined]);
});

test('an unknown value ends the line', () => {
  assert.deepEqual(quantileColumns([at(0, 5), at(1, null), at(2, 6)], null)[2], [5, null, 6]);
});

test('a pair has its own', () => {
  assert.deepEqual(quantileColumns([at(0, 5)], 'BTC-USD')[2], [7]);
  assert.deepEqual(quantileColumns([at(0, 5)], 'ETH-USD')[2], [null]);
});

const gaps: [string, Point[], number, [number, number][]][] = [
  ['none', [at(0, 1), at(1, 1)], 2, []],
  ['nothing seen yet', [], 100, []],
  ['in between', [at(0, 1), at(20, 1)], 20, [[0, 20]]],
  ['since the last', [at(0, 1), at(1, 1)], 9, [[1, 9]]],
  ['polls do not fill it', [at(0, 1), at(1, 1), at(10, 1, 'poll')], 12, [[1, 12]]],
  ['never a stream', [at(0, 1, 'poll'), at(15, 1, 'poll')], 20, [[0, 20]]],
  ['first a poll, then the stream', [at(0, 1, 'poll'), at(1, 1), at(2, 1)], 2, []],
];

for (const [name, points, nowS, expected] of gaps) {
  test(`gaps: ${name}`, () => {
    const found = gapsOf(points, start + nowS * 1000);
    assert.deepEqual(
      found.map(({ fromMs, toMs }) => [(fromMs - start) / 1000, (toMs - start) / 1000]),
      expected,
    );
  });
}

test('highest', () => {
  assert.equal(highOf([at(0, 5), at(1, null), at(2, 8), at(3, 6)], 'p95Ms'), 8);
  assert.equal(highOf([at(0, null)], 'p95Ms'), null);
});

test('table: the last reading of each minute, newest first, without minutes that were not seen', () => {
  const rows = minuteRows([at(0, 1), at(59, 2), at(60, 3), at(300, null)], null);
  assert.deepEqual(
    rows.map((row) => [(row.atMs - start) / 1000, row.values[1]]),
    [
      [300, null],
      [60, 3],
      [59, 2],
    ],
  );
});

const window = { endMs: start + 100_000, spanMs: 100_000 };

test('sparkline: the highest of each cell, so that a spike shows', () => {
  const points = Array.from({ length: 100 }, (_, s) => at(s, s === 42 ? 99 : 1));
  const made = sparkPoints(points, 'p95Ms', window, 10);
  assert.equal(made.length, 10);
  assert.equal(made[4]?.value, 99);
});

test('sparkline: gaps and polls are not joined', () => {
  const made = sparkPoints([at(0, 1), at(2, 1), at(30, 1), at(60, 1, 'poll'), at(61, 1)], 'p95Ms', window, 100);
  assert.deepEqual(
    made.map(({ joined }) => joined),
    [false, true, false, false, false],
  );
});

test('sparkline: what is older than the window is not drawn', () => {
  assert.deepEqual(
    sparkPoints([at(-5, 1), at(5, 2)], 'p95Ms', window, 10).map(({ value }) => value),
    [2],
  );
});

test('the window grows in steps with what was seen', () => {
  const minutes = (s: number) => windowMs([at(0, 1)], start + s * 1000) / 60_000;
  assert.deepEqual([1, 60, 61, 200, 599, 601, 5_000].map(minutes), [1, 1, 2, 5, 10, 15, 15]);
  assert.equal(windowMs([], start), 60_000);
});
