import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Announcer, quietMs } from './announcer';

test('speaks at once, then not for ten seconds, then of how things stand', () => {
  const announcer = new Announcer();
  assert.equal(announcer.update('LIVE', 0), 'LIVE');
  assert.equal(announcer.update('POLLING', 1_000), 'LIVE');
  assert.equal(announcer.update('STALE', quietMs - 1), 'LIVE');
  assert.equal(announcer.update('STALE', quietMs), 'STALE');
});

test('what came and went is not told', () => {
  const announcer = new Announcer();
  announcer.update('LIVE', 0);
  announcer.update('LAGGING', 2_000);
  assert.equal(announcer.update('LIVE', 20_000), 'LIVE');
  assert.equal(announcer.update('STALE', 20_001), 'STALE');
});
