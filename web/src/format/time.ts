// Ages, spans and times of day. Days and hours are UTC.

import { formatNumber, unknown } from './number';

const pad = (value: number) => String(value).padStart(2, '0');

// "0.4 s", "44 s", "4 min 04 s", "3 h 12 min", "6 d 02 h". An age below zero is a reading from the server's next
// millisecond: zero.
export function formatAge(ms: number | null | undefined): string {
  if (ms == null || !Number.isFinite(ms)) return unknown;
  const tenths = Math.max(0, Math.floor(ms / 100));
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const s = Math.floor(tenths / 10);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${pad(s % 60)} s`;
  if (s < 48 * 3600) return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} min`;
  return `${formatNumber(Math.floor(s / 86400))} d ${pad(Math.floor((s % 86400) / 3600))} h`;
}

// The same in parts, for large figures with small units.
export function ageParts(ms: number | null | undefined): [string, string][] {
  const text = formatAge(ms);
  if (text === unknown) return [[unknown, '']];
  const words = text.split(' ');
  const parts: [string, string][] = [];
  for (let at = 0; at < words.length; at += 2) parts.push([words[at] as string, words[at + 1] as string]);
  return parts;
}

// "0:18"
export function formatCountdown(seconds: number | null): string {
  return seconds === null ? unknown : `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`;
}

// "14:32:07"
export function formatClock(ms: number | null | undefined): string {
  if (ms == null || !Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return unknown;
  const date = new Date(ms);
  return `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
}

// "14:32"
export function formatMinute(ms: number): string {
  return formatClock(ms).slice(0, 5);
}
