import type { Pace } from '../../src/sferum/gateway.ts';

/**
 * Keeps the pace of tokens within one process. A slot is reserved at once and never given back, so slots stay evenly
 * spaced. While a token is paused no slot is reserved.
 */
export function createMemoryPace(now: () => number): Pace {
  const nextSlotAt = new Map<string, number>();
  const pausedUntil = new Map<string, number>();
  return {
    async reserve(key, intervalMs) {
      const at = now();
      const pausedForMs = Math.max(0, (pausedUntil.get(key) ?? 0) - at);
      if (pausedForMs > 0) return { waitMs: 0, pausedForMs };
      const slotAt = Math.max(at, nextSlotAt.get(key) ?? 0);
      nextSlotAt.set(key, slotAt + intervalMs);
      return { waitMs: slotAt - at, pausedForMs: 0 };
    },
    async pause(key, forMs) {
      pausedUntil.set(key, Math.max(pausedUntil.get(key) ?? 0, now() + forMs));
    },
  };
}
