// What a polite live region says: changes only, and at most one in ten seconds.

export const quietMs = 10_000;

export class Announcer {
  private spokenMs = -Infinity;
  text = '';

  // sentence: how things stand at nowMs. → what the region holds.
  update(sentence: string, nowMs: number): string {
    if (sentence !== this.text && nowMs - this.spokenMs >= quietMs) {
      this.text = sentence;
      this.spokenMs = nowMs;
    }
    return this.text;
  }
}
