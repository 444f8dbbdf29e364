import { MINUTE_MS, SECOND_MS } from './clock.ts';
import { KEEPING_LIMITS } from './config/keeping-limits.ts';
import { DEFAULT_ROSTER_LIMITS } from './config/roster-limits.ts';
import { TELLING_LIMITS } from './config/telling-limits.ts';
import { keysOf } from './keys-of.ts';
import { DEFAULT_REMOVAL_LIMITS } from './plan/model.ts';

/** One limit: its default, what may be set instead, and what it bounds. The unit is the last word of its name. */
interface LimitRule {
  value: number;
  min: number;
  max: number;
  about: string;
  /** Fractions are allowed. Other limits are whole numbers. */
  share?: true;
}

const KIB = 1024;
const MIB = 1024 * KIB;

const rate = (value: number, about: string): LimitRule => ({ value, min: 1, max: 1_000_000, about });

/**
 * Every limit that an operator may set, in one place. `rosterZipBytes` is set by LIMIT_ROSTER_ZIP_BYTES, and the
 * others likewise (`limitVariable`).
 */
export const LIMIT_RULES = {
  // How much one change may remove (F4). A school may have limits of its own.
  removalChatShare: {
    value: DEFAULT_REMOVAL_LIMITS.chatShare,
    min: 0,
    max: 1,
    share: true,
    about: 'removals from one chat are held above this share of its members',
  },
  removalChatAtLeastPeople: {
    value: DEFAULT_REMOVAL_LIMITS.chatAtLeast,
    min: 0,
    max: 1000,
    about: '… and only from this number of removals on',
  },
  removalSchoolShare: {
    value: DEFAULT_REMOVAL_LIMITS.schoolShare,
    min: 0,
    max: 1,
    share: true,
    about: 'removals in one school and run are held above this share of the memberships',
  },
  removalSchoolAtLeastPeople: {
    value: DEFAULT_REMOVAL_LIMITS.schoolAtLeast,
    min: 0,
    max: 100_000,
    about: '… and only from this number of removals on',
  },

  // Requests to us.
  rosterZipBytes: {
    value: DEFAULT_ROSTER_LIMITS.zipBytes,
    min: KIB,
    max: 1024 * MIB,
    about: 'a roster import as it arrives',
  },
  rosterCsvBytes: {
    value: DEFAULT_ROSTER_LIMITS.unpackedBytes,
    min: KIB,
    max: 4096 * MIB,
    about: 'the files of a roster import, unpacked, together',
  },
  jsonBodyBytes: { value: MIB, min: KIB, max: 64 * MIB, about: 'any other request body' },
  formFields: {
    value: 2000,
    min: 300,
    max: 100_000,
    about: 'the fields of a form; the longest page has some 250',
  },
  jsonBodyTimeoutMs: { value: 10 * SECOND_MS, min: 100, max: 5 * MINUTE_MS, about: 'such a body to arrive' },
  pageItems: { value: 100, min: 10, max: 1000, about: 'the largest `perPage` of lists' },
  exportSectionLines: {
    value: 1000,
    min: 10,
    max: 100_000,
    about: 'the newest lines of a section on the page of one person’s data; the file has all',
  },
  planPageItems: { value: 1000, min: 10, max: 10_000, about: 'the largest `perPage` of a plan' },
  sessionIdleMinutes: {
    value: 30,
    min: 5,
    max: 480,
    about: 'a session that nobody uses ends; a school may have its own',
  },
  requestTimeoutMs: {
    value: 30 * SECOND_MS,
    min: 100,
    max: 10 * MINUTE_MS,
    about: 'the answer to a request',
  },
  idempotencyKeptMs: {
    value: 24 * 60 * MINUTE_MS,
    min: MINUTE_MS,
    max: 7 * 24 * 60 * MINUTE_MS,
    about: 'an Idempotency-Key with the first answer',
  },
  idempotencyLeaseMs: {
    value: 2 * MINUTE_MS,
    min: SECOND_MS,
    max: 60 * MINUTE_MS,
    about: 'a request with an Idempotency-Key; then its process counts as gone, and the key is free again',
  },
  uploadTimeoutMs: {
    value: 5 * MINUTE_MS,
    min: SECOND_MS,
    max: 60 * MINUTE_MS,
    about: 'a roster import to arrive',
  },
  probeTimeoutMs: { value: 2 * SECOND_MS, min: 50, max: 30 * SECOND_MS, about: 'one check of /readyz' },
  streamPollMs: {
    value: 500,
    min: 20,
    max: 10 * SECOND_MS,
    about: 'between two looks at a followed operation',
  },
  streamHeartbeatMs: {
    value: 15 * SECOND_MS,
    min: 100,
    max: MINUTE_MS,
    about: 'the longest silence of a stream',
  },
  streamLifeMs: {
    value: 60 * MINUTE_MS,
    min: SECOND_MS,
    max: 24 * 60 * MINUTE_MS,
    about: 'a stream ends after this; browsers open it again by themselves',
  },

  // Rates (429 beyond).
  subjectFailedSignInsPerMinute: rate(20, 'sign-ins in one name that fail'),
  addressFailedSignInsPerMinute: rate(
    300,
    'sign-ins from one address that fail; a whole school is one address',
  ),
  personLinkingsPerHour: rate(10, 'linkings of VK ID that a person begins'),
  personRequestsPerSecond: rate(50, 'requests of one person; СГО itself has no such limit'),

  // Records of who looked (K8).
  accessFlushMs: {
    value: SECOND_MS,
    min: 10,
    max: MINUTE_MS,
    about: 'records of who looked wait in memory at most so long',
  },
  accessBatchRecords: { value: 500, min: 1, max: 5_000, about: 'records of who looked written at a time' },
  accessBufferRecords: {
    value: 20_000,
    min: 1,
    max: 1_000_000,
    about: 'records of who looked that wait while the database is away; more are lost, and counted',
  },

  ...KEEPING_LIMITS,
  ...TELLING_LIMITS,
  // Work.
  workerConcurrencyJobs: { value: 400, min: 1, max: 5000, about: 'chats one worker process has in hand' },
  schoolBulkChats: {
    value: 300,
    min: 1,
    max: 5000,
    about:
      'bulk work of one school in flight: one big school does not starve the others; a slow pace has less',
  },
  workerBulkChats: {
    value: 5000,
    min: 25,
    max: 100_000,
    about:
      'bulk work of all schools in flight, for each worker process: what it ends well before it counts as lost, after 60 s',
  },
  relayBatchChats: { value: 500, min: 1, max: 10_000, about: 'chats the relay enqueues at a time' },
  sweepIntervalMs: {
    value: 10 * SECOND_MS,
    min: 100,
    max: 10 * MINUTE_MS,
    about: 'between two scans for chats and operations left behind',
  },
  checkAnswerMs: {
    value: 2 * SECOND_MS,
    min: 0,
    max: MINUTE_MS,
    about: 'the answer waits so long for «Сверить сейчас»; after that its operation is followed (K7)',
  },
  approvalWaitMs: {
    value: 15 * SECOND_MS,
    min: 0,
    max: 10 * MINUTE_MS,
    about: 'an approval in the console can be taken back for so long before it acts',
  },
  driftIntervalMs: {
    value: 15 * MINUTE_MS,
    min: SECOND_MS,
    max: 24 * 60 * MINUTE_MS,
    about: 'the members of a chat in which something moves are read at least this often (D8)',
  },
  fullReadIntervalMs: {
    value: 24 * 60 * MINUTE_MS,
    min: SECOND_MS,
    max: 7 * 24 * 60 * MINUTE_MS,
    about: 'the members of every chat are read at least this often, whatever looks show',
  },
  lookEverySeconds: {
    value: 60,
    min: 10,
    max: 900,
    about: 'all chats of a school are looked at so often; a school may have its own',
  },
  shutdownMs: {
    value: 25 * SECOND_MS,
    min: SECOND_MS,
    max: 10 * MINUTE_MS,
    about: 'running work may finish for this long at a stop',
  },
  jobLockMs: {
    value: 30 * SECOND_MS,
    min: SECOND_MS,
    max: 10 * MINUTE_MS,
    about: 'a worker that is silent for so long loses its jobs to the others',
  },
  creationDeadlineMs: {
    value: 20 * SECOND_MS,
    min: 100,
    max: 5 * MINUTE_MS,
    about: 'a chat whose creation was not sent by then is not created by that attempt',
  },
  lateEffectMs: {
    value: 5 * MINUTE_MS,
    min: 100,
    max: 60 * MINUTE_MS,
    about: 'so late Sferum may carry out a request that was given up; what came of it is looked at once more',
  },
  lostAfterMs: {
    value: 30 * SECOND_MS,
    min: SECOND_MS,
    max: 10 * MINUTE_MS,
    about: 'a worker process whose database or queue is away for so long, or that takes no jobs, ends (V6)',
  },
  databaseConnections: {
    value: 18,
    min: 2,
    max: 500,
    about:
      "connections of one process to PostgreSQL, the queue's included; two API and three workers fit into 100",
  },
  sferumTimeoutMs: { value: 20 * SECOND_MS, min: 100, max: 5 * MINUTE_MS, about: 'one request to Sferum' },
} as const satisfies Record<string, LimitRule>;

export type LimitName = keyof typeof LIMIT_RULES;
export type Limits = Record<LimitName, number>;

export const LIMIT_NAMES = keysOf(LIMIT_RULES);

/** Gives the variable of a limit: `rosterZipBytes` → `LIMIT_ROSTER_ZIP_BYTES`. */
export function limitVariable(name: LimitName): string {
  return `LIMIT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

// The entries have the names of the limits, which `fromEntries` does not tell.
export const DEFAULT_LIMITS: Limits = Object.fromEntries(
  LIMIT_NAMES.map((name) => [name, LIMIT_RULES[name].value]),
) as Limits;
