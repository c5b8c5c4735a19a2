// The worst of the chips decides the page's icon and title.

import { worst, type NamedChip } from './model/chips';

declare const ICON_URLS: Record<'ok' | 'warn' | 'bad' | 'unknown', string>;

const icons = { ok: 'ok', off: 'ok', pending: 'warn', warn: 'warn', bad: 'bad', unknown: 'unknown' } as const;
const marks = { ok: '', warn: '▲ ', bad: '✕ ', unknown: '○ ' } as const;

// The first chip is the transport's: its word stands in the title.
export function showTitle(chips: readonly NamedChip[]): void {
  const level = icons[worst(chips.map(({ chip }) => chip.level))];
  const title = `${marks[level]}${chips[0]?.chip.word ?? ''} · tickwitness`;
  if (document.title !== title) document.title = title;
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  if (icon !== null && icon.getAttribute('href') !== ICON_URLS[level]) icon.href = ICON_URLS[level];
}
