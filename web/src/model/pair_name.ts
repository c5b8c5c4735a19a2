// Names of pairs: "BTC-USD", where an exchange may say "BTC/USD".

export function pairName(symbol: string): string {
  return symbol.replace('/', '-');
}

// "BTC-USD" for "BTC-USD", "btc/usd" or "BTC"; what the engine does not have stays as it was asked.
export function resolvePair(asked: string | null, known: readonly string[]): string | null {
  if (asked === null) return null;
  const wanted = asked.replace('/', '-').toUpperCase();
  return (
    known.find((name) => name.toUpperCase() === wanted) ??
    known.find((name) => name.toUpperCase().split('-')[0] === wanted) ??
    asked
  );
}
