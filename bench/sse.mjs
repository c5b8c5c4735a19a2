// 5000 clients of the event stream, an event each second: whether each gets each, what they cost,
// and whether 500 more that never read delay them, and are closed in time.
import { benchmark, figure, metric, startOwn, startRun, untilReady } from './product.mjs';

const clients = 5000;
const pairs = 16; // an event of about 5 kB

async function measure(name, seconds, silent) {
  const { product, feed, port } = await startRun(100, pairs);
  await untilReady(product, port);
  const before = product.rss();
  const many = startOwn('sse_clients', port, clients, seconds, silent);
  await many.line(/^connected/);
  const open = await metric(port, 'tickwitness_sse_clients ');
  if (open !== clients + silent) throw new Error(`${open} clients are connected`);
  const bytes = (product.rss() - before) / (clients + silent);
  const cpu = await product.cpuPercent(many.line(/^measured/));
  const result = JSON.parse((await many.line(/^{/)).input);
  if (result.events_most < seconds - 1) throw new Error(`${result.events_most} events came`);
  figure(`${name}_events_missed`, 'events', result.events_most - result.events_least, 0);
  figure(`${name}_cpu`, 'percent', cpu, 100);
  figure(`${name}_bytes_per_client`, 'bytes', bytes, 4096);
  figure(`${name}_publish_to_read_p50`, 'ms', result.p50_ms);
  figure(`${name}_publish_to_read_p99`, 'ms', result.p99_ms, 1000);
  if (silent > 0) {
    const closed = await metric(port, 'tickwitness_sse_clients_dropped_total');
    figure(`${name}_silent_left_open`, 'clients', silent - closed, 0);
  }
  await Promise.all([many.stop(), product.stop(), feed.stop()]);
}

await benchmark('sse', async () => {
  await measure('sse_5000_clients', 15, 0);
  await measure('sse_5000_clients_and_500_silent', 45, 500);
});
