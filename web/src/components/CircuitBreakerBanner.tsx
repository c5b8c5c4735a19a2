// The circuit breaker, in a slot of fixed height: opening never pushes the page down under a finger.

import { useRef } from 'preact/hooks';
import { plural } from '../format/number';
import { formatAge, formatClock, formatCountdown } from '../format/time';
import { bannerOf, TripAlert, type Banner } from '../model/banner';
import { dismissedTripMs, isOld, lastTripMs, serverNow, snapshot } from '../store';
import { Age } from './Age';
import { StateMark, type Level } from './StateMark';

const levels: Record<Banner['kind'], Level> = {
  unknown: 'unknown',
  closed: 'ok',
  recent: 'warn',
  half_open: 'warn',
  open: 'bad',
};

function titleOf(kind: Banner['kind'], known: boolean, old: boolean): string {
  const is = old ? 'was ' : '';
  switch (kind) {
    case 'unknown':
      return 'Circuit breaker —';
    case 'closed':
      return `Circuit breaker ${is}closed`;
    case 'recent':
      return known ? 'Circuit breaker tripped, closed again' : 'Circuit breaker tripped';
    case 'half_open':
      return `Circuit breaker ${is}half-open`;
    case 'open':
      return `Circuit breaker ${is}OPEN`;
  }
}

function textOf(kind: Banner['kind'], reason: string | null, old: boolean): string {
  if (old) return 'No newer word from the engine.';
  switch (kind) {
    case 'unknown':
      return 'Its state is not known.';
    case 'closed':
      return 'The engine may connect.';
    case 'half_open':
      return 'One trial connection decides whether it closes or opens again.';
    case 'recent':
    case 'open':
      return reason ?? 'The engine names no reason.';
  }
}

function Fact({ name, value, strong = false }: { name: string; value: string; strong?: boolean }) {
  return (
    <span class={`fact ${strong ? 'fact-strong' : ''}`}>
      <span class="fact-name">{name}</span>
      <span class="fact-value">{value}</span>
    </span>
  );
}

function Facts({ banner }: { banner: Banner }) {
  const { trips } = snapshot.value.values;
  const tripMs = banner.tripMs;
  const forMs = tripMs === null || serverNow.value === null ? null : serverNow.value - tripMs;
  switch (banner.kind) {
    case 'open':
      return (
        <>
          <Fact name="since" value={formatClock(tripMs)} />
          <Fact name="for" value={formatAge(forMs)} />
          <Fact
            name="next attempt in"
            value={banner.nextProbeS === 0 ? 'now' : formatCountdown(banner.nextProbeS)}
            strong
          />
        </>
      );
    case 'half_open':
      return <Fact name="tripped" value={formatClock(tripMs)} />;
    case 'recent':
      return (
        <>
          <Fact name="tripped" value={formatClock(tripMs)} />
          <Fact name="hides in" value={`${banner.hidesInS} s`} />
          <button type="button" class="dismiss" onClick={() => (dismissedTripMs.value = tripMs)}>
            Dismiss
          </button>
        </>
      );
    default:
      return (
        <span class="banner-aside">
          {trips?.value == null ? 'trips —' : plural(trips.value, 'trip')}
          {tripMs === null ? '' : `, last at ${formatClock(tripMs)}`}
        </span>
      );
  }
}

export function CircuitBreakerBanner() {
  const alert = useRef(new TripAlert());
  const { breakerState, breakerOpenUntilMs, breakerReason } = snapshot.value.values;
  const banner = bannerOf({
    state: breakerState?.value ?? null,
    tripMs: lastTripMs.value,
    openUntilMs: breakerOpenUntilMs?.value ?? null,
    serverNowMs: serverNow.value,
    dismissedTripMs: dismissedTripMs.value,
  });
  const old = breakerState?.value != null && banner.kind !== 'recent' && isOld(breakerState);
  const title = titleOf(banner.kind, breakerState?.value != null, old);
  const text = textOf(banner.kind, breakerReason?.value ?? null, old);
  return (
    <section class={`banner banner-${banner.kind} ${old ? 'banner-old' : ''}`} aria-label="Circuit breaker">
      <StateMark level={old && banner.kind === 'closed' ? 'unknown' : levels[banner.kind]} />
      <div class="banner-words">
        <strong>{title}</strong>
        <span class="banner-text" title={text}>
          {text}
        </span>
      </div>
      <div class="banner-facts">
        <Facts banner={banner} />
      </div>
      <Age of={breakerState} class="banner-age" />
      <div role="alert" class="hidden-text">
        {alert.current.update(banner, `${title}. ${text}`)}
      </div>
    </section>
  );
}
