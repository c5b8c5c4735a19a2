// The exchanges, Kraken first: how late their data reaches the engine, how well the links hold, and each pair.

import { useState } from 'preact/hooks';
import { formatMs, formatNumber, formatRate, plural } from '../format/number';
import { quantileKey, spanMs } from '../model/history';
import type { Values } from '../model/observation';
import { gapsOf, highOf, minuteRows } from '../model/series';
import type { Reading, Readings, Snapshot } from '../model/snapshot';
import { resolvePair } from '../model/pair_name';
import { askedPair } from '../pair';
import { symbolOf, venueNames } from '../model/venues';
import { exchanges, history, historyVersion, isOld, serverNow, snapshot } from '../store';
import { formatClock } from '../format/time';
import { Age } from './Age';
import { ChartTable } from './ChartTable';
import { exchangeOf, marketText } from './MarketName';
import { PairTable } from './PairTable';
import { QuantileChart } from './QuantileChart';
import { StoredPrices } from './StoredPrices';
import { Tile } from './Tile';
import { Value, type Part } from './Value';

// What the page measures latencies against: the project's objective is 95 % below 500 ms.
const goalsMs = { p50Ms: 250, p95Ms: 500, p99Ms: 1000 } as const;
type Quantile = keyof typeof goalsMs;
const quantiles: readonly Quantile[] = ['p50Ms', 'p95Ms', 'p99Ms'];

function readingOf(all: Snapshot, pair: string | null, quantile: Quantile): Reading<number> | undefined {
  return pair === null ? all.values[quantile] : all.pairs.get(pair)?.values[quantile];
}

function Bullet({ value, high, goal, old }: { value: number | null; high: number | null; goal: number; old: boolean }) {
  const x = (ms: number) => Math.min(Math.max(ms / (goal * 1.1), 0), 1) * 100;
  return (
    <svg class={`bullet ${old ? 'bullet-old' : ''}`} viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      <rect class="band-3" x="0" y="3" width={x(goal)} height="6" />
      <rect class="band-2" x="0" y="3" width={x(goal * 0.8)} height="6" />
      <rect class="band-1" x="0" y="3" width={x(goal * 0.5)} height="6" />
      {value !== null && <rect class={value > goal ? 'bar bar-over' : 'bar'} x="0" y="3" width={x(value)} height="6" />}
      {high !== null && <rect class="tick-high" x={x(high) - 0.3} y="1.5" width="0.6" height="9" />}
      <rect class="tick-goal" x={x(goal) - 0.4} y="0" width="0.8" height="12" />
    </svg>
  );
}

function QuantileFigure({ quantile, pair }: { quantile: Quantile; pair: string | null }) {
  const reading = readingOf(snapshot.value, pair, quantile);
  const high = highOf(history.points, quantileKey(quantile, pair));
  const goal = goalsMs[quantile];
  const value = reading?.value ?? null;
  return (
    <div class="quantile">
      <div class="quantile-line">
        <span class="quantile-name">{quantile.slice(0, 3)}</span>
        <Value of={reading} show={(ms) => [[formatMs(ms), 'ms']]} class="value-large" />
        <Age of={reading} />
      </div>
      <Bullet value={value} high={high} goal={goal} old={isOld(reading)} />
      <div class="quantile-notes">
        <span>15-min high {formatMs(high)}</span>
        <span class={value !== null && value > goal ? 'over' : ''}>goal {formatNumber(goal)}</span>
      </div>
    </div>
  );
}

const rate =
  (unit: string) =>
  (value: number): Part[] => [[formatRate(value), unit]];

function Counters({ values }: { values: Readings<Values> }) {
  const restarts = history.restartsMs.length;
  const note =
    restarts === 0
      ? 'since the engine started'
      : `engine restarted at ${formatClock(history.restartsMs[restarts - 1])}`;
  return (
    <div class="counters">
      <Tile name="Breaker trips" of={values.trips} show={rate('')} spark="trips" note={note} />
      <Tile name="Reconnects" of={values.reconnects} show={rate('')} spark="reconnects" note={note} />
      <Tile
        name="Trades, all pairs"
        of={values.tradesPerMin}
        show={rate('per min')}
        spark="tradesPerMin"
        note="over the last minute"
      />
    </div>
  );
}

// Whose data the panel shows: of a chosen pair its exchange, else all that take part.
function titleOf(pair: string | null): string {
  if (pair === null) return venueNames(exchanges.value);
  const exchange = exchangeOf(pair);
  return `${venueNames(exchange === null ? exchanges.value : [exchange])}, ${symbolOf(pair, exchange)}`;
}

function sentence(pair: string | null, all: Snapshot): string {
  const p95 = readingOf(all, pair, 'p95Ms');
  const link = all.values.wsStatus;
  const parts: string[] = [];
  if (p95?.value != null) {
    const ms = formatMs(p95.value);
    const is = isOld(p95) ? 'was' : 'is';
    const of = pair === null && exchanges.value.length > 1 ? 'All together: ' : '';
    parts.push(
      `${of}p95 ${is} ${ms} ms, ${p95.value > goalsMs.p95Ms ? 'above' : 'within'} the goal of ${goalsMs.p95Ms} ms.`,
    );
  } else {
    parts.push('No latency is known.');
  }
  if (link?.value != null) parts.push(`Link ${isOld(link) ? 'was ' : ''}${link.value}.`);
  const worst = all.values.latencyOf;
  if (pair === null && worst?.value != null) {
    parts.push(`Polled: of ${marketText(worst.value)}, the slowest.`);
  }
  return parts.join(' ');
}

function chartSentence(pair: string | null): string {
  const points = history.points.filter((point) => point.values[quantileKey('p95Ms', pair)] != null);
  const high = highOf(points, quantileKey('p95Ms', pair));
  const now = serverNow.peek();
  const first = points[0];
  if (now === null || first === undefined) return 'Latency of the last 15 minutes: no reading yet.';
  const gaps = gapsOf(history.points, now).filter((gap) => gap.fromMs >= first.atMs).length;
  const since = now - first.atMs < spanMs - 5_000 ? `since ${formatClock(first.atMs)}` : 'in 15 min';
  const gapWords = gaps === 0 ? 'no gaps' : plural(gaps, 'gap');
  return `${plural(points.length, 'reading')} ${since}, highest p95 ${formatMs(high)} ms, ${gapWords}.`;
}

function MinuteTable({ pair }: { pair: string | null }) {
  const rows = minuteRows(history.points, pair).map(({ atMs, values }) => ({ atMs, cells: values.map(formatMs) }));
  return <ChartTable name="Latency by minute" heads={quantiles.map((name) => `${name.slice(0, 3)} ms`)} rows={rows} />;
}

export function KrakenMetrics() {
  historyVersion.value;
  const [asTable, setAsTable] = useState(false);
  const all = snapshot.value;
  const pairs = [...all.pairs.keys()];
  const pair = resolvePair(askedPair.value, pairs);
  const exchange = pair === null ? null : exchangeOf(pair);
  const missing = pair !== null && all.values.p95Ms !== undefined && !all.pairs.has(pair);
  return (
    <section class="panel" aria-labelledby="kraken-title">
      <div class="panel-head">
        <h2 id="kraken-title">{titleOf(pair)}</h2>
        <p>{missing ? `The engine has no pair ${pair}.` : sentence(pair, all)}</p>
        <button type="button" class="quiet-button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Show as chart' : 'Show as table'}
        </button>
      </div>
      <div class="kraken">
        <div class="quantiles">
          {quantiles.map((quantile) => (
            <QuantileFigure key={quantile} quantile={quantile} pair={pair} />
          ))}
        </div>
        <figure class="chart-box">
          <figcaption>
            <span>Latency, exchange’s time stamp to receipt, ms</span>
            <span class="chart-sentence">{chartSentence(pair)}</span>
          </figcaption>
          {asTable ? <MinuteTable pair={pair} /> : <QuantileChart pair={pair} />}
        </figure>
        <Counters values={all.values} />
      </div>
      {pair !== null && exchange !== null && (
        <StoredPrices exchange={exchange} symbol={symbolOf(pair, exchange)} asTable={asTable} />
      )}
      <PairTable chosen={pair} />
    </section>
  );
}
