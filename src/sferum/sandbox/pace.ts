import type { TokenKind } from './accounts.ts';

const WINDOW_MS = 1_000;

/**
 * VK's pace: so many requests of each token in any one second, by kind (user 3, community 20). A refused request
 * (error 6) runs nothing and does not count.
 * VK does not publish its window. A sliding one is the strictest that agrees with what is published.
 */
export class Pace {
  readonly perSecond: Record<TokenKind, number>;
  private readonly now: () => number;
  private readonly taken = new Map<string, number[]>();

  constructor(perSecond: Record<TokenKind, number>, now: () => number) {
    this.perSecond = perSecond;
    this.now = now;
  }

  /** Takes a place in the window. False: over the pace. */
  take(token: string, kind: TokenKind): boolean {
    const now = this.now();
    const times = this.taken.get(token) ?? [];
    while (times[0] !== undefined && times[0] <= now - WINDOW_MS) times.shift();
    if (times.length >= this.perSecond[kind]) return false;
    times.push(now);
    this.taken.set(token, times);
    return true;
  }
}
