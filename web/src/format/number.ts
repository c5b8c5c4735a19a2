// Numbers as people read them: thin spaces between thousands, a true minus, "—" for what is not known.

export const unknown = '—';
const thin = '\u202f';
const minus = '\u2212';

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, thin);
}

function dress(plain: string): string {
  const [whole = '', fraction] = plain.replace('-', '').split('.');
  const sign = plain.startsWith('-') && /[1-9]/.test(plain) ? minus : '';
  return `${sign}${group(whole)}${fraction === undefined ? '' : `.${fraction}`}`;
}

export function formatNumber(value: number | null | undefined, decimals = 0): string {
  if (value == null || !Number.isFinite(value)) return unknown;
  if (Math.abs(value) >= 1e15) return value.toExponential(3).replace('-', minus);
  return dress(value.toFixed(decimals));
}

// Milliseconds, two or three significant digits: 0.42, 8.3, 72, 1 204.
export function formatMs(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return unknown;
  const size = Math.abs(value);
  return formatNumber(value, size < 1 ? 2 : size < 10 ? 1 : 0);
}

// Counts and rates: a decimal only where it tells something.
export function formatRate(value: number | null | undefined): string {
  if (value == null) return unknown;
  return formatNumber(value, Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 1);
}

// A share of 1 in percent. What is not all never reads 100: it is cut, not rounded.
export function formatShare(share: number | null | undefined): string {
  if (share == null || !Number.isFinite(share)) return unknown;
  if (share >= 1) return '100';
  return formatNumber(Math.min(Math.floor(share * 1e5 + 1e-6), 99_999) / 1e3, 3);
}

// Of a scale: as many decimals as the tick has.
export function formatTick(value: number): string {
  return dress(String(Number(value.toPrecision(6))));
}

// A price keeps every digit the server sent.
export function formatExact(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return unknown;
  const plain = String(value);
  if (!plain.includes('e')) return dress(plain);
  return Math.abs(value) < 1 ? dress(value.toFixed(12).replace(/0+$/, '')) : formatNumber(value);
}

// → [number, unit]
export function formatBytes(value: number | null | undefined): [string, string] {
  if (value == null || !Number.isFinite(value)) return [unknown, ''];
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let scaled = value;
  let unit = 0;
  while (Math.abs(scaled) >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return [formatNumber(scaled, unit === 0 || scaled >= 100 ? 0 : 1), units[unit] as string];
}

export function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}
