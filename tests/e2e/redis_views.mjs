// redis_views.mjs SCRAPE: in one scrape, what the families of Redis and of the cache in the dialects of
// seeds 001, 003 and 004 say is what the product's own say. Prints how many operations succeeded and failed,
// errors of the connection, hits and failed updates of the cache.
import { readFileSync } from 'node:fs';

const series = [];
for (const line of readFileSync(process.argv[2], 'utf8').split('\n')) {
  const parts = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (!parts) continue;
  const labels = [...(parts[2] ?? '').matchAll(/(\w+)="(.*?)"/g)].map(([, name, value]) => [name, value]);
  series.push({ name: parts[1], labels: Object.fromEntries(labels), value: Number(parts[3]) });
}

// all(FAMILY, LABELS): the values of its series that have these, by the labels, of which some are renamed.
function all(family, where = {}, renamed = {}) {
  const mine = series.filter(({ name, labels }) => {
    return name === family && Object.entries(where).every(([label, value]) => labels[label] === value);
  });
  return new Map(
    mine.map(({ labels, value }) => {
      const words = Object.entries(labels).map(([label, word]) => {
        return `${renamed[label] ?? label}=${renamed[word] ?? word}`;
      });
      return [words.sort().join(), value];
    }),
  );
}
const sum = (values) => [...values.values()].reduce((total, value) => total + value, 0);

let bad = false;
const text = (values) => JSON.stringify([...values].sort());
function same(view, theirs, own) {
  if (own.size > 0 && text(theirs) === text(own)) return;
  bad = true;
  console.error(`FAILED: ${view}: ${text(theirs)}, and our own: ${text(own)}`);
}
const total = (values) => (values.size > 0 ? new Map([['', sum(values)]]) : values);

const operations = { status: 'result', error: 'failure' };
const errors = 'redis_connection_errors_total';
const done = 'redis_operations_total';
same(done, all(done, {}, operations), all(`tickwitness_${done}`));
same(errors, all(errors), all(`tickwitness_${errors}`));
same('kiro_bot_redis_connected', all('kiro_bot_redis_connected'), all('tickwitness_redis_connected'));
for (const part of ['bucket', 'sum', 'count']) {
  const name = `redis_command_duration_seconds_${part}`;
  same(`kiro_bot_${name}`, all(`kiro_bot_${name}`, {}, { command: 'operation' }), all(`tickwitness_${name}`));
}
const requests = 'tickwitness_cache_requests_total';
const failures = 'tickwitness_cache_update_failures_total';
same('kiro_bot_cache_requests_total', all('kiro_bot_cache_requests_total'), all(requests));
same('trading_cache_hits_total', all('trading_cache_hits_total'), total(all(requests, { result: 'hit' })));
same('trading_cache_misses_total', all('trading_cache_misses_total'), total(all(requests, { result: 'miss' })));
same('trading_cache_update_failures_total', all('trading_cache_update_failures_total'), total(all(failures)));
if (bad) process.exit(1);

const numbers = [
  all(done, { status: 'success' }),
  all(done, { status: 'error' }),
  all(errors),
  all('trading_cache_hits_total'),
  all('trading_cache_update_failures_total'),
];
console.log(numbers.map(sum).join(' '));
