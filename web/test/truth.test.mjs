// No value that the engine did not send; what it sends, as it is.
import assert from 'node:assert/strict';
import { visit } from './browser.mjs';
import { lostTrades } from './fake_engine.mjs';

const figures = (page) => page.locator('.value .figure').allInnerTexts();

visit('null is "—", never a default', {}, async (v, engine, page) => {
  engine.metrics = 'off';
  engine.troubled = true;
  const blank = Object.fromEntries(Object.keys(engine.snapshot()).map((key) => [key, null]));
  delete blank.timestamp;
  engine.patch = { ...blank, pairs: {} };
  await v.open();
  await v.transport('LIVE');
  assert.deepEqual([...new Set(await figures(page))], ['—']);
  for (const name of ['Exchange', 'Feeds', 'Gaps', 'Breaker']) await v.sees(v.chip(name), '—');
  await v.sees('.banner', 'Circuit breaker —');
  await v.sees('.tag', '—');
  await v.sees('.tile', /Link[\s\S]*—/);
});

visit('zero is 0', {}, async (v, engine, page) => {
  engine.patch = {
    latency_p50_ms: 0,
    latency_p95_ms: 0,
    latency_p99_ms: 0,
    circuit_breaker_trips: 0,
    reconnect_count: 0,
    trades_per_min: 0,
    queue_depth: 0,
    errors_total: 0,
  };
  engine.world.reconnects = 0;
  await v.open();
  await v.transport('LIVE');
  for (const quantile of await page.locator('.quantile .figure').allInnerTexts()) assert.equal(quantile, '0.00');
  for (const name of ['Breaker trips', 'Reconnects', 'Queue depth', 'Errors']) {
    await v.sees(v.cell(name).locator('.figure'), /^0$/);
  }
});

const seed = `# HELP kraken_ws_latency_p50_ms Kraken WebSocket latency P50 in milliseconds
# TYPE kraken_ws_latency_p50_ms gauge
kraken_ws_latency_p50_ms{pair="BTC-USD"} 13.5
kraken_ws_latency_p95_ms{pair="BTC-USD"} 29.3
kraken_ws_latency_p99_ms{pair="BTC-USD"} 46.0
circuit_breaker_trips_total 4
circuit_breaker_state 2
kraken_ws_reconnects_total 3
kraken_ws_connection_status 0
kraken_trades_per_minute 128.5
kraken_events_processed_total{event_type="trade"} 15320
`;

visit('the families of the kraken dialect alone: those values, and "—" for the rest', {}, async (v, engine, page) => {
  engine.sse = 'off';
  engine.troubled = true;
  engine.metrics = 'custom';
  engine.metricsText = seed;
  await v.open();
  await v.transport('POLLING');
  assert.deepEqual(await page.locator('.quantile .figure').allInnerTexts(), ['14', '29', '46']);
  await v.sees(v.cell('Breaker trips').locator('.figure'), '4');
  await v.sees(v.cell('Reconnects').locator('.figure'), '3');
  await v.sees(v.cell('Trades, all pairs').locator('.figure'), '129');
  await v.sees('.banner', 'half-open');
  await v.sees(v.cell('Link'), 'disconnected');
  for (const name of ['Uptime', 'Last event', 'Queue depth', 'Errors', 'Memory', 'CPU', 'Subscriptions']) {
    await v.sees(v.cell(name).locator('.figure'), /^—$/);
  }
  await v.sees(v.chip('Exchange'), '—');
  await v.sees('.tag', '—');
});

visit('wrong types are unknown, not converted', {}, async (v, engine, page) => {
  engine.metrics = 'off';
  engine.troubled = true;
  engine.patch = {
    latency_p50_ms: '12.5',
    latency_p95_ms: true,
    latency_p99_ms: [],
    circuit_breaker_trips: -1,
    reconnect_count: {},
    trades_per_min: '127',
    ws_status: 'fine',
    breaker_state: 1,
    venue_status: 3,
    subscriptions: 'all',
    uptime_s: 'long',
    pairs: {
      'BTC-USD': 7,
      'ETH-USD': { latency_p95_ms: 'x', streams: { trade: 4, spread: { state: 'happy', age_s: -3 } } },
    },
  };
  await v.open();
  await v.transport('LIVE');
  for (const quantile of await page.locator('.quantile .figure').allInnerTexts()) assert.equal(quantile, '—');
  for (const name of ['Breaker trips', 'Reconnects', 'Uptime', 'Subscriptions']) {
    await v.sees(v.cell(name).locator('.figure'), /^—$/);
  }
  await v.sees('.feeds', /ETH-USD\s+spread\s+—\s+—/);
});

visit('events that are no JSON are skipped, the stream goes on', {}, async (v, engine) => {
  await v.open();
  await v.transport('LIVE');
  for (const client of engine.clients) {
    client.write(
      'event: kraken_metrics\ndata: {"latency\n\nevent: kraken_metrics\ndata: null\n\nevent: other\ndata: {}\n\n',
    );
  }
  engine.world.reconnects = 5;
  await v.sees(v.cell('Reconnects').locator('.figure'), '5');
  await v.transport('LIVE');
});

const hostile = `"><img src=x onerror=alert(1)>\u202e${'W'.repeat(4_000)}`;

for (const width of [1440, 390]) {
  visit(
    `huge and hostile words stay text and stay in place, ${width} px`,
    { viewport: { width, height: 900 } },
    async (v, engine, page) => {
      page.on('dialog', () => assert.fail('a word of the engine was run'));
      const word = hostile;
      engine.world.pairs[word] = { p95: 9e15, price: 123456789.12345678, spread: 1e-9, messages: 1e9, trades: 1e9 };
      engine.world.streams[word] = 1e9;
      engine.world.venue = word;
      engine.world.mode = word;
      engine.trip(word);
      await v.open();
      await v.transport('LIVE');
      await v.sees('.banner', '<img src=x');
      assert.equal(await page.locator('img').count(), 0);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, 'no horizontal scroll');
      await page.goto(`${engine.url}/live?pair=${encodeURIComponent(word.slice(0, 300))}`);
      await v.transport('LIVE');
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, 'no horizontal scroll');
    },
  );
}

visit('hundreds of pairs are bounded', {}, async (v, engine, page) => {
  for (let at = 0; at < 500; at++)
    engine.world.pairs[`P${at}-USD`] = { p95: 1, price: 1, spread: 1, messages: 1, trades: 1 };
  await v.open();
  await v.transport('LIVE');
  assert.equal(await page.locator('.pair-rows tbody tr').count(), 64);
});

visit('a silent subscription on a connected link is said so', {}, async (v, engine) => {
  engine.world.states = { 'SOL-USD trade': 'suspect', 'XRP-USD spread': 'refused' };
  engine.world.ws = 'degraded';
  await v.open();
  await v.transport('LIVE');
  await v.sees(v.chip('Feeds'), /10 live\s+1 refused, 1 suspect/);
  await v.sees('.feeds', /SOL-USD\s+trade\s+suspect/);
  await v.sees('.feeds', /XRP-USD\s+spread\s+refused\s+—/);
  await v.sees(v.cell('Link'), 'degraded');
});

visit('what is missing, and was, with cause and end', {}, async (v, engine, page) => {
  const now = engine.now();
  engine.world.missing = { 'BTC-USD': 1 };
  engine.world.gaps = [
    { ...lostTrades(now), id: 9, symbol: 'ETH-USD', channel: 'book', from: null, to: null, cause: 'checksum' },
    lostTrades(now),
    { ...lostTrades(now), id: 5, from: 40, to: 51, lost: 0, cause: 'missing', state: 'filled', reason: null },
  ];
  Object.assign(engine.world.gaps[0], { missing: null, lost: null, state: 'open', closed: null, reason: null });
  engine.world.books = { 'ETH-USD': 'quarantined' };
  await v.open();
  await v.transport('LIVE');
  await v.sees(v.chip('Gaps'), /1 open\s+1 book in quarantine/);
  await v.sees(v.cell('Received today'), /99\.998\s*%\s+1 of 50 000 missing, BTC-USD/);
  await v.sees(v.cell('Open gaps'), /1\s+0 trades missing now/);
  await v.sees(v.cell('Books in quarantine'), /1\s+ETH-USD/);
  await v.sees('.gaps', /ETH-USD\s+book\s+checksum failed\s+open\s+since 1 min/);
  await v.sees('.gaps', /BTC-USD\s+trades 100–109\s+connection lost\s+unrecoverable\s+1 lost: REST refused/);
  await v.sees('.gaps', /BTC-USD\s+trades 40–51\s+left out by the stream\s+filled\s+filled after 2\.0 s/);
  assert.equal(await page.locator('.gaps tbody tr').count(), 3);
});

visit('an engine that cannot tell its gaps is not one without gaps', {}, async (v, engine) => {
  engine.troubled = true;
  engine.details = 'off';
  engine.patch = { gaps_open: null, completeness: null, books_quarantined: null };
  await v.open();
  await v.transport('LIVE');
  await v.sees('#losses-title + p', 'It is not known what is missing.');
  for (const name of ['Received today', 'Open gaps', 'Books in quarantine']) {
    await v.sees(v.cell(name).locator('.figure'), /^—$/);
  }
  await v.sees('.gaps tbody', /^—$/);
});

visit('a gap that opens is shown within seconds, and when it closed', { clock: true }, async (v, engine) => {
  await v.open();
  await v.transport('LIVE');
  await v.sees('.gaps tbody', 'none since the engine started');
  engine.world.gaps = [{ ...lostTrades(engine.now()), missing: 10, lost: 0, state: 'filling', closed: null }];
  await v.pass(3_000);
  await v.sees('.gaps', /filling\s+since .* 10 missing/);
  Object.assign(engine.world.gaps[0], { state: 'filled', missing: 0, closed: engine.now() });
  await v.pass(3_000);
  await v.sees('.gaps', /filled after 1 min/);
});

visit('what a state means and the learned silence stand where one points', {}, async (v, engine, page) => {
  engine.world.states = { 'BTC-USD trade': 'zombie' };
  await v.open();
  await v.transport('LIVE');
  const mark = page.locator('.feeds tbody tr', { hasText: 'BTC-USD' }).first().locator('.state');
  await page.waitForFunction(() =>
    /dead: .* asked after 4\.2 s of silence/.test(document.querySelector('.feeds .state').title),
  );
  assert.match(await mark.getAttribute('title'), /^trade: zombie \(dead/);
});

visit('while the venue rests, silence is said to be no fault', {}, async (v, engine) => {
  engine.world.venue = 'maintenance';
  engine.world.states = { 'SOL-USD trade': 'suspect' };
  await v.open();
  await v.sees(v.chip('Exchange'), /maintenance\s+silence is no fault/);
  await v.sees('#feeds-title + p', 'Kraken says maintenance: silence there is no fault meanwhile');
});

for (const [status, word] of [
  ['cancel_only', 'cancel only'],
  ['post_only', 'post only'],
  ['maintenance', 'maintenance'],
]) {
  visit(`the venue says ${status}`, {}, async (v, engine) => {
    engine.world.venue = status;
    await v.open();
    await v.sees(v.chip('Exchange'), word);
  });
}

visit('the pair is chosen in the address', {}, async (v, engine, page) => {
  await v.open('?pair=eth');
  await v.transport('LIVE');
  await v.sees('#kraken-title', 'Kraken, ETH-USD');
  await page.getByRole('link', { name: 'SOL', exact: true }).click();
  assert.equal(new URL(page.url()).searchParams.get('pair'), 'SOL-USD');
  await v.sees('#kraken-title', 'Kraken, SOL-USD');
  await page.goBack();
  await v.sees('#kraken-title', 'Kraken, ETH-USD');
  await page.getByRole('link', { name: 'All', exact: true }).click();
  assert.equal(new URL(page.url()).search, '');
  await page.goto(`${engine.url}/live?pair=DOGE-USD`);
  await v.sees('.panel-head', 'The engine has no pair DOGE-USD.');
  for (const quantile of await page.locator('.quantile .figure').allInnerTexts()) assert.equal(quantile, '—');
});

visit(
  'values that only the stream has grow old while polling, others stay fresh',
  { clock: true },
  async (v, engine) => {
    await v.open();
    await v.transport('LIVE');
    engine.troubled = true;
    engine.sse = engine.snapshots = 'off';
    engine.cut();
    await v.transport('POLLING');
    for (let times = 0; times < 3; times++) {
      await v.pass(15_000);
      await v.transport('POLLING');
    }
    await v.sees(v.cell('Last event'), /4\d s old/);
    await v.sees(v.cell('Memory'), /^(?![\s\S]*old)/);
    await v.sees('.panel-head', /Polled: of [A-Z]+-USD, the slowest/);
  },
);
