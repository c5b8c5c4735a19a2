// What the engine has stored of a market, /api/v1/history: candles of one minute. They survive a restart of the engine.

import { formatExact, plural } from '../format/number';
import { formatMinute } from '../format/time';
import { isObject, numberOf, textOf, type Json } from './json';

export const intervalMs = 60_000;
export const maxCandles = 240;

export interface Candle {
  beginMs: number; // Unix ms
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
  trades: number | null;
}

export interface Stored {
  candles: Candle[]; // oldest first
  more: boolean; // older ones are stored too
}

// The last answer that was one, and what came of the question after it.
export interface Asked {
  stored: Stored | null;
  why: string | null; // it failed; null: it did not, or was not asked yet
}

export function historyUrl(exchange: string, symbol: string): string {
  const [venue, market] = [exchange, symbol].map(encodeURIComponent);
  return `/api/v1/history?exchange=${venue}&symbol=${market}&kind=candles&interval=1&limit=${maxCandles}`;
}

function candleOf(json: Json): Candle | null {
  const beginMs = Date.parse((textOf(json['begin']) ?? '').replace(/(\.\d{3})\d*Z$/, '$1Z'));
  const [open, high, low, close] = ['open', 'high', 'low', 'close'].map((name) => numberOf(json[name]));
  if (Number.isNaN(beginMs) || open == null || high == null || low == null || close == null) return null;
  return { beginMs, open, high, low, close, volume: numberOf(json['volume']), trades: numberOf(json['trades']) };
}

// A text says what is wrong with it.
export function parseStored(body: unknown): Stored | string {
  const rows = isObject(body) ? body['rows'] : null;
  if (!isObject(body) || !Array.isArray(rows)) return 'The answer is not a list of rows.';
  const candles = (rows as unknown[])
    .slice(-maxCandles)
    .map((row) => (isObject(row) ? candleOf(row) : null))
    .filter((candle) => candle !== null);
  if (candles.length < Math.min(rows.length, maxCandles)) return 'A row of the answer is no candle.';
  if (candles.some(({ beginMs }, at) => at > 0 && beginMs <= (candles[at - 1] as Candle).beginMs))
    return 'The rows of the answer are not in order.';
  return { candles, more: body['more'] === true || rows.length > maxCandles };
}

// Never throws: a text says why there is no answer.
export async function fetchStored(url: string, signal: AbortSignal): Promise<Stored | string> {
  try {
    const response = await fetch(url, { cache: 'no-store', signal });
    if (response.ok) return parseStored(await response.json());
    const said = (await response.text()).trim();
    return said === '' || said.startsWith('<') ? `The server said ${response.status}.` : said;
  } catch {
    return 'The server did not answer.';
  }
}

// uPlot's columns: times (s), high, low, close. A minute of which nothing is stored ends the line.
export type PriceColumns = [number[], ...(number | null)[][]];

export function priceColumns(candles: readonly Candle[]): PriceColumns {
  const columns: PriceColumns = [[], [], [], []];
  const row = (atMs: number, cells: readonly (number | null)[]) => {
    columns[0].push(atMs / 1000);
    cells.forEach((cell, index) => (columns[index + 1] as (number | null)[]).push(cell));
  };
  candles.forEach(({ beginMs, high, low, close }, at) => {
    const before = candles[at - 1];
    if (before !== undefined && beginMs - before.beginMs > intervalMs)
      row(before.beginMs + intervalMs, [null, null, null]);
    row(beginMs, [high, low, close]);
  });
  return columns;
}

// What there is, for who does not see the chart.
export function storedSentence({ stored, why }: Asked): string {
  if (stored === null) return why === null ? 'Asking the engine.' : `Not known: ${why}`;
  const since = why === null ? '' : ` Since then: ${why}`;
  const { candles, more } = stored;
  const first = candles[0];
  const last = candles[candles.length - 1];
  if (first === undefined || last === undefined) return `Nothing is stored of it yet.${since}`;
  const endMs = last.beginMs + intervalMs;
  const missing = (endMs - first.beginMs) / intervalMs - candles.length;
  return (
    `${plural(candles.length, 'minute')} from ${formatMinute(first.beginMs)} to ${formatMinute(endMs)}, ` +
    `${formatExact(Math.min(...candles.map(({ low }) => low)))} to ` +
    `${formatExact(Math.max(...candles.map(({ high }) => high)))}, ${missing === 0 ? 'none' : missing} missing, ` +
    `${more ? 'older ones are stored too' : 'all there is'}.${since}`
  );
}
