// What the page shows, as signals. A hidden page keeps collecting and stops drawing: signals change only when seen.

import { batch, computed, signal } from '@preact/signals';
import { tripSeen } from './model/banner';
import { chipsOf } from './model/chips';
import { fetchDetails, type Details } from './model/details';
import { History } from './model/history';
import { lossesOf } from './model/losses';
import type { Observation } from './model/observation';
import { Ribbons } from './model/ribbons';
import { DetailsTimer } from './model/details_timer';
import { ageAt, emptySnapshot, isOldAt, withObservation, type Reading, type Snapshot } from './model/snapshot';
import { emptyStatus, fetchStatus, type Status } from './model/status';
import { showTitle } from './title';
import { Driver } from './transport/driver';
import { initialState, type TransportState } from './transport/machine';

export const snapshot = signal<Snapshot>(emptySnapshot);
export const transport = signal<TransportState>(initialState(performance.now()));
export const serverNow = signal<number | null>(null); // Unix ms by the server's clock
export const pageNow = signal(performance.now()); // monotonic ms, for countdowns of the page's own doings
export const status = signal<Status>(emptyStatus);
export const details = signal<Reading<Details> | undefined>(undefined);
export const historyVersion = signal(0);
export const dismissedTripMs = signal<number | null>(null);

export const history = new History();
export const ribbons = new Ribbons();

const detailsTimer = new DetailsTimer();
let current: Snapshot = emptySnapshot;
let inferredTripMs: number | null = null;
let state = transport.peek();

// Server time of the last trip: as the server dates it, or as the page saw the count grow.
export const lastTripMs = computed(() => {
  const dated = snapshot.value.values.lastTripMs?.value;
  return dated ?? inferredTripMs;
});

// Those that take part: as the newest answer names them, else as /api/v1/status did.
export const exchanges = computed(() => {
  const venues = snapshot.value.values.venues?.value;
  return venues == null ? status.value.exchanges : venues.map(({ exchange }) => exchange);
});

export const ageMs = (reading: Reading<unknown> | undefined) => ageAt(reading, serverNow.value);
export const isOld = (reading: Reading<unknown> | undefined) => isOldAt(reading, serverNow.value);

function publish(): void {
  const nowMs = performance.now();
  const serverNowMs = driver.clock.now(nowMs);
  // Title and icon are what is seen of a page in the background.
  showTitle(chipsOf({ snapshot: current, transport: state, serverNowMs, pageNowMs: nowMs }));
  if (document.visibilityState === 'hidden') return;
  batch(() => {
    pageNow.value = nowMs;
    serverNow.value = serverNowMs;
    transport.value = state;
    if (snapshot.value !== current) {
      snapshot.value = current;
      historyVersion.value += 1;
    }
  });
}

export const driver = new Driver({
  observed(seen: Observation) {
    const next = withObservation(current, seen);
    inferredTripMs = tripSeen(current, next) ?? inferredTripMs;
    const restarts = history.restartsMs.length;
    history.add(seen);
    ribbons.add(seen);
    if (history.restartsMs.length > restarts) void refreshStatus();
    current = next;
    void refreshDetails();
  },
  changed(next: TransportState) {
    state = next;
    publish();
  },
  clockSetBack() {
    current = emptySnapshot;
    details.value = undefined;
    inferredTripMs = null;
    history.clear();
    ribbons.clear();
  },
  connected() {
    void refreshStatus();
  },
});

// Nobody sees a hidden page's details; the first observation after it is shown asks again.
async function refreshDetails(): Promise<void> {
  if (document.visibilityState === 'hidden') return;
  if (!detailsTimer.begin(performance.now(), lossesOf(current))) return;
  const fetched = await fetchDetails();
  detailsTimer.end();
  if (fetched !== null) details.value = { value: fetched.details, atMs: fetched.atMs, via: 'api' };
}

async function refreshStatus(): Promise<void> {
  const fetched = await fetchStatus();
  if (fetched !== null) status.value = fetched;
}

export function start(): void {
  void refreshStatus();
  driver.start();
  document.addEventListener('visibilitychange', publish);
}
