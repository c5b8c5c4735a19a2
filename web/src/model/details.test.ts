import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDetails, streamKey } from './details';

const gap = {
  id: 7,
  exchange: 'kraken',
  symbol: 'BTC-USD',
  channel: 'trade',
  connection: null,
  from: 100,
  to: 109,
  missing: 0,
  lost: 4,
  cause: 'disconnect',
  state: 'unrecoverable',
  opened: 1_699_999_940_000,
  closed: 1_699_999_998_500,
  reason: 'refused',
};
const none = { gaps: [], completeness: [] };
const noFeeds = { feeds: [], books: [] };

test('an entry as it is sent', () => {
  const seen = parseDetails({ ...none, gaps: [gap] }, noFeeds)?.gaps[0];
  const { opened, closed, ...same } = gap;
  assert.deepEqual(seen, { ...same, openedMs: opened, closedMs: closed });
});

test('what has the wrong type is unknown, an entry without a number is none', () => {
  const odd = { ...gap, missing: '3', state: 'gone', opened: null, symbol: 4 };
  const seen = parseDetails({ ...none, gaps: [odd, { ...gap, id: 'x' }, 7, null] }, noFeeds)?.gaps;
  assert.equal(seen?.length, 1);
  assert.deepEqual(
    [seen?.[0]?.missing, seen?.[0]?.state, seen?.[0]?.openedMs, seen?.[0]?.symbol],
    [null, null, null, null],
  );
});

test('days, books and learned thresholds', () => {
  const completeness = [{ exchange: 'kraken', symbol: 'A-B', day: '2023-11-14', received: 3, missing: 1, ratio: 0.75 }];
  const feeds = [
    { symbol: 'A-B', stream: 'trade', threshold_s: 4.25 },
    { symbol: 'A-B', stream: 'ohlc-5', threshold_s: null },
    { symbol: null, stream: 'instrument', threshold_s: 3 },
  ];
  const books = [{ exchange: 'kraken', symbol: 'A-B', state: 'quarantined' }, { symbol: 'C-D', state: 'fine' }];
  const seen = parseDetails({ ...none, completeness }, { feeds, books });
  assert.deepEqual(seen?.days, completeness);
  assert.deepEqual([...(seen?.thresholdsS ?? [])], [[streamKey('A-B', 'trade'), 4.25]]);
  assert.deepEqual(seen?.books, [
    { exchange: 'kraken', symbol: 'A-B', state: 'quarantined' },
    { exchange: null, symbol: 'C-D', state: null },
  ]);
});

test('a pair of two exchanges has a threshold on each', () => {
  const feed = (exchange: string, threshold_s: number) => ({ exchange, symbol: 'A-B', stream: 'trade', threshold_s });
  const seen = parseDetails(none, { feeds: [feed('kraken', 4), feed('binance', 2)], books: [] });
  assert.equal(seen?.thresholdsS.get(streamKey('A-B kraken', 'trade')), 4);
  assert.equal(seen?.thresholdsS.get(streamKey('A-B binance', 'trade')), 2);
});

const useless: unknown[] = [null, 7, [], {}, { gaps: [] }, { gaps: 1, completeness: [] }];
for (const body of useless) {
  test(`${JSON.stringify(body)} is no answer`, () => assert.equal(parseDetails(body, noFeeds), null));
}
test('nor without the books', () => assert.equal(parseDetails(none, { feeds: [] }), null));

test('bounded', () => {
  const gaps = Array.from({ length: 999 }, (_, id) => ({ ...gap, id }));
  assert.equal(parseDetails({ ...none, gaps }, noFeeds)?.gaps.length, 200);
});
