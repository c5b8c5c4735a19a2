// The library that draws charts. It comes after the values: who waits for a number does not wait for it.

import type uPlot from 'uplot';

// Where build.mjs put it.
declare const CHART_LIBRARY_URL: string;

const againMs = 5_000;
let library: Promise<typeof uPlot> | undefined;

// Goes on trying while the server does not answer.
export function chartLibrary(): Promise<typeof uPlot> {
  library ??= load();
  return library;
}

async function load(): Promise<typeof uPlot> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      // Browsers remember under which name a module could not be had.
      const loaded = (await import(attempt === 0 ? CHART_LIBRARY_URL : `${CHART_LIBRARY_URL}?${attempt}`)) as {
        default: typeof uPlot;
      };
      return loaded.default;
    } catch {
      await new Promise((again) => setTimeout(again, againMs));
    }
  }
}
