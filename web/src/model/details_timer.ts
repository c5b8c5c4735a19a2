// When to ask for the details: now and then, and soon after what the stream counts has changed.

import type { Losses } from './losses';

const everyMs = 15_000;
const soonestMs = 1_000;

export class DetailsTimer {
  private busy = false;
  private askedMs = -Infinity;
  private asked = '';

  // Whether to ask now; end() says that the answer came, or did not.
  begin(nowMs: number, { gapsOpen, booksQuarantined }: Losses): boolean {
    const counts = `${gapsOpen} ${booksQuarantined}`;
    const wait = counts === this.asked ? everyMs : soonestMs;
    if (this.busy || nowMs - this.askedMs < wait) return false;
    this.busy = true;
    this.askedMs = nowMs;
    this.asked = counts;
    return true;
  }

  end(): void {
    this.busy = false;
  }
}
