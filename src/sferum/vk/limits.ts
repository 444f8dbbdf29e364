/** Every bound of the adapter, with its unit. Sources: VK's published limits, the rest chosen and measured. */
export interface VkLimits {
  /** A request not answered by then is given up; its outcome is unknown. */
  requestTimeoutMs: number;
  /** VK: calls in one `execute`. */
  callsPerRequest: number;
  /** Length of one program, UTF-8. VK publishes none; far below what a form body may hold. */
  codeBytes: number;
  /** Expected size of one answer; VK refuses at 5 MB with error 13. */
  replyBytes: number;
  /** Requests of one token under way at once: bounds memory when VK stops answering. */
  requestsInFlight: number;
  /** How long bulk calls wait for company at rest … */
  bulkLingerMs: number;
  /** … and while an answer is under way that may bring more of them. */
  bulkLingerInFlightMs: number;
  /** Bulk calls older than this are given `bulkShare` places of every request that urgent calls fill. */
  bulkStarvedMs: number;
  bulkShare: number;
  /** Tries of a repeatable call in all, the first included. */
  attempts: number;
  /** Pause before the second try; doubles up to the cap, half of it at random. */
  retryBaseMs: number;
  retryCapMs: number;
  /** Error 6 in a row on one call before it is handed back as never run. */
  tooFastRounds: number;
  /** Time-outs in a row of one method, while others answer, that open its circuit … */
  hangsInARow: number;
  /** … for this long. */
  hangPauseMs: number;
  /** How long closing waits for answers under way. */
  closeMs: number;
}

export const VK_LIMITS: VkLimits = {
  requestTimeoutMs: 15_000,
  callsPerRequest: 25,
  codeBytes: 60_000,
  replyBytes: 4_500_000,
  requestsInFlight: 30,
  bulkLingerMs: 150,
  bulkLingerInFlightMs: 2_000,
  bulkStarvedMs: 5_000,
  bulkShare: 3,
  attempts: 5,
  retryBaseMs: 250,
  retryCapMs: 4_000,
  tooFastRounds: 50,
  hangsInARow: 3,
  hangPauseMs: 60_000,
  closeMs: 20_000,
};

/** Slots are this much wider than VK asks: its window is not published, networks and busy machines jitter. */
const PACE_SAFETY = 1.1;

/** Distance of the slots of a token in milliseconds. */
export const slotIntervalMs = (requestsPerSecond: number): number =>
  Math.ceil((1_000 / requestsPerSecond) * PACE_SAFETY);

/** VK's pace of a user token; calls are made with one. */
export const USER_REQUESTS_PER_SECOND = 3;
