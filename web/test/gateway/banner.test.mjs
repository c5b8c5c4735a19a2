// The page of a gateway, GATEWAY, whose engine adds to a Redis on REDIS_PORT. Seed 000's own test: a count of trips
// that is raised by hand shows the banner, and 60 s later it is gone.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { desktop, executablePath, flags } from '../chromium.mjs';

const { GATEWAY: gateway, REDIS_PORT: port } = process.env;
const appearsMs = 60_000;
const staysMs = 60_000;
const toleranceMs = 5_000; // for what the machine does beside it
const alertText = 'Circuit breaker tripped. The engine names no reason.';

// What assistive technology is told from now on, text by text.
function listen(page) {
  return page.evaluate(() => {
    window.alerts = [];
    const watched = document.querySelector('[role=alert]');
    const hear = () => watched.textContent !== '' && window.alerts.push(watched.textContent);
    new MutationObserver(hear).observe(watched, { childList: true, characterData: true, subtree: true });
  });
}

test('a trip by hand: the banner comes, is said, and goes', { timeout: 170_000 }, async () => {
  const browser = await chromium.launch({ executablePath, headless: true, args: flags });
  try {
    const page = await browser.newPage({ viewport: desktop });
    const banner = page.locator('.banner');
    const shows = (words, timeout) => banner.filter({ hasText: words }).waitFor({ timeout });
    await page.goto(`${gateway}/live`);
    await page.locator('.chip', { hasText: 'LIVE' }).first().waitFor();
    await shows('0 trips', appearsMs);
    assert.equal(await page.getByRole('alert').textContent(), '');
    await listen(page);

    execFileSync('redis-cli', ['-p', port, 'XADD', 'metrics:kraken', '*', 'circuit_breaker_trips', '1']);
    const raised = Date.now();
    await shows('Circuit breaker tripped', appearsMs);
    assert.match(await banner.ariaSnapshot(), new RegExp(`alert: ${alertText}`));
    await shows('Its state is not known', staysMs + 2 * toleranceMs);
    const stayed = Date.now() - raised;
    assert.ok(Math.abs(stayed - staysMs) <= toleranceMs, `gone after ${stayed} ms`);
    assert.doesNotMatch(await banner.ariaSnapshot(), /tripped/);
    assert.equal(await page.getByRole('alert').textContent(), '');
    // Once, though the engine's true counts and the banner's countdown came each second.
    assert.deepEqual(await page.evaluate(() => window.alerts), [alertText]);
  } finally {
    await browser.close();
  }
});
