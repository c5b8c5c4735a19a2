// The product itself with two exchanges: what its page shows is what each exchange says that it sent.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { desktop, executablePath, flags } from '../chromium.mjs';

const binary = process.env.TICKWITNESS;
const patienceMs = 15_000;

// `tickwitness demo` on free ports: its page's address, and at its end the exchanges' record beside the engine's.
class Demo {
  said = '';
  told = '';

  constructor(...args) {
    this.process = spawn(binary, ['demo', '--exchange', 'both', '--port', '0', '--json', ...args]);
    this.process.stderr.on('data', (bytes) => (this.said += bytes));
    this.process.stdout.on('data', (bytes) => (this.told += bytes));
    this.ended = new Promise((end) => this.process.on('close', end));
  }

  async page() {
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; ) {
      const found = /^page +(\S+)$/m.exec(this.said);
      if (found !== null) return found[1];
      await new Promise((again) => setTimeout(again, 50));
    }
    return assert.fail(`no page: ${this.said}`);
  }

  async record() {
    await this.ended;
    const { checks, violations } = JSON.parse(this.told.trim().split('\n').pop());
    assert.deepEqual(violations, []);
    return checks;
  }

  stop() {
    this.process.kill('SIGKILL');
  }
}

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath, headless: true, args: flags });
});
after(() => browser?.close());

async function open(url, { streamless = false } = {}) {
  const context = await browser.newContext({ viewport: desktop });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  if (streamless) await page.route('**/sse/metrics', (route) => route.abort());
  await page.goto(url);
  return page;
}

async function sees(page, selector, expected) {
  const text = async () => (await page.locator(selector).allInnerTexts()).join('\n').replaceAll('\u202f', '');
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; ) {
    if (expected.test(await text())) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`expected ${expected}, saw: ${await text()}`);
}

// "BTC-USDT Binance" → its cells by the column's name, without the spaces between thousands.
async function markets(page) {
  const rows = await page.locator('.pair-rows tbody tr').evaluateAll((all) =>
    all.map((row) => [
      row.querySelector('th').innerText,
      Object.fromEntries([...row.querySelectorAll('td')].map((cell) => [cell.dataset.name, cell.innerText])),
    ]),
  );
  return new Map(
    rows.map(([name, cells]) => [
      name,
      Object.fromEntries(Object.entries(cells).map(([key, text]) => [key, text.replaceAll('\u202f', '')])),
    ]),
  );
}

const venues = { kraken: 'Kraken', binance: 'Binance' };

// Name of the market on the page → the truth of the checks whose name is `pattern` with symbol and exchange.
function truths(checks, pattern) {
  const found = checks.flatMap(({ name, truth }) => {
    const parts = pattern.exec(name);
    return parts === null ? [] : [[`${parts[1]} ${venues[parts[2]]}`, truth]];
  });
  return new Map(found.sort());
}

// Both markets come to rest at 6 s: the exchange's record at the end is what the page must show until then. Binance
// stands still as a machine does, Kraken says that it rests.
test('every market of both exchanges, by the stream and by polls', { timeout: 35_000 }, async () => {
  const faults = ['--fault', 'maintenance@6s+60s', '--fault', 'binance:hang@6s+60s'];
  const demo = new Demo('--for', '16s', '--seed', '7', ...faults);
  try {
    const url = await demo.page();
    const page = await open(url);
    await sees(page, '#kraken-title', /^Kraken and Binance$/);
    await sees(page, '.chip', /Exchanges[\s\S]*maintenance\s+Kraken/);
    await sees(page, '#feeds-title + p', /^Kraken says maintenance: silence there is no fault/);
    await page.waitForTimeout(1_500);
    // Anew: the details of a page come every 15 s.
    await page.reload();
    await sees(page, '.chip', /LIVE/);
    const polled = await open(url, { streamless: true });
    await sees(polled, '.chip', /POLLING/);
    await sees(page, '.tile', /none of \d+ trades missing/);
    const seen = { stream: await markets(page), polls: await markets(polled) };
    const sentence = await page.locator('.tile', { hasText: 'Received today' }).innerText();
    await sees(polled, '.connections', /Kraken\s+main[\s\S]*Binance\s+main/);

    const checks = await demo.record();
    const prices = truths(checks, /^demo\.last_price_(\S+)@(\w+)$/);
    assert.equal(prices.size, 9);
    for (const [way, shown] of Object.entries(seen)) {
      const last = [...shown].map(([name, cells]) => [name, Number(cells['Last price'])]);
      assert.deepEqual(last.sort(), [...prices], way);
      for (const [name, cells] of shown) {
        for (const column of ['p95 ms', 'Trades/min', 'Messages/s', 'Spread']) {
          assert.match(cells[column], /^\d/, `${way}: ${name} ${column}`);
        }
      }
    }
    const trades = truths(checks, /^gaps\.tickwitness_feed_trades_total\{symbol="(\S+)"\}@(\w+)$/);
    assert.equal(trades.size, 9);
    const all = [...trades.values()].reduce((sum, count) => sum + count, 0);
    assert.match(sentence.replaceAll('\u202f', ''), new RegExp(`none of ${all} trades missing`));
  } finally {
    demo.stop();
  }
});

test('a connection that is replaced: the page says so, and that nothing was lost', { timeout: 30_000 }, async () => {
  const demo = new Demo('--for', '13s', '--fault', 'binance:rotation@4s');
  try {
    const page = await open(await demo.page());
    await sees(page, '.connections', /Binance\s+main\s+connected\s+none/);
    await sees(page, '.connections', /Binance\s+main\s+connected\s+rotating: successor connected, both run/);
    assert.match(demo.said, /event="connection is being replaced" exchange=binance/);
    await sees(page, '.connections', /Binance\s+main\s+connected\s+none/);
    assert.match(demo.said, /event="connection was replaced" exchange=binance/);
    await sees(page, '.tile', /^Reconnects[\s\S]*\n0\n/m);
    await sees(page, '.chip', /none open\s+100 % today/);
    const checks = await demo.record();
    const missing = truths(checks, /^gaps\.(\S+) missing@(\w+)$/);
    assert.equal(missing.size, 9);
    for (const [market, truth] of missing) assert.equal(truth, 0, market);
  } finally {
    demo.stop();
  }
});

// That the interface tells what the exchange made is for tests/e2e/history_test.sh.
test('the prices stored of a market are those that the interface tells', { timeout: 30_000 }, async () => {
  const demo = new Demo('--for', '13s');
  try {
    const url = await demo.page();
    const page = await open(`${url}?pair=BTC-USDT+kraken`);
    await sees(page, '.stored .chart-sentence', /^\d+ minutes from \d\d:\d\d to \d\d:\d\d, .* none missing, /);
    await page.locator('.stored canvas').waitFor();
    await page.getByRole('button', { name: 'Show as table' }).click();
    const shown = await page
      .locator('.stored tbody tr')
      .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText)));
    const answer = await fetch(new URL(await page.locator('.stored figcaption a').getAttribute('href'), url));
    const { exchange, symbol, rows } = await answer.json();
    assert.deepEqual([exchange, symbol], ['kraken', 'BTC-USDT']);
    const told = rows.map(({ open, high, low, close, volume, trades }) => [open, high, low, close, volume, trades]);
    // A minute may have ended between the two.
    const numbers = shown.reverse().map((row) => row.map((text) => Number(text.replaceAll('\u202f', ''))));
    assert.ok(numbers.length >= 10, `${numbers.length} rows`);
    assert.deepEqual(numbers.slice(1), told.slice(1, numbers.length));
    await demo.record();
  } finally {
    demo.stop();
  }
});
