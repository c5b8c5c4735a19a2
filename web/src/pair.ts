// The chosen pair lives in the address, ?pair=BTC-USD, so that it can be linked and survives a reload.

import { signal } from '@preact/signals';

function fromAddress(): string | null {
  const asked = new URLSearchParams(location.search).get('pair');
  return asked === null || asked === '' || asked.toLowerCase() === 'all' ? null : asked.slice(0, 64);
}

export const askedPair = signal<string | null>(fromAddress());

addEventListener('popstate', () => {
  askedPair.value = fromAddress();
});

export function addressOf(pair: string | null): string {
  const query = new URLSearchParams(location.search);
  if (pair === null) query.delete('pair');
  else query.set('pair', pair);
  const text = query.toString();
  return text === '' ? location.pathname : `${location.pathname}?${text}`;
}

export function choosePair(pair: string | null): void {
  if (pair === askedPair.value) return;
  window.history.pushState(null, '', addressOf(pair));
  askedPair.value = pair;
}
