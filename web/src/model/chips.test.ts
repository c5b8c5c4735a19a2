import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialState, type Mode, type TransportState } from '../transport/machine';
import type { SubscriptionCounts } from './observation';
import { noSubscriptions } from './subscriptions';
import { breakerChip, exchangeChip, exchangesChip, feedsChip, gapsChip, transportChip, was, worst } from './chips';

const state = (mode: Mode, more: Partial<TransportState> = {}): TransportState => ({
  ...initialState(0),
  mode,
  ...more,
});

const transports: [TransportState, number | null, string][] = [
  [state('BOOT'), null, 'CONNECTING: '],
  [state('LIVE'), 400, 'LIVE: event stream'],
  [state('LAGGING'), 8_200, 'LAGGING: data 8.2 s late'],
  [state('POLLING', { nextPollMs: 11_000 }), 4_000, 'POLLING 15 s: next in 11 s'],
  [state('POLLING', { pollInFlight: true }), 4_000, 'POLLING 15 s: asking now'],
  [state('STALE'), 33_000, 'STALE: no data for 33 s'],
  [state('STALE'), null, 'STALE: no data yet'],
  [state('OFFLINE'), 75_000, 'OFFLINE: no data for 1 min 15 s'],
  [state('OFFLINE', { claimedOffline: true }), 2_000, 'OFFLINE: this device is offline'],
];

for (const [transport, age, expected] of transports) {
  test(`transport ${expected}`, () => {
    const chip = transportChip(transport, 0, age);
    assert.equal(`${chip.word}: ${chip.fact}`, expected);
  });
}

const exchanges: [string | null, string, string][] = [
  [null, 'unknown', '—'],
  ['online', 'ok', 'online'],
  ['cancel_only', 'warn', 'cancel only'],
  ['post_only', 'warn', 'post only'],
  ['maintenance', 'bad', 'maintenance'],
  ['half_asleep', 'warn', 'half asleep'],
];

for (const [status, level, word] of exchanges) {
  test(`exchange ${status}`, () => {
    const chip = exchangeChip(status);
    assert.deepEqual([chip.level, chip.word], [level, word]);
  });
}

const venues: [Record<string, string | null>, string, string][] = [
  [{ kraken: 'online', binance: 'online' }, 'ok', 'online: Kraken and Binance'],
  [{ kraken: 'online', binance: null }, 'ok', 'online: Kraken; Binance does not say'],
  [{ kraken: 'maintenance', binance: null }, 'bad', 'maintenance: Kraken'],
  [{ kraken: 'online', binance: 'post_only' }, 'warn', 'post only: Binance; Kraken online'],
  [{ kraken: 'cancel_only', binance: 'maintenance' }, 'bad', 'maintenance: Binance; Kraken cancel only'],
  [{ kraken: null, binance: null }, 'unknown', '—: none of them says'],
];

for (const [statuses, level, words] of venues) {
  test(`exchanges ${words}`, () => {
    const chip = exchangesChip(
      Object.entries(statuses).map(([exchange, status]) => ({ exchange, status, connections: [] })),
    );
    assert.deepEqual([chip.level, `${chip.word}: ${chip.fact}`], [level, words]);
  });
}

const feeds: [string, Partial<SubscriptionCounts>, string, string][] = [
  ['all live', { live: 12 }, 'ok', '12 live: 0 silent, 0 refused'],
  ['pending', { live: 3, pending: 9 }, 'pending', '3 live: 9 pending'],
  ['quiet', { live: 3, quiet: 2 }, 'ok', '3 live: 2 quiet'],
  ['suspect and refused', { live: 10, suspect: 1, refused: 1 }, 'warn', '10 live: 1 refused, 1 suspect'],
  ['dead and being renewed', { live: 9, zombie: 2, healing: 1 }, 'warn', '9 live: 2 zombie, 1 healing'],
  ['none', {}, 'off', '0 live: 0 silent, 0 refused'],
];

for (const [name, counts, level, words] of feeds) {
  test(`feeds ${name}`, () => {
    const chip = feedsChip({ ...noSubscriptions(), ...counts });
    assert.deepEqual([chip.level, `${chip.word}: ${chip.fact}`], [level, words]);
  });
}

test('feeds and breaker unknown', () => {
  assert.equal(feedsChip(null).level, 'unknown');
  assert.equal(breakerChip(null, null).word, '—');
  assert.equal(breakerChip('open', 1).fact, '1 trip');
});

const gaps: [Parameters<typeof gapsChip>[0], string, string][] = [
  [{ gapsOpen: null, completeness: 1, booksQuarantined: 0 }, 'unknown', '—: not known'],
  [{ gapsOpen: 0, completeness: 0.99998, booksQuarantined: 0 }, 'ok', 'none open: 99.998 % today'],
  [{ gapsOpen: 0, completeness: null, booksQuarantined: null }, 'ok', 'none open: — today'],
  [{ gapsOpen: 2, completeness: 1, booksQuarantined: 0 }, 'warn', '2 open: 100 % today'],
  [{ gapsOpen: 0, completeness: 1, booksQuarantined: 1 }, 'warn', 'none open: 1 book in quarantine'],
];

for (const [losses, level, words] of gaps) {
  test(`gaps ${words}`, () => {
    const chip = gapsChip(losses);
    assert.deepEqual([chip.level, `${chip.word}: ${chip.fact}`], [level, words]);
  });
}

test('while the trading engine rests silence is no fault', () => {
  for (const status of ['maintenance', 'cancel_only', 'post_only']) {
    assert.equal(exchangeChip(status).fact, 'silence is no fault');
  }
  for (const status of ['online', 'limit_only']) assert.equal(exchangeChip(status).fact, 'trading engine');
});

test('a state seen too long ago was', () => {
  assert.deepEqual(was(exchangeChip('online'), true), { level: 'unknown', word: 'was online', fact: 'trading engine' });
  assert.equal(was(exchangeChip('online'), false).word, 'online');
  assert.equal(was(exchangeChip(null), true).word, '—');
});

test('the worst decides', () => {
  assert.equal(worst(['ok', 'warn', 'unknown']), 'warn');
  assert.equal(worst(['ok', 'unknown', 'ok']), 'unknown');
  assert.equal(worst(['bad', 'warn']), 'bad');
  assert.equal(worst([]), 'off');
});
