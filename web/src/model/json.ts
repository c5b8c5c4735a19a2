// Reading JSON that anybody may have written: what has the wrong type is unknown, never converted.

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function atLeastZero(value: unknown): number | null {
  const number = numberOf(value);
  return number === null || number < 0 ? null : number;
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
