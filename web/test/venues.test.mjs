// Several exchanges at once: whose each value is, who rests, what is being replaced; also without the stream.
import assert from 'node:assert/strict';
import { visit } from './browser.mjs';
import { desktop, phone } from './chromium.mjs';

// Kraken's four pairs, and two of Binance's; both have BTC-USDT.
function withBinance(engine) {
  const { world } = engine;
  const values = { spread: 0.01, messages: 40, trades: 90 };
  world.pairs['BTC-USDT kraken'] = { exchange: 'kraken', p95: 40, price: 84_400.5, ...values };
  world.pairs['BTC-USDT binance'] = { exchange: 'binance', p95: 12, price: 84_401.5, ...values };
  world.pairs['ETH-USDT'] = { exchange: 'binance', p95: 9, price: 2_760.25, ...values };
  world.others = { binance: null };
}

const market = (page, name) => page.locator('.pair-rows tbody tr', { hasText: name });
const connection = (page, exchange) => page.locator('.connections tbody tr', { hasText: exchange });

visit('each market has its exchange beside it, the panel both', {}, async (v, engine, page) => {
  withBinance(engine);
  await v.open();
  await v.transport('LIVE');
  await v.sees('#kraken-title', /^Kraken and Binance$/);
  await v.sees(market(page, 'BTC-USDT Kraken'), /84 400\.5/);
  await v.sees(market(page, 'BTC-USDT Binance'), /84 401\.5/);
  await v.sees(market(page, 'ETH-USDT'), /^ETH-USDT Binance/);
  await v.sees('.feeds', /ETH-USDT Binance\s+trade/);
  await v.sees(v.chip('Exchanges'), /online\s+Kraken; Binance does not say/);
  await v.sees('.ribbon-facts', 'venues Kraken, Binance');
  await page.getByRole('link', { name: 'BTC-USDT Binance', exact: true }).first().click();
  await v.sees('#kraken-title', /^Binance, BTC-USDT$/);
  assert.equal(new URL(page.url()).searchParams.get('pair'), 'BTC-USDT binance');
});

visit('one exchange alone is not named at every market', {}, async (v, engine, page) => {
  await v.open();
  await v.transport('LIVE');
  await v.sees('#kraken-title', /^Kraken$/);
  assert.equal(await page.locator('.venue').count(), 0);
});

visit('a pair of two exchanges has its own losses and learned silence on each', {}, async (v, engine, page) => {
  withBinance(engine);
  engine.world.thresholds = { 'BTC-USDT kraken trade': 4.2, 'BTC-USDT binance trade': 1.5 };
  engine.world.books = { 'BTC-USDT binance': 'quarantined' };
  engine.world.missing = { 'BTC-USDT binance': 1 };
  await v.open('?pair=BTC-USDT%20binance');
  await v.transport('LIVE');
  await v.sees(v.cell('Books in quarantine'), /1\s+BTC-USDT Binance/);
  await v.sees(v.cell('Received today'), /1 of 50 000 missing, BTC-USDT Binance/);
  await page.waitForFunction(() => /after 1\.5 s of silence/.test(document.querySelector('.feeds .state').title));
});

visit('who rests is named, and the other goes on', {}, async (v, engine) => {
  withBinance(engine);
  engine.world.venue = 'maintenance';
  engine.world.states = { 'SOL-USD trade': 'suspect' };
  await v.open();
  await v.transport('LIVE');
  await v.sees(v.chip('Exchanges'), /maintenance\s+Kraken$/);
  await v.sees('#feeds-title + p', /^Kraken says maintenance: silence there .*6 subscriptions elsewhere, none silent/);
  engine.world.states['ETH-USDT trade'] = 'zombie';
  await v.sees('#feeds-title + p', /^Kraken says .* ETH-USDT Binance trade is zombie\.$/);
});

visit('the rest of one exchange is not said of another’s pair', {}, async (v, engine) => {
  withBinance(engine);
  engine.world.venue = 'maintenance';
  await v.open('?pair=ETH-USDT');
  await v.transport('LIVE');
  await v.sees('#feeds-title + p', /^3 subscriptions of pairs, none silent or refused\.$/);
});

visit('a rotation is shown while it lasts, with how far it is', {}, async (v, engine, page) => {
  withBinance(engine);
  await v.open();
  await v.sees(connection(page, 'Binance'), /main\s+connected\s+none/);
  engine.world.successors = { 'binance main': 'connecting' };
  await v.sees(connection(page, 'Binance'), 'rotating: successor connecting');
  await v.sees(v.cell('Link'), 'Binance main rotating');
  engine.world.successors = { 'binance main': 'connected' };
  await v.sees(connection(page, 'Binance'), 'rotating: successor connected, both run');
  await v.sees(connection(page, 'Kraken'), /main\s+connected\s+none/);
  engine.world.successors = {};
  await v.sees(connection(page, 'Binance'), /main\s+connected\s+none/);
});

visit('without the stream all exchanges are there', { clock: true }, async (v, engine, page) => {
  withBinance(engine);
  engine.troubled = true;
  engine.sse = 'off';
  await v.open();
  await v.transport('POLLING');
  await v.sees(market(page, 'ETH-USDT'), /live[\s\S]*2 760\.25/);
  engine.world.pairs['ETH-USDT'].price = 2_761.5;
  engine.world.successors = { 'binance main': 'connecting' };
  await v.pass(15_000);
  await v.sees(market(page, 'ETH-USDT'), /2 761\.5/);
  await v.sees(market(page, 'BTC-USDT Kraken'), /84 400\.5/);
  await v.sees(v.cell('Trades, all pairs'), '387');
  await v.sees(connection(page, 'Binance'), 'rotating: successor connecting');
});

visit('with /metrics alone what it has of each, else "—"', { clock: true }, async (v, engine, page) => {
  withBinance(engine);
  engine.troubled = true;
  engine.sse = engine.snapshots = 'off';
  await v.open();
  await v.transport('POLLING');
  await v.sees(market(page, 'ETH-USDT'), /live[\s\S]*2 760\.25/);
  await v.sees(market(page, 'BTC-USDT Binance'), /84 401\.5/);
  await v.sees(v.cell('Trades, all pairs').locator('.figure'), /^—$/);
  await v.sees('.quantile >> nth=1', /p95\s+—/);
  await v.sees('.connections tbody', /^—$/);
});

visit('a long list can be cut to what needs a look', {}, async (v, engine, page) => {
  withBinance(engine);
  for (let at = 0; at < 5; at++) engine.world.pairs[`P${at}-USD`] = { ...engine.world.pairs['BTC-USD'] };
  engine.world.states = { 'ETH-USDT trade': 'suspect' };
  const rows = page.locator('.feeds tbody tr');
  await v.open();
  await v.sees('.feeds', /ETH-USDT Binance\s+trade\s+suspect/);
  assert.equal(await rows.count(), 36);
  await page.getByRole('button', { name: 'Hide those that are well' }).click();
  await v.sees('.feeds tbody', /^ETH-USDT Binance\s+trade\s+suspect/);
  assert.equal(await rows.count(), 1);
  engine.world.states = {};
  await v.sees('.feeds tbody', '36 subscriptions live or quiet, no other');
  await page.getByRole('button', { name: 'Show all 36' }).click();
  assert.equal(await rows.count(), 36);
});

for (const viewport of [phone, desktop]) {
  visit(`nothing of two exchanges is cut, ${viewport.width} px`, { viewport }, async (v, engine, page) => {
    withBinance(engine);
    engine.world.successors = { 'binance main': 'waiting' };
    await v.open();
    await v.transport('LIVE');
    await v.sees(connection(page, 'Binance'), 'rotating');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), viewport.width);
    const cut = await page
      .locator('.tile-name, .pair-rows tbody th, .feeds tbody th, .connections tbody :is(th, td)')
      .evaluateAll((all) => all.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.innerText));
    assert.deepEqual(cut, []);
  });
}
