// One line of chips of fixed width: label and age above, shape and word and one fact below. The worst of them decides
// the page's icon and title.

import { useEffect } from 'preact/hooks';
import {
  breakerChip,
  exchangeChip,
  feedsChip,
  transportChip,
  was,
  worst,
  type Chip,
} from '../model/chips';
import type { Reading } from '../model/snapshot';
import { isOld, pageNow, serverNow, snapshot, transport } from '../store';
import { Age } from './Age';
import { State } from './StateMark';

declare const ICON_URLS: Record<'ok' | 'warn' | 'bad' | 'unknown', string>;

const icons = { ok: 'ok', off: 'ok', pending: 'warn', warn: 'warn', bad: 'bad', unknown: 'unknown' } as const;
const titleMarks = { ok: '', warn: '▲ ', bad: '✕ ', unknown: '○ ' } as const;

function ChipBox({ name, chip, of }: { name: string; chip: Chip; of: Reading<unknown> | undefined }) {
  return (
    <div class="chip" role="group" aria-label={name}>
      <span class="chip-name">{name}</span>
      <Age of={of} />
      <span class="chip-state">
        <State level={chip.level} word={chip.word} />
        <span class="chip-fact" title={chip.fact}>
          {chip.fact}
        </span>
      </span>
    </div>
  );
}

export function chips(): { name: string; chip: Chip; of: Reading<unknown> | undefined }[] {
  const { venueStatus, subscriptions, breakerState, trips } = snapshot.value.values;
  const state = transport.value;
  const newest = state.newestDataMs;
  const dataAge = newest === null || serverNow.value === null ? null : serverNow.value - newest;
  const data: Reading<string> | undefined =
    newest === null ? undefined : { value: '', atMs: newest, via: state.streamData ? 'stream' : 'poll' };
  const exchange = was(exchangeChip(venueStatus?.value ?? null), isOld(venueStatus));
  const feeds = was(feedsChip(subscriptions?.value ?? null), isOld(subscriptions));
  const breaker = was(breakerChip(breakerState?.value ?? null, trips?.value ?? null), isOld(breakerState));
  return [
    { name: 'Transport', chip: transportChip(state, pageNow.value, dataAge), of: data },
    { name: 'Exchange', chip: exchange, of: venueStatus },
    { name: 'Feeds', chip: feeds, of: subscriptions },
    { name: 'Breaker', chip: breaker, of: breakerState },
  ];
}

export function StatusStrip() {
  const all = chips();
  const level = icons[worst(all.map(({ chip }) => chip.level))];
  const word = all[0]?.chip.word ?? '';
  useEffect(() => {
    document.title = `${titleMarks[level]}${word} · tickwitness`;
    const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    if (icon !== null && !icon.href.endsWith(ICON_URLS[level])) icon.href = ICON_URLS[level];
  }, [level, word]);
  return (
    <section class="strip" aria-label="Status">
      {all.map((entry) => (
        <ChipBox key={entry.name} {...entry} />
      ))}
    </section>
  );
}
