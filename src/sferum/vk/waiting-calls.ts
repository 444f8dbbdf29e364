import { sure } from '../../sure.ts';
import type { Priority, SferumError } from '../gateway.ts';
import type { VkCall } from './call.ts';
import type { CallTrace } from './call-traces.ts';
import type { VkLimits } from './limits.ts';

/** A call that waits for a place in a request, with the ends of the promise that its caller holds. */
export interface WaitingCall {
  readonly call: VkCall;
  readonly priority: Priority;
  readonly sinceMs: number;
  /** The most calls of its request. Fewer where a batch with it did not compile (1) or had too large an answer. */
  most: number;
  /** How often error 6 struck it so far. */
  tooFast: number;
  readonly signal: AbortSignal | undefined;
  /** The call is not sent after this moment (by `Clock.elapsed`). */
  readonly notAfterMs: number | undefined;
  onSent(): void;
  readonly trace: CallTrace;
  resolve(value: unknown): void;
  reject(error: SferumError): void;
}

type Lane = 'alone' | 'lesson' | 'person' | 'event' | 'bulkWrites' | 'bulkReads';
type BulkLane = 'bulkWrites' | 'bulkReads';
const URGENT: readonly Lane[] = ['lesson', 'person', 'event'];
const LANES: readonly Lane[] = ['alone', ...URGENT, 'bulkWrites', 'bulkReads'];

/**
 * Holds the calls of one token that wait, and chooses the next batch (rule 6).
 *
 * Urgent calls go at once, strictly by priority. Bulk calls linger so that requests fill. Writes, and looks among them,
 * go apart from other reads: a request with writes carries as many as there are, and reads only fill what is left of it.
 *
 * Where both kinds are due a full request goes first, and equals take turns. What has waited long counts as full. A
 * stream of urgent calls leaves bulk a share, so that nobody waits for ever.
 */
export class WaitingCalls {
  readonly #limits: VkLimits;
  readonly #lanes: Record<Lane, WaitingCall[]> = {
    alone: [],
    lesson: [],
    person: [],
    event: [],
    bulkWrites: [],
    bulkReads: [],
  };
  #lastBulk: BulkLane = 'bulkReads';

  constructor(limits: VkLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return LANES.reduce((sum, lane) => sum + this.#lanes[lane].length, 0);
  }

  add(waiting: WaitingCall): void {
    this.#lanes[laneOf(waiting)].push(waiting);
  }

  /** Puts calls back to the front in the same order: they were next already, and did not run. */
  putBack(batch: readonly WaitingCall[]): void {
    for (const waiting of batch.toReversed()) this.#lanes[laneOf(waiting)].unshift(waiting);
  }

  /** Removes a call. False: the call no longer waits. */
  remove(waiting: WaitingCall): boolean {
    const lane = this.#lanes[laneOf(waiting)];
    const index = lane.indexOf(waiting);
    if (index >= 0) lane.splice(index, 1);
    return index >= 0;
  }

  /** Takes out the calls that fit, or all. */
  drain(fits: (waiting: WaitingCall) => boolean = () => true): WaitingCall[] {
    const drained: WaitingCall[] = [];
    for (const lane of LANES) {
      const [gone, left] = [true, false].map((side) =>
        this.#lanes[lane].filter((waiting) => fits(waiting) === side),
      );
      drained.push(...sure(gone));
      this.#lanes[lane] = sure(left);
    }
    return drained;
  }

  /** Says how long until something has to go: 0 at once, Infinity when nothing waits. */
  dueInMs(now: number, inFlight: number): number {
    if (this.#lanes.alone.length > 0 || URGENT.some((lane) => this.#lanes[lane].length > 0)) return 0;
    return Math.min(
      this.#bulkDueInMs('bulkWrites', now, inFlight),
      this.#bulkDueInMs('bulkReads', now, inFlight),
    );
  }

  #bulkDueInMs(lane: BulkLane, now: number, inFlight: number): number {
    const oldest = this.#lanes[lane][0];
    if (!oldest) return Number.POSITIVE_INFINITY;
    if (this.#fillsRequest(lane)) return 0;
    const lingerMs = inFlight > 0 ? this.#limits.bulkLingerInFlightMs : this.#limits.bulkLingerMs;
    return Math.max(0, oldest.sinceMs + lingerMs - now);
  }

  #fillsRequest(lane: BulkLane): boolean {
    const batch = new Batch(this.#limits);
    const overflows = this.#lanes[lane].some((waiting) => batch.tryAdd(waiting) === 'full');
    return overflows || batch.calls.length === this.#limits.callsPerRequest;
  }

  /**
   * Takes the calls of the next request. Empty while bulk calls may still linger.
   * `mayShare` keeps apart calls that must not travel together.
   */
  take(now: number, inFlight: number, mayShare: (one: VkCall, other: VkCall) => boolean): WaitingCall[] {
    const alone = this.#lanes.alone.shift();
    if (alone) return [alone];
    const batch = new Batch(this.#limits, mayShare);
    const bulkIsStarved = (['bulkWrites', 'bulkReads'] as const).some((lane) => {
      const oldest = this.#lanes[lane][0];
      return oldest !== undefined && now - oldest.sinceMs > this.#limits.bulkStarvedMs;
    });
    const urgentPlaces = this.#limits.callsPerRequest - (bulkIsStarved ? this.#limits.bulkShare : 0);
    for (const lane of URGENT) this.#move(lane, batch, urgentPlaces);
    for (const lane of this.#bulkOrder(now, inFlight, batch)) {
      const before = batch.calls.length;
      this.#move(lane, batch, this.#limits.callsPerRequest);
      if (before === 0 && batch.calls.length > 0) this.#lastBulk = lane;
    }
    return batch.calls;
  }

  /** Says which bulk calls may join this request, and in which order. */
  #bulkOrder(now: number, inFlight: number, batch: Batch): BulkLane[] {
    const writesDue = this.#bulkDueInMs('bulkWrites', now, inFlight) === 0;
    const readsDue = this.#bulkDueInMs('bulkReads', now, inFlight) === 0;
    if (batch.calls.some((waiting) => waiting.call.write)) return ['bulkWrites', 'bulkReads'];
    if (writesDue && !(readsDue && this.#isReadsTurn(now))) return ['bulkWrites', 'bulkReads'];
    return readsDue || batch.calls.length > 0 ? ['bulkReads'] : [];
  }

  /**
   * Chooses where both kinds are due: a full request goes before one that may still fill, otherwise they take turns.
   */
  #isReadsTurn(now: number): boolean {
    const writesRipe = this.#isRipe('bulkWrites', now);
    const readsRipe = this.#isRipe('bulkReads', now);
    return writesRipe === readsRipe ? this.#lastBulk === 'bulkWrites' : readsRipe;
  }

  #isRipe(lane: BulkLane, now: number): boolean {
    const oldest = sure(this.#lanes[lane][0]);
    return this.#fillsRequest(lane) || now - oldest.sinceMs >= this.#limits.bulkLingerInFlightMs;
  }

  #move(from: Lane, batch: Batch, places: number): void {
    const left: WaitingCall[] = [];
    let full = false;
    for (const waiting of this.#lanes[from]) {
      full ||= batch.calls.length >= places;
      const added: Added = full ? 'full' : batch.tryAdd(waiting);
      full ||= added === 'full';
      if (added !== 'added') left.push(waiting);
    }
    this.#lanes[from] = left;
  }
}

function laneOf(waiting: WaitingCall): Lane {
  if (waiting.most === 1) return 'alone';
  if (waiting.priority !== 'bulk') return waiting.priority;
  return waiting.call.isSmall ? 'bulkWrites' : 'bulkReads';
}

/** `full`: the call would pass a limit. `apart`: the call may not travel with these. */
type Added = 'added' | 'full' | 'apart';

/** One request in the making, within VK's limits of calls, program and answer. */
class Batch {
  readonly calls: WaitingCall[] = [];
  readonly #limits: VkLimits;
  readonly #mayShare: (one: VkCall, other: VkCall) => boolean;
  #most: number;
  #codeBytes = 0;
  #replyBytes = 0;

  constructor(limits: VkLimits, mayShare: (one: VkCall, other: VkCall) => boolean = () => true) {
    this.#limits = limits;
    this.#most = limits.callsPerRequest;
    this.#mayShare = mayShare;
  }

  /** A first call always has a place. */
  tryAdd(waiting: WaitingCall): Added {
    const { call } = waiting;
    const first = this.calls[0];
    if (first) {
      const fits =
        this.calls.length < Math.min(this.#most, waiting.most) &&
        this.#codeBytes + call.codeBytes + 1 <= this.#limits.codeBytes &&
        this.#replyBytes + call.replyBytes <= this.#limits.replyBytes;
      if (!fits) return 'full';
      if (!this.#mayShare(first.call, call)) return 'apart';
    }
    this.calls.push(waiting);
    this.#most = Math.min(this.#most, waiting.most);
    this.#codeBytes += call.codeBytes + 1;
    this.#replyBytes += call.replyBytes;
    return 'added';
  }
}
