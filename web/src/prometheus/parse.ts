// Reader for the Prometheus text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
// A line that breaks the format is counted and skipped: the others are still true.

export interface Sample {
  name: string;
  labels: ReadonlyMap<string, string>;
  value: number; // may be NaN or ±Infinity
  timestampMs: number | null;
}

export interface Exposition {
  samples: Sample[];
  badLines: number;
}

const namePattern = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const labelNamePattern = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const blankPattern = /[ \t]*/y;
const wordPattern = /[^ \t]+/y;
const decimalPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

// A line under the reader's finger; every step says whether it succeeded.
class Line {
  at = 0;
  constructor(readonly text: string) {}

  match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }

  skipBlanks(): void {
    this.match(blankPattern);
  }

  take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  atEnd(): boolean {
    return this.at >= this.text.length;
  }

  // "…" with \\, \" and \n; any other escape stays as it was written, as Prometheus reads it.
  quoted(): string | null {
    if (!this.take('"')) return null;
    let value = '';
    while (!this.atEnd()) {
      const char = this.text[this.at++] as string;
      if (char === '"') return value;
      if (char !== '\\') {
        value += char;
        continue;
      }
      const escaped = this.text[this.at++];
      if (escaped === undefined) return null;
      value += escaped === 'n' ? '\n' : escaped === '"' || escaped === '\\' ? escaped : `\\${escaped}`;
    }
    return null;
  }
}

function parseLabels(line: Line): Map<string, string> | null {
  const labels = new Map<string, string>();
  if (!line.take('{')) return labels;
  for (;;) {
    line.skipBlanks();
    if (line.take('}')) return labels;
    const name = line.match(labelNamePattern);
    line.skipBlanks();
    if (name === null || labels.has(name) || !line.take('=')) return null;
    line.skipBlanks();
    const value = line.quoted();
    if (value === null) return null;
    labels.set(name, value);
    line.skipBlanks();
    if (!line.take(',')) return line.take('}') ? labels : null;
  }
}

function parseValue(word: string): number | null {
  if (decimalPattern.test(word)) return Number(word);
  const lower = word.toLowerCase();
  if (lower === 'nan') return NaN;
  if (/^\+?inf(inity)?$/.test(lower)) return Infinity;
  if (/^-inf(inity)?$/.test(lower)) return -Infinity;
  return null;
}

function parseSample(text: string): Sample | null {
  const line = new Line(text);
  line.skipBlanks();
  const name = line.match(namePattern);
  if (name === null) return null;
  line.skipBlanks();
  const labels = parseLabels(line);
  if (labels === null) return null;
  line.skipBlanks();
  const word = line.match(wordPattern);
  const value = word === null ? null : parseValue(word);
  if (value === null) return null;
  line.skipBlanks();
  const stamp = line.match(wordPattern);
  line.skipBlanks();
  if (!line.atEnd() || (stamp !== null && !/^-?\d+$/.test(stamp))) return null;
  return { name, labels, value, timestampMs: stamp === null ? null : Number(stamp) };
}

export function parseExposition(text: string): Exposition {
  const samples: Sample[] = [];
  let badLines = 0;
  for (const raw of text.split('\n')) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const sample = parseSample(line);
    if (sample === null) badLines += 1;
    else samples.push(sample);
  }
  return { samples, badLines };
}
