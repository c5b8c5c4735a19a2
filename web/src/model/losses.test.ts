import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Book, Details, Gap } from './details';
import {
  booksNote,
  causeOf,
  completenessNote,
  endOf,
  gapRows,
  gapsNote,
  lossesSentence,
  marketsToday,
  whatOf,
  type Losses,
} from './losses';

const base: Gap = {
  id: 1,
  exchange: 'kraken',
  symbol: 'BTC-USD',
  channel: 'trade',
  connection: null,
  from: 100,
  to: 109,
  missing: 10,
  lost: 0,
  cause: 'missing',
  state: 'open',
  openedMs: 1_000,
  closedMs: null,
  reason: null,
};
const details = (more: Partial<Details>): Details => ({
  gaps: [],
  days: [],
  books: [],
  thresholdsS: new Map(),
  ...more,
});

test('open ones first, then those that closed last, eight at most', () => {
  const closed = (id: number, closedMs: number): Gap => ({ ...base, id, state: 'filled', closedMs });
  const gaps = [closed(5, 50), { ...base, id: 4, state: 'filling' as const }, closed(3, 90), base];
  assert.deepEqual(
    gapRows(gaps).map(({ id }) => id),
    [4, 1, 3, 5],
  );
  assert.equal(gapRows(Array.from({ length: 30 }, (_, id) => closed(id, id))).length, 8);
});

const whats: [Partial<Gap>, string][] = [
  [{}, 'trades 100–109'],
  [{ to: 100 }, 'trade 100'],
  [{ channel: 'agg_trade' }, 'agg trades 100–109'],
  [{ channel: 'book' }, 'book updates 100–109'],
  [{ channel: 'book', from: null, to: null }, 'book'],
  [{ channel: null, connection: 'main' }, 'connection main'],
  [{ channel: null }, '—'],
];
for (const [more, words] of whats) {
  test(`what: ${words}`, () => assert.equal(whatOf({ ...base, ...more }), words));
}

const ends: [Partial<Gap>, string][] = [
  [{}, 'since 4.0 s, 10 missing'],
  [{ state: 'filling', missing: null }, 'since 4.0 s'],
  [{ openedMs: null }, 'since —, 10 missing'],
  [{ state: 'filled', closedMs: 2_200 }, 'filled after 1.2 s'],
  [{ state: 'unrecoverable', closedMs: 2_200, lost: 4, reason: 'REST refused' }, '4 lost: REST refused'],
  [{ state: 'unrecoverable', lost: null }, '— lost: for no known reason'],
  [{ state: null }, '—'],
];
for (const [more, words] of ends) {
  test(`end: ${words}`, () => assert.equal(endOf({ ...base, ...more }, 5_000), words));
}

test('causes in words, others as they are', () => {
  const of = (cause: string | null) => causeOf({ ...base, cause });
  assert.deepEqual(
    [of('disconnect'), of('crossed'), of('moonlight'), of('constructor'), of(null)],
    ['connection lost', 'bid above ask', 'moonlight', 'constructor', '—'],
  );
});

const nowMs = Date.UTC(2023, 10, 14, 22, 13);
const day = (symbol: string, date: string, received: number, missing: number) => ({
  exchange: 'kraken',
  symbol,
  day: date,
  received,
  missing,
  ratio: received + missing === 0 ? null : received / (received + missing),
});

test('the lowest of today', () => {
  const days = [
    day('A-B', '2023-11-14', 99, 1),
    day('C-D', '2023-11-14', 9, 1),
    day('E-F', '2023-11-14', 0, 0),
    day('G-H', '2023-11-13', 1, 9),
  ];
  assert.deepEqual(
    marketsToday(days, nowMs).map(({ symbol }) => symbol),
    ['C-D', 'A-B'],
  );
  assert.deepEqual(marketsToday(days, nowMs + 2 * 3_600_000), []);
  assert.equal(completenessNote(details({ days }), nowMs), '1 of 10 missing, C-D');
  const two = [...days, { ...day('C-D', '2023-11-14', 8, 2), exchange: 'binance' }];
  assert.equal(completenessNote(details({ days: two }), nowMs), '2 of 10 missing, C-D Binance');
  const all = [day('A-B', '2023-11-14', 99, 0), day('C-D', '2023-11-14', 9, 0)];
  assert.equal(completenessNote(details({ days: all }), nowMs), 'none of 108 trades missing');
  assert.equal(completenessNote(details({}), nowMs), 'no trade is known of today, UTC');
  assert.equal(completenessNote(null, nowMs), 'of today’s trades, UTC');
});

test('missing now', () => {
  const gaps: Gap[] = [base, { ...base, state: 'filling', missing: 2 }, { ...base, state: 'filled', missing: 5 }];
  assert.equal(gapsNote(details({ gaps })), '12 trades missing now');
  assert.equal(gapsNote(null), 'trades missing —');
});

test('books', () => {
  const of = (...books: Book[]) => booksNote(details({ books }));
  const book = (symbol: string, state: Book['state'], exchange = 'kraken'): Book => ({ exchange, symbol, state });
  assert.equal(of(book('A-B', 'valid'), book('C-D', 'quarantined'), book('E-F', 'quarantined')), 'C-D, E-F');
  assert.equal(of(book('A-B', 'valid'), book('C-D', 'waiting')), '1 valid, 1 waiting');
  assert.equal(of(book('A-B', 'valid'), book('A-B', 'quarantined', 'binance')), 'A-B Binance');
  assert.equal(of(), 'no book is followed');
  assert.equal(booksNote(null), 'books —');
});

const sentences: [Losses, RegExp][] = [
  [{ gapsOpen: null, completeness: 1, booksQuarantined: 0 }, /^It is not known what is missing\.$/],
  [{ gapsOpen: 1, completeness: 1, booksQuarantined: 2 }, /^1 gap open, 2 books in quarantine\.$/],
  [{ gapsOpen: 0, completeness: 1, booksQuarantined: 1 }, /^1 book in quarantine\.$/],
  [{ gapsOpen: 0, completeness: null, booksQuarantined: 0 }, /no trade is known yet/],
  [{ gapsOpen: 0, completeness: 0.99998, booksQuarantined: null }, /but only 99\.998 %/],
  [{ gapsOpen: 0, completeness: 1, booksQuarantined: 0 }, /each trade of today that is known of has come/],
];
for (const [losses, words] of sentences) {
  test(`sentence ${words.source}`, () => assert.match(lossesSentence(losses), words));
}
