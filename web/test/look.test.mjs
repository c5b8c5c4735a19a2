// What people see and use: both themes, both widths, every transport state; accessibility; nothing jumps; the budget.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { pageDir, visit } from './browser.mjs';
import { desktop, phone } from './chromium.mjs';
import { lostTrades } from './fake_engine.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violations(v) {
  await v.page.evaluate(axe);
  let done = false;
  const run = v.page.evaluate(() => window.axe.run({ resultTypes: ['violations'] })).finally(() => (done = true));
  for (; !done; await new Promise((again) => setTimeout(again, 20))) await v.flow(); // axe waits on timers
  const found = await run;
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary}`),
  );
}

// Brings the page from LIVE into a state and waits until it shows.
const situations = {
  async LIVE() {},
  async LAGGING(v, engine) {
    engine.sse = 'silent';
    engine.metrics = 'off';
    await v.pass(7_000);
  },
  async POLLING(v, engine) {
    engine.trip('connection refused 5 times');
    engine.world.states = { 'SOL-USD trade': 'suspect', 'XRP-USD spread': 'refused', 'ETH-USD trade': 'pending' };
    engine.world.venue = 'maintenance';
    engine.world.gaps = [lostTrades(engine.now()), { ...lostTrades(engine.now()), id: 6, state: 'open', closed: null }];
    engine.world.books = { 'BTC-USD': 'quarantined' };
    await v.pass(1_500);
    engine.sse = 'off';
    engine.cut();
    await v.transport('POLLING');
  },
  async STALE(v, engine) {
    engine.sse = engine.metrics = 'off';
    engine.cut();
    await v.pass(33_000);
  },
  async OFFLINE(v, engine) {
    engine.trip();
    engine.world.breaker = 'closed';
    await v.pass(1_500);
    engine.sse = engine.metrics = 'off';
    engine.cut();
    await v.pass(63_000);
  },
};

for (const colorScheme of ['dark', 'light']) {
  for (const viewport of [desktop, phone]) {
    visit(
      `${colorScheme}, ${viewport.width} px: accessible and in its width in every state`,
      { colorScheme, viewport, clock: true },
      async (v, engine, page) => {
        engine.troubled = true;
        for (const [state, enter] of Object.entries(situations)) {
          engine.sse = engine.metrics = 'on';
          await v.open();
          await v.transport('LIVE');
          await enter(v, engine);
          await v.transport(state);
          assert.deepEqual(await violations(v), [], state);
          assert.equal(
            await page.evaluate(() => document.documentElement.scrollWidth),
            viewport.width,
            `${state}: no horizontal scroll`,
          );
        }
      },
    );

    visit(
      `${colorScheme}, ${viewport.width} px: a chosen pair, as charts and as tables`,
      { colorScheme, viewport },
      async (v, engine, page) => {
        await v.open('?pair=BTC-USD');
        await v.transport('LIVE');
        for (const drawn of ['.stored canvas', '.stored tbody']) {
          await page.locator(drawn).waitFor();
          assert.deepEqual(await violations(v), [], drawn);
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), viewport.width, drawn);
          await page.getByRole('button', { name: /Show as/ }).click();
        }
      },
    );
  }
}

visit('before the first answer it is accessible too', {}, async (v, engine, page) => {
  engine.troubled = true;
  engine.sse = engine.metrics = 'off';
  await v.open();
  await v.transport('CONNECTING');
  assert.deepEqual(await violations(v), []);
});

for (const viewport of [desktop, phone]) {
  visit(
    `nothing jumps, ${viewport.width} px: loading, tripping, closing, losing the stream`,
    { viewport, clock: true },
    async (v, engine, page) => {
      await page.addInitScript(() => {
        window.shifts = [];
        new PerformanceObserver((list) => {
          for (const { value, sources } of list.getEntries()) {
            // What changes its words inside the banner's slot may stand on another line of the slot.
            const moved = sources.filter(
              ({ node, previousRect: was, currentRect: is }) =>
                was.y !== is.y && is.height > 0 && !(node?.parentElement ?? document.body).closest('.banner'),
            );
            window.shifts.push({ value, down: moved.map(({ node }) => node?.parentElement?.outerHTML.slice(0, 80)) });
          }
        }).observe({ type: 'layout-shift', buffered: true });
      });
      engine.troubled = true;
      await v.open();
      await v.transport('LIVE');
      engine.trip('a reason that is long enough to need more than the one line there is on a phone');
      await v.sees('.banner', 'OPEN');
      engine.world.breaker = 'closed';
      await v.sees('.banner', 'closed again');
      engine.sse = 'off';
      engine.cut();
      await v.transport('POLLING');
      const shifts = await page.evaluate(() => window.shifts);
      assert.deepEqual(
        shifts.flatMap(({ down }) => down),
        [],
        'nothing moves up or down',
      );
      assert.ok(shifts.reduce((sum, { value }) => sum + value, 0) < 0.02, JSON.stringify(shifts));
    },
  );
}

visit(
  'the theme follows the system until the reader chooses, and the choice stays',
  { colorScheme: 'light' },
  async (v, engine, page) => {
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    await v.open();
    assert.equal(await theme(), 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    await page.getByRole('button', { name: 'Light theme' }).click();
    assert.equal(await theme(), 'light');
    await page.reload();
    assert.equal(await theme(), 'light');
  },
);

visit('the chart has a table twin of the same height, by keyboard', {}, async (v, engine, page) => {
  await v.open();
  await v.transport('LIVE');
  const height = async () => (await page.locator('.kraken').boundingBox()).height;
  const before = await height();
  await page.getByRole('button', { name: 'Show as table' }).focus();
  await page.keyboard.press('Enter');
  await v.sees('.chart-table', /Time, UTC\s+p50 ms\s+p95 ms\s+p99 ms\s+\d\d:\d\d:\d\d\s+\d/);
  assert.equal(await height(), before);
  assert.deepEqual(await violations(v), []);
  await v.sees('.chart-sentence', /readings since \d\d:\d\d:\d\d, highest p95 \d+ ms, no gaps\./);
});

visit('every control is reached by Tab, in the order of the page', {}, async (v, engine, page) => {
  await v.open();
  await v.transport('LIVE');
  const reached = [];
  for (let presses = 0; presses < 13; presses++) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => document.activeElement.textContent.trim()));
  }
  assert.deepEqual(reached, [
    'Skip to the values',
    'All',
    'BTC',
    'ETH',
    'SOL',
    'XRP',
    'Light theme',
    'Show as table',
    'BTC-USD',
    'ETH-USD',
    'SOL-USD',
    'XRP-USD',
    '/metrics',
  ]);
});

visit('the polite region speaks at most once in ten seconds', { clock: true }, async (v, engine, page) => {
  await v.open();
  await v.transport('LIVE');
  await v.pass(12_000);
  await page.evaluate(() => {
    window.spoken = 0;
    const region = document.querySelector('[role=status]');
    new MutationObserver(() => (window.spoken += 1)).observe(region, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  for (const venue of ['cancel_only', 'post_only', 'maintenance', 'online', 'cancel_only', 'post_only']) {
    engine.world.venue = venue;
    await v.pass(1_500);
  }
  assert.ok((await page.evaluate(() => window.spoken)) <= 1);
});

visit('what is drawn for 15 minutes stays bounded', { clock: true }, async (v, engine, page) => {
  await v.open();
  await v.transport('LIVE');
  await v.pass(60_000);
  await v.transport('LIVE');
  const lengths = await page
    .locator('.spark path')
    .evaluateAll((paths) => paths.map((path) => path.getAttribute('d').length));
  assert.ok(Math.max(...lengths) < 2_000, String(lengths));
});

test('at most 60 KiB of compressed scripts and styles, of which 40 come before the values', () => {
  const manifest = JSON.parse(readFileSync(join(pageDir, 'manifest.json')));
  const html = readFileSync(join(pageDir, 'index.html'), 'utf8');
  const scripts = manifest.filter(({ path }) => /\.(js|css)$/.test(path));
  const first = scripts.filter(({ path }) => html.includes(`"/live/${path}"`));
  const sum = (files) => files.reduce((total, file) => total + file.gzip_bytes, 0);
  assert.equal(first.length, 3);
  assert.ok(sum(first) <= 40 * 1024, `${sum(first)} bytes`);
  assert.ok(sum(scripts) <= 60 * 1024, `${sum(scripts)} bytes in all`);
  for (const { path } of manifest) {
    assert.match(path, /^(index\.html|assets\/[a-z-]+\.[0-9a-f]{10}\.(js|css|svg))$/);
  }
});

test('the page asks nobody but its own server, and carries nothing inline', () => {
  const html = readFileSync(join(pageDir, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /https?:|<style|style=|<script(?![^>]* src=)| on[a-z]+=/);
});
