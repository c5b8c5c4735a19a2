// The process: start to ready, memory and its growth, CPU at 1000 events a second.
import { benchmark, figure, metric, sleep, start, startRun, tickwitness, untilReady }
  from './product.mjs';

const mib = 1 << 20;
const warmUp = 15_000;
const observed = 30_000;

// Growth per hour is an extrapolation from half a minute: it shows a leak, and little else.
async function memory(name, program, limit) {
  await sleep(warmUp);
  const before = program.rss();
  figure(`${name}_rss`, 'mib', before / mib, limit);
  await sleep(observed);
  figure(`${name}_rss_growth_extrapolated`, 'mib_per_hour',
    ((program.rss() - before) / mib) * (3_600_000 / observed), 1);
}

await benchmark(async () => {
  const demo = start(tickwitness, 'demo', '--port', '0', '--seed', '7');
  const [, port] = await demo.line(/Page: http:\/\/127\.0\.0\.1:(\d+)/);
  figure('demo_start_to_ready', 'ms', await untilReady(demo, port), 1000);
  const run = await startRun(1000);
  figure('run_start_to_ready', 'ms', await untilReady(run.product, run.port), 1000);
  const cpu = sleep(warmUp).then(async () => {
    const shown = () => metric(run.port, 'tickwitness_pipeline_ticks_processed_total ');
    const [events, began] = [await shown(), performance.now()];
    const percent = await run.product.cpuPercent(sleep(20_000));
    const rate = (await shown() - events) / ((performance.now() - began) / 1000);
    if (rate < 950) throw new Error(`only ${rate} events a second arrived`);
    figure('run_cpu_1000_events_per_s', 'percent', percent, 5);
  });
  await Promise.all([memory('demo', demo, 96), memory('run_1000_events_per_s', run.product, 64),
    cpu]);
});
