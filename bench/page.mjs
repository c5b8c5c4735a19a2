// The page's history in the browser: what Chromium's heap holds after an hour of events beyond what
// it held after the first ones, and whether half an hour more still grows it.
import { createRequire } from 'node:module';
import { desktop, executablePath, flags } from '../web/test/chromium.mjs';
import { HurriedEngine } from './hurried_engine.mjs';
import { benchmark, figure, sleep, startDemo, untilReady } from './product.mjs';

const { chromium } = createRequire(new URL('../web/package.json', import.meta.url))(
  'playwright-core');
const mib = 1 << 20;
const pages = 3;
const hour = 3600;
const eventsRecorded = 10;
const filled = /^(8[5-9]|9\d)\d readings in 15 min/; // one a second: the hour went into the history
const stillLimit = 0.25; // a history without end grows by 2 in half an hour
const patience = { timeout: 120_000 };

// What is held: the least of several readings, each after a collection, for the page draws twice a
// second and so always has something to be collected.
async function heapBytes(session) {
  const readings = [];
  for (let i = 0; i < 6; i += 1) {
    await sleep(300);
    await session.send('HeapProfiler.collectGarbage');
    readings.push((await session.send('Runtime.getHeapUsage')).usedSize);
  }
  return Math.min(...readings);
}

async function measure(page, engine) {
  const session = await page.context().newCDPSession(page);
  const reconnects = page.getByRole('group', { name: 'Reconnects', exact: true });
  const heapAfter = async (seconds) => {
    const last = await engine.pass(seconds);
    await reconnects.getByText(String(last), { exact: true }).waitFor(patience);
    return heapBytes(session);
  };
  await page.goto(`${engine.url}/live`);
  await engine.connected;
  const empty = await heapAfter(5);
  const full = await heapAfter(hour);
  const later = await heapAfter(hour / 2);
  const words = await page.locator('.chart-sentence').innerText();
  if (!filled.test(words)) throw new Error(`the page's history has ${words}`);
  return { hour: full - empty, more: later - full };
}

async function inNewPage(browser, demo) {
  const engine = await HurriedEngine.of(demo, eventsRecorded);
  const context = await browser.newContext({ viewport: desktop });
  try {
    return await measure(await context.newPage(), engine);
  } finally {
    await context.close();
    engine.stop();
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

await benchmark('page', async () => {
  const { demo, port } = await startDemo();
  await untilReady(demo, port);
  const browser = await chromium.launch({ executablePath, headless: true, args: flags });
  try {
    const grown = [];
    for (let i = 0; i < pages; i += 1) {
      grown.push(await inNewPage(browser, `http://127.0.0.1:${port}`));
    }
    figure('page_heap_of_an_hour', 'mib', median(grown.map((heap) => heap.hour)) / mib, 16);
    figure('page_heap_of_half_an_hour_more', 'mib', median(grown.map((heap) => heap.more)) / mib,
      stillLimit);
  } finally {
    await browser.close();
  }
});
