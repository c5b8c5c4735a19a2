// Facts about the engine that change only when it restarts: /api/v1/status.

export interface Status {
  version: string | null;
  commit: string | null;
  instance: string | null;
  seed: number | null;
  exchanges: string[];
}

export const emptyStatus: Status = { version: null, commit: null, instance: null, seed: null, exchanges: [] };

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

export function parseStatus(json: unknown): Status | null {
  if (typeof json !== 'object' || json === null) return null;
  const body = json as Record<string, unknown>;
  const venues: unknown[] = Array.isArray(body['venues']) ? body['venues'].slice(0, 8) : [];
  const exchanges = venues.map((venue) => text((venue as Record<string, unknown> | null)?.['exchange']));
  const seed = body['seed'];
  return {
    version: text(body['version']),
    commit: text(body['commit']),
    instance: text(body['instance']),
    seed: typeof seed === 'number' && Number.isFinite(seed) ? seed : null,
    exchanges: exchanges.filter((name) => name !== null),
  };
}

// null: no usable answer; what was known before stays.
export async function fetchStatus(): Promise<Status | null> {
  try {
    const response = await fetch('/api/v1/status', { cache: 'no-store', signal: AbortSignal.timeout(10_000) });
    return response.ok ? parseStatus(await response.json()) : null;
  } catch {
    return null;
  }
}
