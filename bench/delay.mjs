// Added delay at 10 000 events a second: from the socket to the metric, and from the moment an
// event for the streams is made until its clients have read it.
import { benchmark, figure, metric, startOwn, startRun, untilReady } from './product.mjs';

await benchmark('delay', async () => {
  const load = startOwn('feed_load', 'delay', 10_000, 10);
  if ((await load.ended) !== 0) throw new Error(load.lines.join('\n'));
  load.lines.filter((line) => line.startsWith('{')).forEach((line) => console.log(line));

  const { product, port } = await startRun(10_000);
  await untilReady(product, port);
  const clients = startOwn('sse_clients', port, 10, 20);
  await clients.line(/^connected/);
  const before = await metric(port, 'tickwitness_pipeline_ticks_processed_total ');
  const cpu = await product.cpuPercent(clients.line(/^measured/));
  const events = await metric(port, 'tickwitness_pipeline_ticks_processed_total ') - before;
  const result = JSON.parse((await clients.line(/^{/)).input);
  if (events < 0.95 * 200_000) throw new Error(`only ${events} events arrived in 20 s`);
  figure('sse_publish_to_read_10000_per_s_p50', 'ms', result.p50_ms);
  figure('sse_publish_to_read_10000_per_s_p99', 'ms', result.p99_ms, 5);
  figure('run_cpu_10000_events_per_s', 'percent', cpu);
});
