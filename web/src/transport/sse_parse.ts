// Reader for an event stream (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream),
// fed with text as it arrives. Bounded: a line or event that grows past the limit throws, and the caller reconnects.

export interface ServerEvent {
  id: string | null;
  event: string;
  data: string;
}

const maxChars = 1 << 20;

export class EventStreamParser {
  private rest = '';
  private started = false;
  private id: string | null = null;
  private event = '';
  private data: string[] = [];
  private size = 0;

  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    this.rest += text;
    if (!this.started && this.rest !== '') {
      this.started = true;
      if (this.rest.startsWith('\uFEFF')) this.rest = this.rest.slice(1);
    }
    let from = 0;
    for (;;) {
      const end = this.lineEnd(from);
      if (end === null) break;
      const done = this.line(this.rest.slice(from, end.at));
      if (done !== null) events.push(done);
      from = end.next;
    }
    this.rest = this.rest.slice(from);
    if (this.rest.length + this.size > maxChars) throw new Error('event stream: event too long');
    return events;
  }

  // A line ends with \n, \r or \r\n. A \r that is the last character waits: \n may follow.
  private lineEnd(from: number): { at: number; next: number } | null {
    for (let at = from; at < this.rest.length; at++) {
      const char = this.rest[at];
      if (char === '\n') return { at, next: at + 1 };
      if (char !== '\r') continue;
      if (at + 1 === this.rest.length) return null;
      return { at, next: this.rest[at + 1] === '\n' ? at + 2 : at + 1 };
    }
    return null;
  }

  private line(line: string): ServerEvent | null {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    if (field === 'event') this.event = value;
    if (field === 'id' && !value.includes('\0')) this.id = value;
    if (field === 'data') {
      this.data.push(value);
      this.size += value.length + 1;
    }
    return null;
  }

  private dispatch(): ServerEvent | null {
    const complete =
      this.data.length === 0 ? null : { id: this.id, event: this.event || 'message', data: this.data.join('\n') };
    this.event = '';
    this.data = [];
    this.size = 0;
    return complete;
  }
}
