import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bannerOf, recentMs, TripAlert, tripSeen, type BannerInput } from './banner';
import type { Observation, Values } from './observation';
import { emptySnapshot, withObservation } from './snapshot';

const now = 1_700_000_000_000;
const calm: BannerInput = { state: 'closed', tripMs: null, openUntilMs: null, serverNowMs: now, dismissedTripMs: null };

const kinds: [string, Partial<BannerInput>, string][] = [
  ['nothing known', { state: null }, 'unknown'],
  ['closed, never tripped', {}, 'closed'],
  ['closed, tripped just now', { tripMs: now }, 'recent'],
  ['closed, tripped 59.9 s ago', { tripMs: now - 59_900 }, 'recent'],
  ['closed, tripped 60 s ago', { tripMs: now - recentMs }, 'closed'],
  ['closed, tripped hours ago', { tripMs: now - 9_000_000 }, 'closed'],
  ['dismissed', { tripMs: now - 5_000, dismissedTripMs: now - 5_000 }, 'closed'],
  ['a newer trip than the dismissed one', { tripMs: now - 5_000, dismissedTripMs: now - 30_000 }, 'recent'],
  ['state unknown, tripped lately', { state: null, tripMs: now - 5_000 }, 'recent'],
  ['state unknown, tripped long ago', { state: null, tripMs: now - 500_000 }, 'unknown'],
  ['the server’s time is unknown', { tripMs: now, serverNowMs: null }, 'closed'],
  ['open', { state: 'open', tripMs: now }, 'open'],
  ['open cannot be dismissed', { state: 'open', tripMs: now, dismissedTripMs: now }, 'open'],
  ['open without a date', { state: 'open' }, 'open'],
  ['half open', { state: 'half_open', tripMs: now - 45_000 }, 'half_open'],
];

for (const [name, input, kind] of kinds) {
  test(name, () => assert.equal(bannerOf({ ...calm, ...input }).kind, kind));
}

test('counts down to the next attempt, never below zero', () => {
  const open = (leftMs: number) => bannerOf({ ...calm, state: 'open', openUntilMs: now + leftMs }).nextProbeS;
  assert.deepEqual([18_000, 17_001, 400, 0, -5_000].map(open), [18, 18, 1, 0, 0]);
  assert.equal(bannerOf({ ...calm, state: 'open' }).nextProbeS, null);
});

test('counts down to its own end', () => {
  assert.equal(bannerOf({ ...calm, tripMs: now - 44_000 }).hidesInS, 16);
  assert.equal(bannerOf({ ...calm, tripMs: now + 300 }).hidesInS, 60);
});

function answer(atMs: number, values: Partial<Values>): Observation {
  return { atMs, via: 'stream', values, pairs: new Map(), pairsComplete: true };
}

const trips: [string, Partial<Values>, Partial<Values>, number | null][] = [
  ['grows', { trips: 3 }, { trips: 4 }, now],
  ['from zero', { trips: 0 }, { trips: 1 }, now],
  ['stays', { trips: 3 }, { trips: 3 }, null],
  ['first seen at 7', {}, { trips: 7 }, null],
  ['was unknown', { trips: null }, { trips: 7 }, null],
  ['falls: a restart', { trips: 3 }, { trips: 0 }, null],
  ['restarted in between', { trips: 1, uptimeS: 500 }, { trips: 2, uptimeS: 3 }, null],
  ['the server dates trips itself', { trips: 3 }, { trips: 4, lastTripMs: now - 20 }, null],
];

for (const [name, before, after, expected] of trips) {
  test(`undated trips, the count ${name}`, () => {
    const first = withObservation(emptySnapshot, answer(now - 1_000, before));
    assert.equal(tripSeen(first, withObservation(first, answer(now, after))), expected);
  });
}

test('one alert for each trip, whatever the banner does meanwhile', () => {
  const alert = new TripAlert();
  const open = bannerOf({ ...calm, state: 'open', tripMs: now });
  const half = bannerOf({ ...calm, state: 'half_open', tripMs: now });
  const recent = bannerOf({ ...calm, tripMs: now });
  assert.equal(alert.update(open, 'A'), 'A');
  assert.equal(alert.update(open, 'A, 12 s'), 'A');
  assert.equal(alert.update(half, 'half'), 'A');
  assert.equal(alert.update(recent, 'closed again'), 'A');
  assert.equal(alert.update(bannerOf(calm), 'calm'), '');
  assert.equal(alert.update(recent, 'the same trip'), '');
  const next = bannerOf({ ...calm, state: 'open', tripMs: now + 90_000 });
  assert.equal(alert.update(next, 'B'), 'B');
});

test('an alert goes where the breaker is not known, as a gateway has it', () => {
  const alert = new TripAlert();
  assert.equal(alert.update(bannerOf({ ...calm, state: null, tripMs: now }), 'A'), 'A');
  assert.equal(alert.update(bannerOf({ ...calm, state: null, tripMs: now - recentMs }), 'not known'), '');
});

test('each opening without a date is an alert', () => {
  const alert = new TripAlert();
  const open = bannerOf({ ...calm, state: 'open' });
  assert.equal(alert.update(open, 'A'), 'A');
  assert.equal(alert.update(bannerOf({ ...calm, state: 'half_open' }), 'half'), 'A');
  assert.equal(alert.update(bannerOf(calm), 'calm'), '');
  assert.equal(alert.update(open, 'B'), 'B');
});
