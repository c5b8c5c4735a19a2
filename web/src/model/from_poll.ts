// A poll's two answers → one observation. The scrape of /metrics has latencies and trades by the minute of Kraken
// alone; /api/v1/snapshot says what the event stream says, of every exchange, so that it goes before.

import type { Observation } from './observation';

// null: that answer did not come, or could not be read.
export function observationFromPoll(scrape: Observation | null, snapshot: Observation | null): Observation | null {
  if (snapshot === null) return scrape;
  return {
    atMs: snapshot.atMs,
    via: 'poll',
    values: { ...scrape?.values, ...snapshot.values },
    pairs: snapshot.pairsComplete ? snapshot.pairs : (scrape?.pairs ?? snapshot.pairs),
    pairsComplete: snapshot.pairsComplete || (scrape?.pairsComplete ?? false),
  };
}
