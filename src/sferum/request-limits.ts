/** VK's published limits of requests (rule 6), and how closely they are used. */

/** Requests a second by kind of token. */
export const DEFAULT_REQUESTS_PER_SECOND = { user: 3, community: 20 } as const;
/** Calls that one request carries. */
export const CALLS_PER_REQUEST = 25;
/** Chats that one look shows. */
export const CHATS_PER_LOOK = 100;

/**
 * How much wider slots are than VK asks. VK does not publish its window, and networks and busy machines jitter, by
 * milliseconds rather than by a share of the slot.
 */
const SLOT_SHARE = 1.03;
const SLOT_JITTER_MS = 4;

/** Gives the distance of a token's slots in milliseconds. */
export const slotIntervalMs = (requestsPerSecond: number): number =>
  Math.ceil((1_000 / requestsPerSecond) * SLOT_SHARE + SLOT_JITTER_MS);
