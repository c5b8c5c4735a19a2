// The process: start to ready, memory, CPU at 1000 events a second. With --long, 8 minutes more,
// how memory grows once all windows and buffers have been filled.
import { benchmark, figure, metric, sleep, startDemo, startRun, untilReady } from './product.mjs';

const mib = 1 << 20;
const minutes = 60_000;
const settled = 15_000;
const long = process.argv.includes('--long');

async function memory(name, program, limit) {
  await sleep(settled);
  figure(`${name}_rss`, 'mib', program.rss() / mib, limit);
  if (!long) return;
  await sleep(4 * minutes);
  const before = program.rss();
  await sleep(4 * minutes);
  // An extrapolation, from four minutes to an hour.
  figure(`${name}_rss_growth`, 'mib_per_hour', ((program.rss() - before) / mib) * 15, 1);
}

async function cpu({ product, port }) {
  await sleep(settled);
  const shown = () => metric(port, 'tickwitness_pipeline_ticks_processed_total ');
  const [events, began] = [await shown(), performance.now()];
  const percent = await product.cpuPercent(sleep(20_000));
  const rate = (await shown() - events) / ((performance.now() - began) / 1000);
  if (rate < 950) throw new Error(`only ${rate} events a second arrived`);
  figure('run_1000_events_per_s_cpu', 'percent', percent, 5);
}

await benchmark('process', async () => {
  const { demo, port } = await startDemo();
  figure('demo_start_to_ready', 'ms', await untilReady(demo, port), 1000);
  const run = await startRun(1000);
  figure('run_start_to_ready', 'ms', await untilReady(run.product, run.port), 1000);
  await Promise.all([memory('demo', demo, 96), memory('run_1000_events_per_s', run.product, 64),
    cpu(run)]);
});
