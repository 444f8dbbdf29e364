/**
 * Faults on demand.
 * A wire fault befalls a whole request. It says how much of the work is done (none, part of an execute's calls, all,
 * or all of it when `carryOutLate` says so) and how the request ends (reset, hang, 502, or an error of VK).
 * A call fault is a refusal of one call, also inside execute, with nothing done.
 */
export type WireFault = {
  work: 'none' | 'part' | 'all' | 'late';
  ending: 'reset' | 'hang' | 'http502' | number;
};
type CallFault = { code: number; subcode?: number };

const NAMED = {
  reset: { work: 'none', ending: 'reset' },
  applyThenReset: { work: 'all', ending: 'reset' },
  partThenReset: { work: 'part', ending: 'reset' },
  hang: { work: 'none', ending: 'hang' },
  applyThenHang: { work: 'all', ending: 'hang' },
  http502: { work: 'none', ending: 'http502' },
  applyThenHttp502: { work: 'all', ending: 'http502' },
  error10: { work: 'none', ending: 10 },
  applyThenError10: { work: 'all', ending: 10 },
  partThenError10: { work: 'part', ending: 10 },
  partThenError13: { work: 'part', ending: 13 },
  lateThenReset: { work: 'late', ending: 'reset' },
  lateThenError10: { work: 'late', ending: 10 },
  error1: { work: 'none', ending: 1 },
} as const satisfies Record<string, WireFault>;

export type FaultName = keyof typeof NAMED;
// NAMED has no keys besides these.
export const FAULT_NAMES = Object.keys(NAMED) as FaultName[];

/** A number is a refusal with that code. */
type Fault = FaultName | WireFault | CallFault | number;

/** Where and how long a fault strikes. Without a limit it stays until `clear`. */
export type FaultRule = {
  fault: Fault;
  /** VK's method. `execute` is the batch itself. Absent: any method. */
  method?: string;
  ownerId?: number;
  /** The refusal strikes only calls about this person (`user_id` or `member_id`). */
  userId?: number;
  times?: number;
  forMs?: number;
};

/**
 * How getConversationMembers lies about a chat: nobody in it, with or without the true count; the first half; a count
 * below what is listed; VK's default page whatever was asked for.
 */
export const MEMBER_LISTINGS = ['whole', 'empty', 'nobody', 'cut', 'contradictory', 'default-page'] as const;
export type MemberListing = (typeof MEMBER_LISTINGS)[number];

/** Shares of requests (0 to 1) that are struck at random. */
type FaultRates = { lostReply?: number; http502?: number; error10?: number; hang?: number };

type ActiveRule = {
  wire?: WireFault;
  call?: CallFault;
  method: string | undefined;
  ownerId: number | undefined;
  userId: number | undefined;
  left: number;
  untilMs: number;
};

/** The faults that are asked for, by chance and by name. */
export class Faults {
  rates: FaultRates = {};
  /** How long fresh chats stay out of getConversations and searchConversations. */
  listingLagMs = 0;
  memberListing: MemberListing = 'whole';
  /** Titles come HTML-escaped in listings. Nobody says whether VK's do. */
  escapedTitles = false;
  /** Conversations come without the number of members and the admins, as VK's schema allows. */
  bareLooks = false;
  /** How long every answer waits. */
  latencyMs = 0;
  /** How often (0 to 1) execute_errors ends with an entry of `execute` that repeats the last. */
  trailingErrorRate = 0;
  private rules: ActiveRule[] = [];
  private late: (() => void)[] = [];
  private readonly now: () => number;
  private readonly random: () => number;

  constructor(options: { now: () => number; random: () => number }) {
    this.now = options.now;
    this.random = options.random;
  }

  add(rule: FaultRule): void {
    this.rules.push({
      ...normalize(rule.fault),
      method: rule.method,
      ownerId: rule.ownerId,
      userId: rule.userId,
      left: rule.times ?? Number.POSITIVE_INFINITY,
      untilMs: rule.forMs === undefined ? Number.POSITIVE_INFINITY : this.now() + rule.forMs,
    });
  }

  /** Sets one fault for the next request that calls this method, alone or inside execute. */
  once(method: string, fault: Fault): void {
    this.add({ method, fault, times: 1 });
  }

  /** Keeps the work of a request whose answer nobody waits for any more. */
  keepForLater(work: () => void): void {
    this.late.push(work);
  }

  /** Makes VK carry out now what it had not yet. Returns how many requests. */
  carryOutLate(): number {
    const late = this.late.splice(0);
    for (const work of late) work();
    return late.length;
  }

  /** Ends all faults. What is to be carried out late still is. */
  clear(): void {
    this.rules = [];
    this.rates = {};
    this.listingLagMs = 0;
    this.memberListing = 'whole';
    this.escapedTitles = false;
    this.bareLooks = false;
    this.latencyMs = 0;
    this.trailingErrorRate = 0;
  }

  /** The faults that were set with a limited number of times and have not struck yet. */
  pending(): number {
    return this.live().filter((rule) => Number.isFinite(rule.left)).length;
  }

  /** Gives the fault of a request that calls these methods, if any. It uses up a limited rule. */
  takeForRequest(methods: readonly string[], ownerId: number): WireFault | undefined {
    return this.take('wire', methods, { ownerId })?.wire ?? this.drawn();
  }

  /** Gives the refusal of one call, if any. `userId`: the person whom the call is about. */
  takeForCall(method: string, of: { ownerId: number; userId?: number | undefined }): CallFault | undefined {
    return this.take('call', [method], of)?.call;
  }

  private take(
    kind: 'wire' | 'call',
    methods: readonly string[],
    { ownerId, userId }: { ownerId: number; userId?: number | undefined },
  ): ActiveRule | undefined {
    if (this.rules.length === 0) return undefined;
    this.rules = this.live();
    const rule = this.rules.find(
      (candidate) =>
        candidate[kind] !== undefined &&
        (candidate.method === undefined || methods.includes(candidate.method)) &&
        (candidate.ownerId === undefined || candidate.ownerId === ownerId) &&
        (candidate.userId === undefined || candidate.userId === userId),
    );
    if (rule) rule.left--;
    return rule;
  }

  private live(): ActiveRule[] {
    const now = this.now();
    return this.rules.filter((rule) => rule.left > 0 && rule.untilMs > now);
  }

  /** Draws once for each request, so that a seeded run repeats. Before and after the work are equally likely. */
  private drawn(): WireFault | undefined {
    const { lostReply = 0, http502 = 0, error10 = 0, hang = 0 } = this.rates;
    if (lostReply + http502 + error10 + hang === 0) return undefined;
    let draw = this.random();
    for (const [rate, ending] of [
      [lostReply, 'reset'],
      [http502, 'http502'],
      [error10, 10],
      [hang, 'hang'],
    ] as const) {
      if (draw < rate) return { work: ending === 'reset' ? 'all' : this.drawnWork(), ending };
      draw -= rate;
    }
    return undefined;
  }

  private drawnWork(): WireFault['work'] {
    const draw = this.random();
    return draw < 0.4 ? 'none' : draw < 0.8 ? 'all' : 'part';
  }
}

function normalize(fault: Fault): { wire: WireFault } | { call: CallFault } {
  if (typeof fault === 'number') return { call: { code: fault } };
  if (typeof fault === 'string') return { wire: NAMED[fault] };
  return 'code' in fault ? { call: fault } : { wire: fault };
}
