import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageParts, formatAge, formatClock, formatCountdown } from './time';

const ages: [number | null | undefined, string][] = [
  [null, '—'],
  [undefined, '—'],
  [NaN, '—'],
  [-20, '0.0 s'],
  [0, '0.0 s'],
  [449, '0.4 s'],
  [9_999, '9.9 s'],
  [10_000, '10 s'],
  [59_999, '59 s'],
  [60_000, '1 min 00 s'],
  [244_000, '4 min 04 s'],
  [3_599_000, '59 min 59 s'],
  [3_600_000, '1 h 00 min'],
  [11_520_000, '3 h 12 min'],
  [172_799_000, '47 h 59 min'],
  [525_600_000, '6 d 02 h'],
];

for (const [ms, expected] of ages) {
  test(`age ${ms} → ${expected}`, () => assert.equal(formatAge(ms), expected));
}

test('age in parts', () => {
  assert.deepEqual(ageParts(525_600_000), [
    ['6', 'd'],
    ['02', 'h'],
  ]);
  assert.deepEqual(ageParts(100), [['0.1', 's']]);
  assert.deepEqual(ageParts(null), [['—', '']]);
});

test('countdown', () => {
  assert.deepEqual([0, 18, 75, null].map(formatCountdown), ['0:00', '0:18', '1:15', '—']);
});

test('clock, UTC', () => {
  assert.equal(formatClock(1_700_000_000_000), '22:13:20');
  assert.deepEqual([null, undefined, NaN, 1e300].map(formatClock), ['—', '—', '—', '—']);
});
