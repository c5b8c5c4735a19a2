import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pairName, resolvePair } from './pair_name';

const known = ['BTC-EUR', 'BTC-USD', 'ETH-USD'];
const cases: [string | null, string | null][] = [
  [null, null],
  ['BTC-USD', 'BTC-USD'],
  ['btc/usd', 'BTC-USD'],
  ['eth', 'ETH-USD'],
  ['BTC', 'BTC-EUR'],
  ['DOGE-USD', 'DOGE-USD'],
  ['', ''],
];

for (const [asked, found] of cases) {
  test(`asked for ${asked}`, () => assert.equal(resolvePair(asked, known), found));
}

test('an exchange’s name becomes ours', () => assert.equal(pairName('BTC/USD'), 'BTC-USD'));
