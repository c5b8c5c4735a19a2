// node test/screenshots.mjs URL OUTDIR [SECONDS]:
// pictures of a running engine's page, after SECONDS (60) of watching it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { desktop, executablePath, flags, phone } from './chromium.mjs';

const [url, out, seconds = '60'] = process.argv.slice(2);
if (url === undefined || out === undefined) {
  console.error('usage: node test/screenshots.mjs http://127.0.0.1:8000/live OUTDIR [SECONDS]');
  process.exit(64);
}
mkdirSync(out, { recursive: true });
const views = [
  ['desktop-dark', desktop, 'dark'],
  ['desktop-light', desktop, 'light'],
  ['phone-dark', phone, 'dark'],
  ['phone-light', phone, 'light'],
];
const browser = await chromium.launch({ executablePath, headless: true, args: flags });
try {
  const pages = [];
  for (const [name, viewport, colorScheme] of views) {
    const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: viewport === phone ? 2 : 1 });
    const page = await context.newPage();
    await page.goto(url);
    pages.push([name, page]);
  }
  await new Promise((watched) => setTimeout(watched, Number(seconds) * 1000));
  for (const [name, page] of pages) {
    await page.bringToFront();
    await page.waitForTimeout(1_000);
    const path = join(out, `${name}.png`);
    await page.screenshot({ path, fullPage: true });
    console.log(`${path}: ${await page.title()}`);
  }
} finally {
  await browser.close();
}
