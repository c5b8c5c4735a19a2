import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatBytes,
  formatExact,
  formatMs,
  formatNumber,
  formatRate,
  formatShare,
  formatTick,
  plural,
} from './number';

// Thin spaces written as blanks.
const plain = (text: string) => text.replaceAll('\u202f', ' ');

function table<A extends unknown[]>(name: string, format: (...args: A) => string, rows: [A, string][]): void {
  for (const [args, expected] of rows) {
    test(`${name} ${JSON.stringify(args)} → ${expected}`, () => assert.equal(plain(format(...args)), expected));
  }
}

table('number', formatNumber, [
  [[0], '0'],
  [[-0], '0'],
  [[7], '7'],
  [[8192], '8 192'],
  [[18402917], '18 402 917'],
  [[-1234.5, 1], '\u22121 234.5'],
  [[-0.04, 1], '0.0'],
  [[0.05, 1], '0.1'],
  [[null], '—'],
  [[undefined], '—'],
  [[NaN], '—'],
  [[Infinity], '—'],
  [[9e20], '9.000e+20'],
]);
table('ms', formatMs, [
  [[0], '0.00'],
  [[0.42], '0.42'],
  [[8.34], '8.3'],
  [[72.4], '72'],
  [[1204.2], '1 204'],
  [[-3.2], '\u22123.2'],
  [[null], '—'],
]);
table('exact', formatExact, [
  [[84412.6], '84 412.6'],
  [[1.9521], '1.9521'],
  [[0.0001], '0.0001'],
  [[1e-9], '0.000000001'],
  [[123456789], '123 456 789'],
  [[-0.5], '\u22120.5'],
  [[0], '0'],
  [[null], '—'],
]);
table('rate', formatRate, [
  [[0], '0'],
  [[12.34], '12.3'],
  [[148.2], '148'],
  [[3], '3'],
  [[null], '—'],
]);
// 1 of 10 000 000 missing is not all.
table('share', formatShare, [
  [[1], '100'],
  [[0.99998], '99.998'],
  [[0.999996], '99.999'],
  [[1 - 1e-7], '99.999'],
  [[1 - 2 ** -53], '99.999'],
  [[0.29], '29.000'],
  [[0], '0.000'],
  [[NaN], '—'],
  [[null], '—'],
]);
table('tick', formatTick, [
  [[0], '0'],
  [[0.1 + 0.2], '0.3'],
  [[150], '150'],
  [[1000], '1 000'],
]);
table('bytes', (value: number | null) => formatBytes(value).join(' ').trim(), [
  [[0], '0 B'],
  [[1023], '1 023 B'],
  [[1024], '1.0 KiB'],
  [[48.6 * 2 ** 20], '48.6 MiB'],
  [[184 * 2 ** 20], '184 MiB'],
  [[5 * 2 ** 40], '5.0 TiB'],
  [[5 * 2 ** 60], '5 242 880 TiB'],
  [[null], '—'],
]);
table('plural', plural, [
  [[1, 'trip'], '1 trip'],
  [[0, 'trip'], '0 trips'],
  [[2000, 'trip'], '2 000 trips'],
]);
