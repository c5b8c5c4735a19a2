// One row for each pair; on a phone each row is a card.

import type { ComponentChildren } from 'preact';
import { formatExact, formatMs, formatRate, unknown } from '../format/number';
import { formatAge } from '../format/time';
import type { PairValues } from '../model/observation';
import type { Pair, Reading } from '../model/snapshot';
import { freshestStream, silenceShare, stateOf, streamLevels, worstStream } from '../model/subscriptions';
import { addressOf, choosePair } from '../pair';
import { isOld, snapshot } from '../store';
import { symbolOf } from '../model/venues';
import { Age, readingTitle } from './Age';
import { MarketName, marketText } from './MarketName';
import { State } from './StateMark';

// `lasting`: a setting rather than a measurement, it does not grow old.
export function Cell<T>({
  name,
  of,
  show,
  lasting = false,
  children,
}: {
  name: string;
  of: Reading<T> | undefined;
  show?: (value: T) => string;
  lasting?: boolean;
  children?: ComponentChildren;
}) {
  const old = !lasting && of?.value != null && isOld(of);
  const text = of?.value == null || show === undefined ? unknown : show(of.value);
  return (
    <td role="cell" data-name={name} title={readingTitle(of)}>
      <span class={old ? 'cell-old' : ''}>{children ?? text}</span>
    </td>
  );
}

export function StateCell({
  of,
  state,
  stream,
  meaning = '',
}: {
  of: Reading<unknown> | undefined;
  state: ReturnType<typeof stateOf>;
  stream: string | null;
  meaning?: string; // of the state, for those who point at it
}) {
  const old = isOld(of);
  const word = state === null ? unknown : old ? `was ${state}` : state;
  const title = `${stream === null ? '' : `${stream}: `}${word}${meaning}, ${readingTitle(of)}`;
  return (
    <td role="cell" data-name="State" class="left" title={title}>
      <State level={state === null || old ? 'unknown' : streamLevels[state]} word={word} title={title} />
    </td>
  );
}

export function ShareBar({ share, old }: { share: number | null; old: boolean }) {
  if (share === null) return <>{unknown}</>;
  const late = share > 1;
  return (
    <svg
      class={`share ${late ? 'share-late' : ''} ${old ? 'bullet-old' : ''}`}
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${Math.round(share * 100)} percent`}
    >
      <rect class="band-1" x="0" y="2" width="100" height="6" />
      <rect class="bar" x="0" y="2" width={Math.min(share / 1.25, 1) * 100} height="6" />
      <rect class="tick-goal" x="79.5" y="0" width="1" height="10" />
    </svg>
  );
}

const seconds = (value: number) => formatAge(value * 1000);
const rate = (value: number) => formatRate(value);

// In the pair's own money and, where there is room, in basis points of the last price.
function Spread({ values }: { values: Pair['values'] }) {
  const spread = values.spread?.value ?? null;
  const price = values.lastPrice?.value ?? null;
  const points = spread === null || price === null || price <= 0 ? null : (10_000 * spread) / price;
  return (
    <>
      {formatExact(spread)}
      {points !== null && <span class="points"> · {formatMs(points)} bp</span>}
    </>
  );
}

function PairRow({ name, pair, chosen }: { name: string; pair: Pair; chosen: boolean }) {
  const [worstName, worst] = worstStream(pair) ?? [null, undefined];
  const freshest = freshestStream(pair);
  const state = worst === undefined ? null : stateOf(worst);
  const exchange = pair.values.exchange?.value ?? null;
  const value = (key: Exclude<keyof PairValues, 'exchange'>) => pair.values[key];
  return (
    <tr role="row" class={chosen ? 'chosen' : ''}>
      <th role="rowheader" scope="row">
        <a
          href={addressOf(name)}
          title={marketText(name)}
          onClick={(event) => {
            event.preventDefault();
            choosePair(name);
          }}
        >
          <MarketName symbol={symbolOf(name, exchange)} exchange={exchange} />
        </a>
      </th>
      <StateCell of={worst?.state} state={state} stream={worstName} />
      <Cell name="Last data" of={freshest?.ageS} show={seconds} />
      <Cell name="Expected" of={freshest?.staleAfterS} show={seconds} lasting />
      <Cell name="Share of that" of={freshest?.ageS}>
        <ShareBar share={silenceShare(freshest)} old={isOld(freshest?.ageS)} />
      </Cell>
      <Cell name="Messages/s" of={value('messagesPerS')} show={rate} />
      <Cell name="p95 ms" of={value('p95Ms')} show={(ms) => formatMs(ms)} />
      <Cell name="Trades/min" of={value('tradesPerMin')} show={rate} />
      <Cell name="Last price" of={value('lastPrice')} show={(price) => formatExact(price)} />
      <Cell name="Spread" of={value('spread')}>
        <Spread values={pair.values} />
      </Cell>
    </tr>
  );
}

const heads = [
  'Pair',
  'State',
  'Last data',
  'Expected within',
  'Share of that',
  'Messages/s',
  'p95 ms',
  'Trades/min',
  'Last price',
  'Spread',
];

export function PairTable({ chosen }: { chosen: string | null }) {
  const pairs = [...snapshot.value.pairs];
  const first = pairs[0]?.[1];
  return (
    <div class="rows pair-rows">
      <div class="rows-head">
        <h3>Pairs</h3>
        <Age of={first?.values.p95Ms ?? (first === undefined ? undefined : worstStream(first)?.[1].state)} />
      </div>
      <table role="table" class="cards" aria-label="Pairs">
        <thead role="rowgroup">
          <tr role="row">
            {heads.map((name, index) => (
              <th role="columnheader" scope="col" key={name} class={index < 2 ? 'left' : ''}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {pairs.map(([name, pair]) => (
            <PairRow key={name} name={name} pair={pair} chosen={name === chosen} />
          ))}
          {pairs.length === 0 && (
            <tr role="row" class="none">
              <td role="cell" colSpan={heads.length} class="left">
                — no pair is known
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
