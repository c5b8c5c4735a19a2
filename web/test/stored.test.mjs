// The prices that the engine stored, of a chosen pair: drawn, told in words and as a table, or why they are not there.
import assert from 'node:assert/strict';
import { visit } from './browser.mjs';

// Pixels of the chart that something was drawn on, left and right of a gap.
const drawn = (page) =>
  page.locator('.stored canvas').evaluate((canvas) => {
    const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const columns = Array.from({ length: width }, () => 0);
    for (let at = 3; at < data.length; at += 4) if (data[at] > 0) columns[((at - 3) / 4) % width] += 1;
    return { share: columns.filter((count) => count > 0).length / width, height };
  });

visit('a chosen pair shows what is stored of it', {}, async (v, engine, page) => {
  await v.open('?pair=BTC-USD');
  await v.transport('LIVE');
  const sentence = '.stored .chart-sentence';
  // of ninety minutes three are missing, none of them at an end
  await v.sees(sentence, /^87 minutes from \d\d:\d\d to \d\d:\d\d, .* 3 missing, all there is\.$/);
  await page.locator('.stored canvas').waitFor();
  assert.ok((await drawn(page)).share > 0.5);
  await page.getByRole('button', { name: 'Show as table' }).click();
  const rows = page.locator('.stored tbody tr');
  assert.equal(await rows.count(), 87);
  const price = engine.world.pairs['BTC-USD'].price;
  const cells = (await rows.first().locator('td').allInnerTexts()).map((text) => text.replaceAll('\u202f', ''));
  const newest = engine.candles(price).at(-1);
  assert.deepEqual(cells.map(Number), [price, newest.high, newest.low, newest.close, 1.5, 12]);
  await page.getByRole('button', { name: 'Show as chart' }).click();
  await page.locator('.stored canvas').waitFor();

  await page.getByRole('link', { name: 'ETH-USD' }).click();
  await v.sees(sentence, /2 7\d\d(\.\d+)? to 2 7\d\d/);
  await page.goBack();
  await page.goBack();
  assert.equal(await page.locator('.stored').count(), 0);
});

visit('what is not there is said, and asked for again', { clock: true }, async (v, engine, page) => {
  engine.troubled = true;
  engine.stored = 'off';
  await v.open('?pair=SOL-USD');
  await v.sees('.stored', 'Not known: There is no history: store.enabled is false.');
  assert.equal(await page.locator('.stored canvas').count(), 0);
  engine.stored = 'none';
  await v.pass(31_000);
  await v.sees('.stored', 'Nothing is stored of it yet.');
  engine.stored = 'on';
  await v.pass(31_000);
  await v.sees('.stored', /^.*87 minutes from/s);
  engine.stored = 'off';
  await v.pass(31_000);
  await v.sees('.stored', /87 minutes from .*\. Since then: There is no history: store.enabled is false\./);
});

visit('values do not wait for the library of the charts', {}, async (v, engine, page) => {
  engine.troubled = true;
  let refused = 0;
  await page.route(/\/assets\/charts\./, (route) => ((refused += 1) < 3 ? route.abort() : route.continue()));
  await v.open('?pair=BTC-USD');
  await v.transport('LIVE');
  await v.sees('.quantile-line', /p95/);
  assert.equal(await page.locator('canvas').count(), 0);
  await page.locator('.stored canvas').waitFor({ timeout: 20_000 });
  assert.equal(await page.locator('canvas').count(), 2);
});
