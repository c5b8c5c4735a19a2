// A market: its pair and, where several exchanges take part, whose it is.

import { symbolOf, venueName } from '../model/venues';
import { exchanges, snapshot } from '../store';

export function exchangeOf(market: string): string | null {
  return snapshot.value.pairs.get(market)?.values.exchange?.value ?? null;
}

// "BTC-USDT Kraken"
export function marketText(market: string): string {
  const exchange = exchangeOf(market);
  const symbol = symbolOf(market, exchange);
  return exchange === null || exchanges.value.length < 2 ? symbol : `${symbol} ${venueName(exchange)}`;
}

export function MarketName({ symbol, exchange }: { symbol: string; exchange: string | null }) {
  if (exchange === null || exchanges.value.length < 2) return <>{symbol}</>;
  return (
    <>
      {symbol} <small class="venue">{venueName(exchange)}</small>
    </>
  );
}
