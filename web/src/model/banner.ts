// What the circuit-breaker banner says. It knows trips by the server's time of the last one, so a page that loads, a
// counter that restarts or a machine that slept cannot make a trip up.

import type { BreakerState } from './observation';
import type { Snapshot } from './snapshot';

export const recentMs = 60_000;

export type BannerKind = 'unknown' | 'closed' | 'recent' | 'half_open' | 'open';

export interface Banner {
  kind: BannerKind;
  tripMs: number | null; // server time of the last trip
  nextProbeS: number | null; // open: until the next attempt
  hidesInS: number | null; // recent: until the banner goes by itself
}

export interface BannerInput {
  state: BreakerState | null;
  tripMs: number | null;
  openUntilMs: number | null;
  serverNowMs: number | null;
  dismissedTripMs: number | null; // the trip whose banner the reader sent away
}

export function bannerOf(input: BannerInput): Banner {
  const { state, tripMs, serverNowMs } = input;
  const plain = { tripMs, nextProbeS: null, hidesInS: null };
  if (state === 'half_open') return { kind: 'half_open', ...plain };
  if (state === 'open') {
    const left = input.openUntilMs === null || serverNowMs === null ? null : input.openUntilMs - serverNowMs;
    return { kind: 'open', ...plain, nextProbeS: left === null ? null : Math.max(0, Math.ceil(left / 1000)) };
  }
  const sinceMs = tripMs === null || serverNowMs === null ? null : serverNowMs - tripMs;
  if (sinceMs === null || sinceMs >= recentMs || tripMs === input.dismissedTripMs) {
    return { kind: state ?? 'unknown', ...plain };
  }
  const hidesInS = Math.min(Math.ceil((recentMs - sinceMs) / 1000), recentMs / 1000);
  return { kind: 'recent', ...plain, hidesInS };
}

// A server that counts trips but does not date them: the answer in which the count grew dates the trip.
export function tripSeen(before: Snapshot, after: Snapshot): number | null {
  const old = before.values;
  const now = after.values;
  if (now.lastTripMs?.value != null || old.trips?.value == null || now.trips?.value == null) return null;
  if (now.uptimeS?.value != null && now.uptimeS.value < (old.uptimeS?.value ?? 0)) return null;
  return now.trips.value > old.trips.value ? now.trips.atMs : null;
}

// What an alert says, once for each trip: assistive technology hears a new text, not each second's countdown. With the
// alert its text goes, or a reader would find an old trip there.
export class TripAlert {
  private saidTripMs: number | null | undefined; // null: of a trip without a date
  text = '';

  update(banner: Banner, sentence: string): string {
    const loud = banner.kind === 'open' || banner.kind === 'recent';
    if (loud && banner.tripMs !== this.saidTripMs) {
      this.saidTripMs = banner.tripMs;
      this.text = sentence;
    } else if (!loud && banner.kind !== 'half_open') {
      if (this.saidTripMs === null) this.saidTripMs = undefined;
      this.text = '';
    }
    return this.text;
  }
}
