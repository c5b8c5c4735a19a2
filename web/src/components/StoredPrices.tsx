// The prices of a market as the engine stored them: also what was there before this page, or the engine's last start.

import { signal, type Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import { formatExact } from '../format/number';
import { formatMinute } from '../format/time';
import {
  fetchStored,
  historyUrl,
  priceColumns,
  storedSentence,
  type Asked,
  type PriceColumns,
} from '../model/stored';
import { Chart, colour, line } from './Chart';
import { ChartTable } from './ChartTable';

const againMs = 30_000;
const patienceMs = 10_000;

// Asked for when a market is chosen, and every half minute while somebody looks.
function useStored(url: string): Signal<Asked> {
  const asked = useMemo(() => signal<Asked>({ stored: null, why: null }), [url]);
  useEffect(() => {
    let gone = false;
    const ask = async () => {
      if (document.visibilityState === 'hidden') return;
      const answer = await fetchStored(url, AbortSignal.timeout(patienceMs));
      if (gone) return;
      asked.value =
        typeof answer === 'string' ? { ...asked.peek(), why: answer } : { stored: answer, why: null };
    };
    void ask();
    const timer = setInterval(() => void ask(), againMs);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [url]);
  return asked;
}

function tipLines(data: uPlot.AlignedData, at: number): string[] | null {
  const [times, high, low, close] = data as PriceColumns;
  if (close?.[at] == null) return null;
  return [
    `${formatMinute((times[at] as number) * 1000)} UTC`,
    `high ${formatExact(high?.[at])}`,
    `close ${formatExact(close[at])}`,
    `low ${formatExact(low?.[at])}`,
  ];
}

const options = {
  scales: { x: { time: true } },
  series: [
    {},
    line('high', 0, '--line-p99'),
    line('low', 0, '--line-p99'),
    line('close', 1.6, '--line-p95'),
  ],
  bands: [{ series: [1, 2] as [number, number], fill: () => colour('--band') }],
};

const columns = ['open', 'high', 'low', 'close', 'volume', 'trades'] as const;

export function StoredPrices({ exchange, symbol, asTable }: { exchange: string; symbol: string; asTable: boolean }) {
  const url = historyUrl(exchange, symbol);
  const asked = useStored(url);
  const candles = asked.value.stored?.candles ?? [];
  const sentence = storedSentence(asked.value);
  const data = () => priceColumns(asked.value.stored?.candles ?? []) as uPlot.AlignedData;
  const rows = () =>
    candles
      .map((candle) => ({ atMs: candle.beginMs, cells: columns.map((name) => formatExact(candle[name])) }))
      .reverse();
  return (
    <figure class="chart-box stored">
      <figcaption>
        <span>
          Stored prices: high, low and close by minute (<a href={url}>JSON</a>)
        </span>
        <span class="chart-sentence" title={sentence}>
          {sentence}
        </span>
      </figcaption>
      {candles.length > 0 &&
        (asTable ? (
          <ChartTable name="Stored prices by minute" heads={columns} rows={rows()} />
        ) : (
          <Chart height={160} numbersPx={68} options={options} data={data} tip={tipLines} of={asked} />
        ))}
    </figure>
  );
}
