import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExposition } from '../prometheus/parse';
import { observationFromEvent } from './from_event';
import { observationFromMetrics } from './from_metrics';
import { observationFromPoll } from './from_poll';

const scrape = observationFromMetrics(
  parseExposition(
    [
      'kraken_trades_per_minute 60',
      'kraken_ws_latency_p95_ms{pair="BTC-USD"} 30',
      'process_resident_memory_bytes 7',
      'tickwitness_feed_subscription_state{exchange="kraken",symbol="BTC-USD",stream="trade",state="live"} 1',
    ].join('\n'),
  ).samples,
  1_000,
);
const snapshot = observationFromEvent(
  JSON.stringify({
    timestamp: 1_400,
    trades_per_min: 150,
    pairs: { 'BTC-USD': { exchange: 'kraken' }, 'ETH-USDT': { exchange: 'binance', latency_p95_ms: 12 } },
  }),
);

test('the snapshot’s word for every exchange goes before Kraken’s', () => {
  const seen = observationFromPoll(scrape, snapshot);
  assert.deepEqual([seen?.atMs, seen?.via, seen?.values.tradesPerMin], [1_400, 'poll', 150]);
  assert.equal(seen?.values.latencyOf, null);
  assert.equal(seen?.values.memoryBytes, 7); // that the snapshot does not tell
  assert.equal(seen?.pairs.get('ETH-USDT')?.values.p95Ms, 12);
  assert.equal(seen?.pairsComplete, true);
});

test('either answer alone will do', () => {
  assert.equal(observationFromPoll(scrape, null), scrape);
  assert.equal(observationFromPoll(null, snapshot)?.via, 'poll');
  assert.equal(observationFromPoll(null, null), null);
});

test('a snapshot without pairs leaves those of the scrape', () => {
  const seen = observationFromPoll(scrape, observationFromEvent('{"timestamp":2000}'));
  assert.deepEqual([...(seen?.pairs.keys() ?? [])], ['BTC-USD']);
});
