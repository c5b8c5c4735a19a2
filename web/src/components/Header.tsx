// Name, pair selector, theme, and the server's clock.

import { useEffect, useState } from 'preact/hooks';
import { formatClock, formatAge } from '../format/time';
import { resolvePair } from '../model/pair_name';
import { symbolOf } from '../model/venues';
import { addressOf, askedPair, choosePair } from '../pair';
import { exchangeOf, marketText } from './MarketName';
import { serverNow, snapshot } from '../store';
import { chooseTheme, currentTheme } from '../theme';

// As little as tells it from the others: "ETH", "ETH-USDT", "BTC-USDT Binance".
export function shortName(pair: string, all: readonly string[]): string {
  const symbol = symbolOf(pair, exchangeOf(pair));
  const base = symbol.split('-')[0] ?? symbol;
  if (all.filter((name) => name.split('-')[0] === base).length === 1) return base;
  return symbol === pair ? symbol : marketText(pair);
}

function PairSelector() {
  const pairs = [...snapshot.value.pairs.keys()];
  const chosen = resolvePair(askedPair.value, pairs);
  const options = chosen === null || pairs.includes(chosen) ? pairs : [...pairs, chosen];
  const link = (pair: string | null, label: string) => (
    <a
      key={label}
      href={addressOf(pair)}
      title={pair === null ? 'All pairs' : marketText(pair)}
      aria-current={pair === chosen ? 'true' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        choosePair(pair);
      }}
    >
      {label}
    </a>
  );
  return (
    <nav class="pairs" aria-label="Pair">
      {link(null, 'All')}
      {options.map((pair) => link(pair, shortName(pair, options)))}
    </nav>
  );
}

function ThemeButton() {
  const [theme, setTheme] = useState(currentTheme);
  useEffect(() => {
    const follow = () => setTheme(currentTheme());
    addEventListener('themechange', follow);
    return () => removeEventListener('themechange', follow);
  }, []);
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button type="button" class="quiet-button" onClick={() => chooseTheme(other)}>
      {other === 'dark' ? 'Dark' : 'Light'} theme
    </button>
  );
}

// The difference is only told, never used: a browser's clock may be hours off.
function ClockOffset() {
  if (serverNow.value === null) return null;
  const offset = Date.now() - serverNow.value;
  if (Math.abs(offset) < 2_000) return null;
  const words = `${formatAge(Math.abs(offset))} ${offset < 0 ? 'behind' : 'ahead of'} the server`;
  return (
    <span class="offset" title="Ages on this page use the server’s clock.">
      this device’s clock is {words}
    </span>
  );
}

export function Header() {
  return (
    <header class="header">
      <h1 class="wordmark">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M2 13h4l3-8 4 14 3-9 2 3h4" />
        </svg>
        tickwitness
      </h1>
      <PairSelector />
      <div class="header-right">
        <ClockOffset />
        <ThemeButton />
        <time class="clock" title="The server’s clock">
          {formatClock(serverNow.value)} <small>UTC</small>
        </time>
      </div>
    </header>
  );
}
