import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  historyUrl,
  maxCandles,
  parseStored,
  priceColumns,
  storedSentence,
  type Stored,
} from './stored';

const startMs = Date.UTC(2026, 10, 22, 14, 30);
const row = (minute: number, close = 100) => ({
  begin: new Date(startMs + minute * 60_000).toISOString().replace('Z', '000000Z'),
  open: 99.5,
  high: close + 1,
  low: close - 1,
  close,
  volume: 0.5,
  vwap: null,
  trades: 3,
});
const stored = (rows: unknown[], more = false): Stored => {
  const answer = parseStored({ rows, more });
  assert.notEqual(typeof answer, 'string', String(answer));
  return answer as Stored;
};

test('what is asked names the market, and nothing of it can be more than a name', () => {
  assert.equal(
    historyUrl('kraken', 'BTC-USD&limit=9'),
    '/api/v1/history?exchange=kraken&symbol=BTC-USD%26limit%3D9&kind=candles&interval=1&limit=240',
  );
});

test('a candle as it is sent', () => {
  assert.deepEqual(stored([row(2, 101.25)]).candles, [
    { beginMs: startMs + 120_000, open: 99.5, high: 102.25, low: 100.25, close: 101.25, volume: 0.5, trades: 3 },
  ]);
});

test('what is no candle, out of order or no list is said, not shown', () => {
  const bad: [unknown, RegExp][] = [
    [null, /not a list/],
    [{ rows: {} }, /not a list/],
    [{ rows: [row(0), 7] }, /no candle/],
    [{ rows: [{ ...row(0), close: '100' }] }, /no candle/],
    [{ rows: [{ ...row(0), begin: 'yesterday' }] }, /no candle/],
    [{ rows: [{ ...row(0), begin: null }] }, /no candle/],
    [{ rows: [row(1), row(0)] }, /not in order/],
    [{ rows: [row(1), row(1)] }, /not in order/],
  ];
  for (const [body, why] of bad) assert.match(String(parseStored(body)), why);
});

test('a server that sends too many does not make the page hold them', () => {
  const many = stored(Array.from({ length: maxCandles + 3 }, (_, minute) => row(minute)));
  assert.equal(many.candles.length, maxCandles);
  assert.equal(many.candles[0]?.beginMs, startMs + 3 * 60_000);
  assert.equal(many.more, true);
});

test('a minute of which nothing is stored ends the line', () => {
  const { candles } = stored([row(0, 10), row(1, 11), row(4, 14)]);
  const [times, high, low, close] = priceColumns(candles);
  assert.deepEqual(
    times.map((time) => (time * 1000 - startMs) / 60_000),
    [0, 1, 2, 4],
  );
  assert.deepEqual([high, low, close], [[11, 12, null, 15], [9, 10, null, 13], [10, 11, null, 14]]);
});

test('the sentence', () => {
  const sentences: [Stored | null, string | null, string][] = [
    [null, null, 'Asking the engine.'],
    [null, 'There is no history: store.enabled is false.', 'Not known: There is no history: store.enabled is false.'],
    [stored([]), null, 'Nothing is stored of it yet.'],
    [
      stored([row(0, 1000), row(1, 900)]),
      null,
      '2 minutes from 14:30 to 14:32, 899 to 1\u202f001, none missing, all there is.',
    ],
    [
      stored([row(0), row(3)], true),
      'The server did not answer.',
      '2 minutes from 14:30 to 14:34, 99 to 101, 2 missing, older ones are stored too. ' +
        'Since then: The server did not answer.',
    ],
  ];
  for (const [answer, why, said] of sentences) assert.equal(storedSentence({ stored: answer, why }), said);
});
