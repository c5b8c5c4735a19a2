import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DetailsTimer } from './details_timer';

const calm = { gapsOpen: 0, completeness: 1, booksQuarantined: 0 };

test('at once, then every 15 s', () => {
  const timer = new DetailsTimer();
  const asked: number[] = [];
  for (let ms = 0; ms <= 31_000; ms += 1_000) {
    if (!timer.begin(ms, calm)) continue;
    asked.push(ms);
    timer.end();
  }
  assert.deepEqual(asked, [0, 15_000, 30_000]);
});

test('soon when a gap opens or a book is bad, not when the share moves', () => {
  const timer = new DetailsTimer();
  const ask = (ms: number, more: object) => {
    const now = timer.begin(ms, { ...calm, ...more });
    if (now) timer.end();
    return now;
  };
  assert.equal(ask(0, {}), true);
  assert.equal(ask(900, { gapsOpen: 1 }), false);
  assert.equal(ask(1_000, { gapsOpen: 1 }), true);
  assert.equal(ask(3_000, { gapsOpen: 1, completeness: 0.5 }), false);
  assert.equal(ask(4_000, { gapsOpen: 1, booksQuarantined: 1 }), true);
});

test('never two questions at once', () => {
  const timer = new DetailsTimer();
  assert.equal(timer.begin(0, calm), true);
  assert.equal(timer.begin(60_000, calm), false);
  timer.end();
  assert.equal(timer.begin(60_000, calm), true);
});
