/** What happened to the world. `method` is VK's method, or `hand.…` for people acting by themselves. */
export type LedgerEntry = {
  atMs: number;
  method: string;
  effect: Effect;
  /** The account whose token did it. Null: a person in the messenger. */
  tokenOwner: number | null;
  /** The chat's global id. Null for calls. */
  chat: number | null;
  user?: number;
  /** The call_id of a started or finished call. */
  call?: string;
};

type Effect =
  | 'create'
  | 'add'
  | 'invite'
  | 'remove'
  | 'leave'
  | 'join'
  | 'rename'
  | 'promote'
  | 'demote'
  | 'clear'
  | 'reset-link'
  | 'call-start'
  | 'call-finish';

const DEFAULT_MAX_ENTRIES = 200_000;
/** Dropping a tenth at a time keeps the cost of a full ledger constant for each entry. */
const DROPPED_SHARE = 0.1;

/** Every effect in order. Beyond the bound the oldest are dropped. */
export class Ledger {
  readonly entries: LedgerEntry[] = [];
  private readonly maxEntries: number;

  constructor(maxEntries = DEFAULT_MAX_ENTRIES) {
    this.maxEntries = maxEntries;
  }

  add(entry: LedgerEntry): void {
    if (this.entries.length >= this.maxEntries)
      this.entries.splice(0, Math.ceil(this.maxEntries * DROPPED_SHARE));
    this.entries.push(entry);
  }

  of(effect: Effect): LedgerEntry[] {
    return this.entries.filter((entry) => entry.effect === effect);
  }
}

export type Stats = {
  requests: number;
  /** Calls by method, those inside execute included. */
  calls: Record<string, number>;
  /** Calls of methods that change something, and requests that carried at least one. */
  writes: number;
  requestsWithWrites: number;
  /** Requests refused with error 6. */
  tooFast: number;
  requestsByOwner: Record<string, number>;
};

/** Counts of nothing. */
export const emptyStats = (): Stats => ({
  requests: 0,
  calls: {},
  writes: 0,
  requestsWithWrites: 0,
  tooFast: 0,
  requestsByOwner: {},
});
