// The server's clock as this page knows it. The browser's wall clock is never used: server time is the page's
// monotonic clock plus a measured offset.
//
// A time stamped by the server before sending can only arrive late, so (stamp − arrival) is never more than the true
// offset, and the greatest recent one is the best estimate. An HTTP Date also bounds the offset from above, by the
// moment of the request: an estimate above that bound means the server's clock was set back.

const bucketMs = 60_000;
const buckets = 5;
const dateResolutionMs = 1000;
const dateSlackMs = 2000; // servers write the Date once and use it for a while

export class ServerClock {
  private lower: { bucket: number; offsetMs: number }[] = [];

  // serverMs: Unix milliseconds stamped by the server; arrivedMs: monotonic milliseconds of the page.
  onStamp(serverMs: number, arrivedMs: number): void {
    const bucket = Math.floor(arrivedMs / bucketMs);
    const offsetMs = serverMs - arrivedMs;
    const same = this.lower.find((entry) => entry.bucket === bucket);
    if (same === undefined) this.lower.push({ bucket, offsetMs });
    else same.offsetMs = Math.max(same.offsetMs, offsetMs);
    this.lower = this.lower.filter((entry) => entry.bucket > bucket - buckets);
  }

  // dateMs: the Date header of a response; when the request was sent and the response came, monotonic.
  // → true if the server's clock turns out to have been set back.
  onDate(dateMs: number, sentMs: number, arrivedMs: number): boolean {
    const upper = dateMs + dateResolutionMs - sentMs;
    const offset = this.offsetMs();
    const setBack = offset !== null && offset > upper + dateSlackMs;
    if (setBack) this.forget();
    this.onStamp(dateMs, arrivedMs);
    return setBack;
  }

  offsetMs(): number | null {
    if (this.lower.length === 0) return null;
    return Math.max(...this.lower.map((entry) => entry.offsetMs));
  }

  // Unix milliseconds on the server's clock, null before the first measurement.
  now(monotonicMs: number): number | null {
    const offset = this.offsetMs();
    return offset === null ? null : monotonicMs + offset;
  }

  // After the machine slept the monotonic clock may have stood still: nothing measured before holds.
  forget(): void {
    this.lower = [];
  }
}
