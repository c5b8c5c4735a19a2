import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerClock } from './clock';

const server = 1_700_000_000_000; // what the server's clock shows at monotonic 0

test('unknown before the first measurement', () => {
  assert.equal(new ServerClock().now(5), null);
});

test('a stamp that arrives at once sets the clock', () => {
  const clock = new ServerClock();
  clock.onStamp(server + 100, 100);
  assert.equal(clock.now(1_000), server + 1_000);
});

test('stamps that arrive late do not set it back', () => {
  const clock = new ServerClock();
  clock.onStamp(server, 0);
  clock.onStamp(server + 1_000, 9_000);
  assert.equal(clock.now(10_000), server + 10_000);
});

test('an earlier arrival corrects a late first one', () => {
  const clock = new ServerClock();
  clock.onStamp(server, 4_000);
  clock.onStamp(server + 5_000, 5_010);
  assert.equal(clock.now(6_000), server + 5_990);
});

test('a Date is true to a second and to the journey', () => {
  const clock = new ServerClock();
  assert.equal(clock.onDate(server, 700, 900), false); // answered between 700 and 900, the server at 0.8 s
  const now = clock.now(1_000) as number;
  assert.ok(now <= server + 1_000 && now >= server - 1_000, String(now - server));
});

test('a clock set forward is followed at once', () => {
  const clock = new ServerClock();
  clock.onStamp(server, 0);
  clock.onStamp(server + 3_600_000 + 1_000, 1_000);
  assert.equal(clock.now(1_000), server + 3_601_000);
});

test('a Date shows that the clock was set back', () => {
  const clock = new ServerClock();
  clock.onStamp(server, 0);
  assert.equal(clock.onDate(server - 3_600_000 + 1_000, 1_000, 1_100), true);
  assert.equal(clock.now(1_100), server - 3_600_000 + 1_000);
});

test('a late Date is not taken for a clock set back', () => {
  const clock = new ServerClock();
  clock.onStamp(server, 0);
  assert.equal(clock.onDate(server + 1_000, 1_200, 9_000), false);
  assert.equal(clock.now(9_000), server + 9_000);
});

test('a Date that the server reused for two seconds is not either', () => {
  const clock = new ServerClock();
  clock.onStamp(server, 0);
  assert.equal(clock.onDate(server + 7_000, 9_900, 9_950), false);
});

test('measurements older than five minutes are let go, so drift is followed', () => {
  const clock = new ServerClock();
  clock.onStamp(server, 0);
  for (let minute = 1; minute <= 6; minute++) clock.onStamp(server + minute * 60_000 - 50, minute * 60_000);
  assert.equal(clock.offsetMs(), server - 50);
});

test('forgets', () => {
  const clock = new ServerClock();
  clock.onStamp(server, 0);
  clock.forget();
  assert.equal(clock.now(1), null);
});
