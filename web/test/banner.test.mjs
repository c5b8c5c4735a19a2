// The life of the circuit-breaker banner.
import assert from 'node:assert/strict';
import { visit } from './browser.mjs';

const banner = '.banner';
const alertText = (page) => page.locator('[role=alert]').textContent();

visit('old trips make no banner on load', {}, async (v, engine, page) => {
  engine.world.trips = 7;
  engine.world.lastTripMs = engine.now() - 3_600_000;
  await v.open();
  await v.transport('LIVE');
  await v.sees(banner, 'Circuit breaker closed');
  await v.sees(banner, '7 trips');
  assert.equal(await alertText(page), '');
});

visit('open, half-open, closed again, gone after 60 s', { clock: true }, async (v, engine, page) => {
  await v.open();
  await v.transport('LIVE');
  const height = (await page.locator(banner).boundingBox()).height;
  await page.evaluate(() => {
    window.alerts = [];
    const watched = document.querySelector('[role=alert]');
    new MutationObserver(() => window.alerts.push(watched.textContent)).observe(watched, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  engine.trip('connection refused 5 times');
  await v.sees(banner, 'Circuit breaker OPEN');
  await v.sees(banner, 'connection refused 5 times');
  await v.sees(banner, /next attempt in\s+0:4\d/);
  assert.equal(await page.locator('.dismiss').count(), 0, 'an open breaker cannot be dismissed');
  assert.match(await page.title(), /✕/);
  engine.world.breaker = 'half_open';
  await v.sees(banner, 'half-open');
  engine.world.breaker = 'closed';
  await v.sees(banner, 'tripped, closed again');
  assert.equal((await page.locator(banner).boundingBox()).height, height);
  const alerts = await page.evaluate(() => window.alerts);
  assert.deepEqual(alerts, ['Circuit breaker OPEN. connection refused 5 times'], 'one alert for one trip');
  await v.pass(45_000);
  await v.transport('LIVE');
  await v.sees(banner, 'tripped, closed again');
  await v.pass(16_000);
  await v.transport('LIVE');
  await v.sees(banner, 'Circuit breaker closed');
});

visit('dismissed until the next trip', {}, async (v, engine, page) => {
  await v.open();
  await v.transport('LIVE');
  engine.trip();
  engine.world.breaker = 'closed';
  await v.sees(banner, 'tripped, closed again');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await v.sees(banner, 'Circuit breaker closed');
  engine.trip('stale 5 times');
  engine.world.breaker = 'closed';
  await v.sees(banner, 'tripped, closed again');
  await v.sees(banner, 'stale 5 times');
});

visit('a restart of the engine makes no banner, and is marked', {}, async (v, engine, page) => {
  Object.assign(engine.world, { trips: 7, reconnects: 9, lastTripMs: engine.now() - 400_000 });
  await v.open();
  await v.transport('LIVE');
  Object.assign(engine.world, { trips: 0, reconnects: 0, lastTripMs: null, uptimeS: 1 - engine.elapsedS() });
  await v.sees(v.cell('Breaker trips'), /engine restarted at \d\d:\d\d:\d\d/);
  await v.sees(banner, 'Circuit breaker closed');
  await v.sees(v.cell('Reconnects').locator('.value'), '0');
  assert.equal(await alertText(page), '');
});

visit('a trip just before loading is news', {}, async (v, engine) => {
  Object.assign(engine.world, { trips: 1, lastTripMs: engine.now() - 30_000 });
  await v.open();
  await v.sees(banner, 'tripped, closed again');
  await v.sees(banner, /hides in\s+(30|29|28) s/);
});

visit('a server that only counts its trips, as the seed has it', { clock: true }, async (v, engine, page) => {
  engine.patch = { last_trip_at: undefined, breaker_state: undefined, circuit_breaker_trips: 3 };
  await v.open();
  await v.transport('LIVE');
  engine.patch = { ...engine.patch, circuit_breaker_trips: 4 };
  await v.sees(banner, 'Circuit breaker tripped');
  assert.match(await alertText(page), /^Circuit breaker tripped/);
  await v.pass(61_000);
  await v.sees(banner, 'Its state is not known');
  assert.equal(await alertText(page), '', 'what is gone is not there to be read');
});
