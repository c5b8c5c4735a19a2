// One Chromium for a test file; each test gets an engine and a page of its own.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { desktop, executablePath, flags } from './chromium.mjs';
import { FakeEngine } from './fake_engine.mjs';

export const pageDir = join(dirname(fileURLToPath(import.meta.url)), '..', 'test-results', 'page');
const patienceMs = 10_000;
const stepMs = 1_500;
const flowMs = 30;

let browser;
before(async () => {
  assert.ok(existsSync(executablePath), `${executablePath} is missing: install chromium, or set CHROMIUM`);
  browser = await chromium.launch({ executablePath, headless: true, args: flags });
});
after(() => browser?.close());

// What a browser says of an answer that a test made fail on purpose.
const wanted = /Failed to load resource|net::ERR_/;

export class Visit {
  problems = [];

  constructor(engine, context, page) {
    Object.assign(this, { engine, context, page });
    page.on('pageerror', (error) => this.problems.push(`page error: ${error.message}`));
    page.on('console', (message) => {
      const bad = message.type() === 'error' || message.type() === 'warning';
      if (bad && !(this.engine.troubled && wanted.test(message.text()))) this.problems.push(message.text());
    });
  }

  async open(query = '') {
    await this.page.goto(`${this.engine.url}/live${query}`);
  }

  // Page and engine in small steps, the page first: a stamp from the page's future would mislead its clock.
  async pass(ms) {
    for (let left = ms; left > 0; left -= stepMs) {
      await this.page.clock.fastForward(Math.min(left, stepMs));
      this.engine.advance(Math.min(left, stepMs));
      this.engine.tick();
    }
  }

  // With the clock in the test's hands, time passes only while something is waited for.
  async flow() {
    if (this.engine.frozenMs === null) return;
    await this.page.clock.runFor(flowMs);
    this.engine.advance(flowMs);
  }

  chip(name) {
    return this.page.locator('.chip', { has: this.page.locator('.chip-name', { hasText: name }) });
  }

  // The value under a label of the health panel or the counters.
  cell(name) {
    return this.page.locator('.tile', { has: this.page.getByText(name, { exact: true }) });
  }

  async sees(locator, expected) {
    const found = typeof locator === 'string' ? this.page.locator(locator) : locator;
    const deadline = Date.now() + patienceMs;
    let text = '';
    do {
      text = (await found.allInnerTexts()).join('\n').replaceAll('\u202f', ' ');
      if (typeof expected === 'string' ? text.includes(expected) : expected.test(text)) return text;
      await new Promise((again) => setTimeout(again, 40));
      await this.flow();
    } while (Date.now() < deadline);
    return assert.fail(`expected ${expected}, saw: ${text}`);
  }

  async transport(word) {
    return this.sees(this.chip('Transport'), word);
  }
}

// A test with an engine and a page. options: those of a browser context, and clock: time is the test's, both the
// page's and the engine's.
export function visit(name, options, body) {
  test(name, { timeout: 60_000 }, async () => {
    const engine = await new FakeEngine(pageDir).start();
    const { clock, ...contextOptions } = options;
    const context = await browser.newContext({ viewport: desktop, colorScheme: 'dark', ...contextOptions });
    try {
      const page = await context.newPage();
      if (clock) {
        engine.freeze();
        await page.clock.install({ time: engine.now() - 1_000 });
        await page.clock.pauseAt(engine.now());
      }
      const made = new Visit(engine, context, page);
      await body(made, engine, page);
      assert.deepEqual(made.problems, []);
    } finally {
      await context.close();
      await engine.stop();
    }
  });
}
