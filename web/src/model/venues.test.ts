import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Venue, VenueConnection } from './observation';
import {
  linkMark,
  marketNames,
  restSentence,
  rotatingOf,
  successorMark,
  symbolOf,
  venueName,
  venueNames,
} from './venues';

const main: VenueConnection = { name: 'main', state: 'connected', lastFrameAgeS: 0.1, successor: null };
const venue = (exchange: string, status: string | null, connections: VenueConnection[] = [main]): Venue => {
  return { exchange, status, connections };
};

test('names as people write them; others as the engine has them', () => {
  assert.deepEqual(['kraken', 'binance', 'constructor'].map(venueName), ['Kraken', 'Binance', 'constructor']);
  assert.equal(venueNames([]), 'Exchange');
  assert.equal(venueNames(['binance']), 'Binance');
  assert.equal(venueNames(['kraken', 'binance']), 'Kraken and Binance');
  assert.equal(venueNames(['kraken', 'binance', 'binance_us']), 'Kraken, Binance and Binance.US');
});

test('a market has its exchange in its name only where two have the pair', () => {
  const nameOf = marketNames([
    ['BTC-USDT', 'kraken'],
    ['BTC-USDT', 'binance'],
    ['ETH-USDT', 'binance'],
    ['ETH-USDT', 'binance'],
  ]);
  assert.equal(nameOf('BTC-USDT', 'binance'), 'BTC-USDT binance');
  assert.equal(nameOf('ETH-USDT', 'binance'), 'ETH-USDT');
  assert.equal(symbolOf('BTC-USDT binance', 'binance'), 'BTC-USDT');
  assert.equal(symbolOf('BTC-USDT binance', 'kraken'), 'BTC-USDT binance');
  assert.equal(symbolOf('BTC-USDT', null), 'BTC-USDT');
});

test('who rests is named, who does not is not', () => {
  assert.equal(restSentence([venue('kraken', 'online'), venue('binance', null)]), null);
  assert.equal(restSentence([venue('kraken', 'limit_only')]), null);
  assert.match(
    restSentence([venue('kraken', 'cancel_only'), venue('binance', 'online')]) ?? '',
    /^Kraken says cancel only: silence there is no fault/,
  );
  assert.match(
    restSentence([venue('kraken', 'maintenance'), venue('binance', 'post_only')]) ?? '',
    /^Kraken says maintenance, Binance says post only: /,
  );
});

const successors: [VenueConnection['successor'], string, string][] = [
  [null, 'off', 'none'],
  [undefined, 'unknown', '—'],
  ['idle', 'pending', 'rotating: successor about to connect'],
  ['connecting', 'pending', 'rotating: successor connecting'],
  ['connected', 'ok', 'rotating: successor connected, both run'],
  ['waiting', 'warn', 'rotating: successor waits to try again'],
  ['stopped', 'warn', 'rotating: successor stopped'],
];
for (const [successor, level, word] of successors) {
  test(`successor ${successor}`, () => assert.deepEqual(successorMark({ ...main, successor }, false), { level, word }));
}

const links: [VenueConnection['state'], string, string][] = [
  ['connected', 'ok', 'connected'],
  ['connecting', 'pending', 'connecting'],
  ['waiting', 'warn', 'waiting'],
  ['idle', 'off', 'idle'],
  ['stopped', 'off', 'stopped'],
  [null, 'unknown', '—'],
];
for (const [state, level, word] of links) {
  test(`connection ${state}`, () => assert.deepEqual(linkMark({ ...main, state }, false), { level, word }));
}

test('what was told too long ago was', () => {
  assert.deepEqual(linkMark(main, true), { level: 'unknown', word: 'was connected' });
  const rotating = { ...main, successor: 'connecting' as const };
  assert.deepEqual(successorMark(rotating, true), { level: 'unknown', word: 'was rotating: successor connecting' });
});

test('what is being replaced', () => {
  const spare: VenueConnection = { ...main, name: 'ohlc-5', successor: 'waiting' };
  const untold: VenueConnection = { ...main, name: 'x', successor: undefined };
  assert.deepEqual(rotatingOf([venue('kraken', null, [main, untold]), venue('binance', null, [main, spare])]), [
    { exchange: 'binance', connection: 'ohlc-5' },
  ]);
});
