import { CALLS_PER_REQUEST, DEFAULT_REQUESTS_PER_SECOND } from '../request-limits.ts';

/** Every bound of the adapter, with its unit. Sources: VK's published limits; the rest was chosen and measured. */
export interface VkLimits {
  /** A request that is not answered within this time is given up, and its outcome is unknown. */
  requestTimeoutMs: number;
  /** How many calls VK takes in one `execute`. */
  callsPerRequest: number;
  /** How long one program may be, in UTF-8. VK publishes no limit; this is far below what a form body may hold. */
  codeBytes: number;
  /** How large the answer is expected to be at most. VK refuses at 5 MB with error 13. */
  replyBytes: number;
  /** How many requests of one token may be under way at once. It bounds memory when VK stops answering. */
  requestsInFlight: number;
  /** How long bulk calls wait for others at rest. */
  bulkLingerMs: number;
  /** How long bulk calls wait while an answer is under way that may bring more of them. */
  bulkLingerInFlightMs: number;
  /** How long a look of bulk work waits for others that share its call. */
  lookLingerMs: number;
  /** From this age on bulk calls get `bulkShare` places of every request that urgent calls would fill. */
  bulkStarvedMs: number;
  bulkShare: number;
  /** How often a repeatable call is tried in all, the first try included. */
  attempts: number;
  /** The pause before the second try. It doubles up to the cap, and half of it is random. */
  retryBaseMs: number;
  retryCapMs: number;
  /** How often in a row error 6 strikes one call before the call is handed back as never run. */
  tooFastRounds: number;
  /** How many time-outs in a row of one method, while others are answered, open its circuit. */
  hangsInARow: number;
  /** How long the circuit stays open. */
  hangPauseMs: number;
  /** How long closing waits for answers under way. */
  closeMs: number;
}

export const VK_LIMITS: VkLimits = {
  requestTimeoutMs: 15_000,
  callsPerRequest: CALLS_PER_REQUEST,
  codeBytes: 60_000,
  replyBytes: 4_500_000,
  requestsInFlight: 30,
  bulkLingerMs: 150,
  bulkLingerInFlightMs: 2_000,
  lookLingerMs: 300,
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

/** VK's pace of a user token. Calls of lessons are made with one. */
export const USER_REQUESTS_PER_SECOND = DEFAULT_REQUESTS_PER_SECOND.user;
