#!/usr/bin/env bash
# timeout: 240
# What the exchange sent equals what the engine counted, undisturbed and under each fault.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

run plain 12
run disconnect 16 --fault disconnect@5s
run late_disconnect 16 --fault disconnect@10s
run silent 24 --fault silent@5s
run refuse 12 --fault refuse_subscription
run malformed 12 --fault malformed@4s
run together 24 --fault disconnect@3s --fault silent@6s --fault refuse_subscription \
  --fault malformed@5s
run reset 14 --fault reset@5s
run bad_utf8 14 --fault bad_utf8@5s
run down 34 --fault down@4s+4s
run skew 12 --fault skew=-80ms
run ahead 12 --fault skew=80ms
run silence_ends 40 --fault silent@3s+14s
run hang 12 --fault hang@3s+4s
run long_hang 50 --fault hang@3s+12s
run unanswered 30 --fault unanswered@2s+6s --fault disconnect@3s
run flood 12 --fault flood@4s+2s

all_end_well
# Feeds whose socket is up, and REST that does not help at once.
run drop 30 --fault drop@3s+8s
run limited 40 --fault drop@3s+6s --fault rate_limited@3s+10s
run rest_errors 40 --fault drop@3s+6s --fault rest_errors@3s+10s
run rest_refuses 24 --fault drop@3s+8s --fault rest_refuses@1s
run twice 20 --fault duplicate@3s+5s --fault reorder@9s+4s
run zombie 34 --fault zombie@12s
run books 20 --fault corrupt_book@4s --fault wrong_checksum@8s
run maintenance 20 --fault maintenance@5s+5s
run instruments 16 --fault instrument_change@5s
run long_down 40 --fault down@4s+14s

all_end_well

node - "$scratch" <<'END'
const fs = require('fs');
const text = (name) => fs.readFileSync(`${process.argv[2]}/${name}.json`, 'utf8');
const read = (name) => JSON.parse(text(name).trim().split('\n').pop());
const need = (truth, text) => {
  if (truth) return;
  console.error('FAILED:', text);
  process.exitCode = 1;
};
const check = (name, wanted) => read(name).checks.find((c) => c.name === wanted);
const bound = (name, wanted) => read(name).bounds.find((b) => b.name === wanted);
const frames = (name, kind) =>
  check(name, `conservation.tickwitness_feed_frames_total{kind="${kind}"}`);
const events = (name, type) =>
  check(name, `conservation.kraken_events_processed_total{event_type="${type}"}`);
const names = ['plain', 'disconnect', 'late_disconnect', 'silent', 'refuse', 'malformed',
  'together', 'reset', 'bad_utf8', 'down', 'skew', 'ahead', 'silence_ends', 'hang', 'long_hang',
  'unanswered', 'flood', 'drop', 'limited', 'rest_errors', 'rest_refuses', 'twice', 'zombie', 'books',
  'maintenance', 'instruments', 'long_down'];
for (const name of names) {
  const result = read(name);
  need(result.seed === 7 && result.failed.length === 0, `${name}: ${result.failed}`);
  need(result.violations.length === 0, `${name}: ${JSON.stringify(result.violations)}`);
  need(result.checks.length >= 8, `${name}: only ${result.checks.length} checks`);
  need(result.checks.every((c) => c.truth === c.measured), `${name}: not equal, yet passed`);
  // The record at the engine's end was kept and looked at.
  for (const checker of ['counters', 'staleness', 'breaker', 'wire']) {
    need([...result.checks, ...result.bounds].some((c) => c.name.startsWith(`${checker}.`)),
      `${name}: no ${checker}`);
  }
  // What was sent is compared exactly, unless some of it may have been lost; an engine that hangs
  // up on a stream that stays silent may do so while something is on its way.
  const cut = ['reset', 'bad_utf8'].includes(name);
  const hungUp = ['silent', 'silence_ends', 'together'].includes(name);
  const list = [...(cut ? [] : result.checks), ...(cut || hungUp ? result.bounds : [])];
  for (const checker of ['conservation', 'latency']) {
    need(list.some((c) => c.name.startsWith(`${checker}.`)), `${name}: no ${checker}`);
  }
}
// The faults happened: a comparison of nothing with nothing would be equal too.
need(events('plain', 'trade').truth > 100, 'plain: hardly any trade');
need(frames('plain', 'subscribed').truth === 29, 'plain: 4 pairs x 7 streams + instrument');
for (const name of ['plain', 'disconnect', 'malformed', 'reset', 'down', 'long_hang', 'silence_ends']) {
  need(bound(name, 'draining.drained_after_s'), `${name}: well again`);
}
need(bound('silent', 'draining.drained_after_s') === undefined, 'silent: never ends');
need(check('reset', 'counters.tickwitness_feed_disconnections_total{reason="reset"}').truth === 4,
  'reset: four ends');
need(check('disconnect', 'demo.reconnects').truth === 4, 'disconnect: four connections came back');
need(check('silent', 'demo.subscriptions_stale_at_end').truth === 1, 'silent: one is stale');
need(check('silent', 'demo.connections_up_at_end').truth === 4, 'silent: every link is connected');
need(bound('silent', 'demo.stale_found_after_s'), 'silent: found in time');
need(check('refuse', 'demo.refusals').truth >= 1, 'refuse: a refusal');
need(check('malformed', 'demo.malformed').truth >= 5, 'malformed: several bad frames');
need(check('malformed', 'demo.unsupported').truth >= 1, 'malformed: an unknown channel');
need(check('silence_ends', 'demo.subscriptions_stale_at_end').truth === 0,
  'silence_ends: live again');
need(check('hang', 'demo.reconnects').truth === 0, 'hang: four seconds are borne');
need(frames('hang', 'heartbeat').truth < frames('plain', 'heartbeat').truth - 8,
  'hang: heartbeats were missing');
need(check('long_hang', 'demo.reconnects').truth === 4, 'long_hang: four connections came back');
need(check('long_hang', 'demo.subscriptions_stale_at_end').truth === 0, 'long_hang: all is live');
need(frames('unanswered', 'subscribed').truth === 58, 'unanswered: asked again until accepted');
need(check('unanswered', 'demo.subscriptions_stale_at_end').truth === 0, 'unanswered: all is live');
need(events('flood', 'trade').truth > 3 * events('plain', 'trade').truth, 'flood: many trades');
need(check('skew', 'latency.BTC-USD stamped').truth > 20, 'skew: latencies');
need(bound('ahead', 'latency.BTC-USD negative').measured > 20, 'ahead: latencies below zero');
const sum = (name, family) => read(name).checks.filter((c) => c.name.startsWith(`gaps.${family}`))
  .reduce((all, c) => all + c.measured, 0);
const missing = (name) => read(name).checks.filter((c) => c.name.endsWith(' missing at the end'));
for (const name of ['drop', 'limited', 'rest_errors', 'zombie', 'long_down', 'twice']) {
  need(missing(name).length === 4, `${name}: four pairs are whole`);
}
need(missing('rest_refuses').length === 0, 'rest_refuses: nobody can fill it');
need(sum('drop', 'tickwitness_feed_trades_total') > 500, 'drop: trades');
END
