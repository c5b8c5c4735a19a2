// Every way the page gets its data, or does not.
import assert from 'node:assert/strict';
import { visit } from './browser.mjs';

const count = (engine, path) => engine.requests.filter((each) => each === path).length;

visit('first /metrics, then the stream, then LIVE', {}, async (v, engine, page) => {
  await v.open();
  await v.transport('LIVE');
  const asked = engine.requests.filter((path) => path === '/metrics' || path === '/sse/metrics');
  assert.deepEqual(asked, ['/metrics', '/sse/metrics']);
  assert.equal(await page.title(), 'LIVE · tickwitness');
});

visit(
  'POLLING every 15 s, shown as such, while the stream fails; LIVE when it returns',
  { clock: true },
  async (v, engine) => {
    engine.troubled = true;
    engine.sse = 'off';
    await v.open();
    await v.transport('POLLING 15 s');
    await v.sees(v.cell('Reconnects').locator('.value'), '2');
    engine.world.reconnects = 3;
    await v.pass(15_000);
    await v.sees(v.cell('Reconnects').locator('.value'), '3');
    await v.transport('POLLING 15 s');
    assert.ok(count(engine, '/sse/metrics') >= 2, 'the stream is retried meanwhile');
    engine.sse = 'on';
    await v.pass(30_000);
    await v.transport('LIVE');
    const polls = count(engine, '/metrics');
    await v.pass(40_000);
    await v.transport('LIVE');
    assert.equal(count(engine, '/metrics'), polls, 'polling has stopped');
  },
);

visit('a stream that is cut is taken up where it ended', {}, async (v, engine) => {
  engine.troubled = true;
  await v.open();
  await v.transport('LIVE');
  engine.sse = 'off';
  engine.cut();
  await v.transport('POLLING 15 s');
  engine.sse = 'on';
  await v.transport('LIVE');
  assert.equal(engine.lastEventIds[0], null);
  assert.match(engine.lastEventIds.at(-1), /^\d+h?$/);
});

visit('a silent stream: LAGGING after 5 s, POLLING after 3 heartbeats', { clock: true }, async (v, engine) => {
  await v.open();
  await v.transport('LIVE');
  engine.sse = 'silent';
  engine.metrics = 'off';
  engine.troubled = true;
  await v.pass(6_000);
  await v.transport('LAGGING');
  engine.metrics = 'on';
  await v.pass(10_000);
  await v.transport('POLLING 15 s');
});

visit('a stream that tells of 8 s ago is LAGGING, though it speaks each second', { clock: true }, async (v, engine) => {
  await v.open();
  await v.transport('LIVE');
  engine.lateMs = 8_000;
  engine.sse = 'late';
  engine.cut();
  engine.troubled = true;
  engine.metrics = 'off';
  await v.pass(9_000);
  await v.transport('LAGGING');
  await v.sees(v.chip('Transport'), /data [89]\.\d s late/);
});

visit('STALE after 30 s without an answer, OFFLINE after 60 s, and back', { clock: true }, async (v, engine, page) => {
  await v.open();
  await v.transport('LIVE');
  engine.troubled = true;
  engine.sse = engine.metrics = 'off';
  engine.cut();
  await v.pass(31_000);
  await v.transport('STALE');
  await v.sees(v.chip('Exchange'), 'was online');
  await v.sees('.banner', 'was closed');
  await v.sees(v.cell('Memory'), /31 s old/);
  assert.match(await v.cell('Memory').locator('.value').getAttribute('class'), /value-old/);
  assert.match(await page.title(), /✕ STALE/);
  await v.pass(31_000);
  await v.transport('OFFLINE');
  engine.metrics = 'on';
  await v.pass(15_000);
  await v.transport('POLLING');
  engine.sse = 'on';
  await v.pass(30_000);
  await v.transport('LIVE');
  assert.doesNotMatch(await v.cell('Memory').locator('.value').getAttribute('class'), /value-old/);
});

visit(
  'nothing answers from the start: STALE, then OFFLINE, and not one value',
  { clock: true },
  async (v, engine, page) => {
    engine.troubled = true;
    engine.sse = engine.metrics = 'off';
    await v.open();
    await v.transport('CONNECTING');
    await v.pass(31_000);
    await v.transport('STALE');
    await v.pass(31_000);
    await v.transport('OFFLINE');
    for (const value of await page.locator('.value .figure').allInnerTexts()) assert.equal(value, '—');
  },
);

visit('the browser is offline: OFFLINE at once; online: LIVE', {}, async (v, engine) => {
  engine.troubled = true;
  await v.open();
  await v.transport('LIVE');
  engine.sse = 'silent';
  await v.context.setOffline(true);
  engine.cut();
  await v.transport('OFFLINE');
  engine.sse = 'on';
  await v.context.setOffline(false);
  await v.transport('LIVE');
});

for (const hours of [-7, 11]) {
  visit(`a clock ${hours} h from the server’s changes no age`, {}, async (v, engine) => {
    engine.skewMs = hours * 3_600_000;
    await v.open();
    await v.transport('LIVE');
    await v.sees(v.chip('Exchange').locator('.age'), /^[01]\.\d s$/);
    await v.sees('.offset', hours < 0 ? '7 h 00 min ahead of the server' : 'behind the server');
  });
}

visit('the server’s clock is set back an hour: its new time holds at once', {}, async (v, engine) => {
  await v.open();
  await v.transport('LIVE');
  engine.skewMs -= 3_600_000;
  engine.world.reconnects = 9;
  await v.sees(v.cell('Reconnects').locator('.value'), '9');
  await v.transport('LIVE');
  await v.sees(v.chip('Exchange').locator('.age'), /^[01]\.\d s$/);
});

visit('a hidden page collects and does not draw; shown again it is right at once', {}, async (v, engine, page) => {
  const show = (state) =>
    page.evaluate((now) => {
      Object.defineProperty(document, 'visibilityState', { value: now, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await v.open();
  await v.transport('LIVE');
  await show('hidden');
  const before = await page.locator('main').innerText();
  engine.world.reconnects = 8;
  engine.world.venue = 'maintenance';
  await page.waitForFunction(() => document.title === '✕ LIVE · tickwitness'); // the tab still tells
  assert.equal(await page.locator('main').innerText(), before);
  await show('visible');
  assert.match(await v.cell('Reconnects').locator('.value').innerText(), /8/);
});

visit('an answer without a Date has no age, so its values are not shown', { clock: true }, async (v, engine, page) => {
  engine.sse = 'off';
  engine.metrics = 'no_date';
  engine.troubled = true;
  await v.open();
  await v.pass(16_000);
  for (const value of await page.locator('.value .figure').allInnerTexts()) assert.equal(value, '—');
});

visit('a proxy’s error page with status 200 is no answer', { clock: true }, async (v, engine, page) => {
  engine.sse = 'off';
  engine.metrics = 'garbage';
  engine.troubled = true;
  await v.open();
  await v.pass(31_000);
  await v.transport('STALE');
  for (const value of await page.locator('.value .figure').allInnerTexts()) assert.equal(value, '—');
});
