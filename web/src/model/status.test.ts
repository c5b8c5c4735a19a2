import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyStatus, parseStatus } from './status';

test('the facts of the engine', () => {
  const status = parseStatus({
    version: '0.1.0',
    commit: 'abc',
    instance: 'demo-1',
    seed: 0,
    venues: [{ exchange: 'kraken' }],
  });
  assert.deepEqual(status, { version: '0.1.0', commit: 'abc', instance: 'demo-1', seed: 0, exchanges: ['kraken'] });
});

test('what is missing or of another type is unknown', () => {
  assert.deepEqual(parseStatus({}), emptyStatus);
  assert.deepEqual(
    parseStatus({ version: 1, commit: '', instance: null, seed: '7', venues: [null, 3, {}] }),
    emptyStatus,
  );
  assert.equal(parseStatus(null), null);
  assert.equal(parseStatus('ok'), null);
});
