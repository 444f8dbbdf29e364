import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { desiredChats } from '../desired/desired-chats.ts';
import { type ChatType, chatKey, type DesiredChat } from '../desired/model.ts';
import { schoolOn } from '../desired/school.ts';
import { type FactScope, partFor } from '../facts/fact-part.ts';
import { loadFacts } from '../facts/load-facts.ts';
import {
  loadChats,
  loadDeletedChats,
  loadLinks,
  loadUnlinked,
  type StoredChat,
} from '../facts/stored-chats.ts';
import { makePlan, type PlanInput } from '../plan/diff.ts';
import type { InvariantBreach } from '../plan/invariants.ts';
import { REFUSAL_LASTS_MS } from '../plan/leaves.ts';
import type { Plan, RemovalLimits } from '../plan/model.ts';
import {
  CALLS_PER_REQUEST,
  CHATS_PER_LOOK,
  DEFAULT_REQUESTS_PER_SECOND,
  slotIntervalMs,
} from '../sferum/pace.ts';
import type { Sql } from '../store/database.ts';
import { momentOf, timeIn } from '../store/school-day.ts';
import { breachesOf } from './check-invariants.ts';

/** Removals within this time count together against the school's limit, so that many small ones do not slip by (F4). */
const LATELY_MS = 24 * 3600 * 1000;

export interface PlanRequest {
  schoolId: string;
  types: readonly ChatType[];
  /** Plans the manual chats of every type too, because a change of facts concerns them as well (D6, D10). */
  allManual?: boolean;
  /** Plans as if there were no exceptions by hand (D7). */
  strict: boolean;
  /** The day to plan for, `YYYY-MM-DD`. Null means today in the school's time zone. */
  day: string | null;
  /** Brings back automatic chats that were deleted by hand. Only an initialisation asks for it (G1). */
  recreate: boolean;
  /** Plans only these chats, by id or key. The cost grows with them and not with the school (rule 13). */
  only?: ReadonlySet<string>;
  /** Tries the people whom Sferum refused at once, because a person asked for it. Else a refusal must be old first. */
  refusedAgain?: boolean;
  /** Chats whose held removals a person has approved, so that the guard lets them pass (F4). */
  approvedChatIds?: ReadonlySet<string>;
}

/** A plan with everything that it was made from, so that applying it reads nothing a second time (rule 1). */
export interface SchoolPlan {
  schoolId: string;
  day: string;
  revision: number;
  desired: readonly DesiredChat[];
  chats: ReadonlyMap<string, StoredChat>;
  plan: Plan;
  /** Invariants that the plan or the live chats break (J6). */
  breaches: readonly InvariantBreach[];
}

interface SchoolRow {
  time_zone: string | null;
  limits: Partial<RemovalLimits>;
  revision: string;
  token_kind: 'user' | 'community' | null;
  owner_id: string | null;
  requests_per_second: number | null;
}

/**
 * Makes the plan of one school at one moment: facts → desired state → plan. It only reads. Where the plan is to be
 * applied, `tx` must hold the school (`holdingSchool`), so that nothing changes in between. Throws where the school is
 * unknown.
 */
export async function planSchool(ctx: Context, tx: Sql, request: PlanRequest): Promise<SchoolPlan> {
  const { schoolId, types } = request;
  const school = await loadSchool(tx, schoolId);
  const { today, dayOf } = timeIn(school.time_zone, momentOf(ctx));
  const day = request.day ?? today;
  const scope = request.only && scopeOf(request.only);
  const refusedSince = new Date(ctx.clock.now() - (request.refusedAgain ? 0 : REFUSAL_LASTS_MS));
  const wanted = scope ?? { types, allManual: request.allManual ?? false };
  const stored = await loadChats(tx, schoolId, wanted, refusedSince);
  const part = scope && (await partFor(tx, schoolId, factScope(scope.keys, stored)));
  const facts = { ...(await loadFacts(tx, schoolId, { part, day })), dayOf };
  const chats = new Map(stored.map((chat) => [chat.id, chat]));
  const deleted = await loadDeletedChats(tx, schoolId, scope?.keys);
  const barred = new Set(
    deleted.filter((c) => !(request.recreate && c.recreate && c.isGone)).map((c) => c.key),
  );
  const roster = schoolOn(facts, day);
  const desired = desiredChats(roster, stored, {
    types: new Set(types),
    strict: request.strict,
    allManual: request.allManual ?? false,
    ...(request.only ? { only: request.only } : {}),
  }).filter((chat) => chat.id !== null || !barred.has(chat.key!));
  const live = liveProfiles(stored);
  const input = {
    desired,
    chats,
    links: await loadLinks(tx, schoolId, part && { people: part.personIds, profiles: live }),
    unlinked: await loadUnlinked(tx, schoolId, live),
    mode: school.token_kind === 'community' ? ('inviting' as const) : ('adding' as const),
    ...(school.owner_id === null ? {} : { ownerId: Number(school.owner_id) }),
    newChatId: (key: string) => chatIdOf(schoolId, key),
    limits: { ...ctx.config.removalLimits, ...school.limits },
    pace: {
      requestMs: slotIntervalMs(school.requests_per_second ?? DEFAULT_REQUESTS_PER_SECOND.user),
      callsPerRequest: CALLS_PER_REQUEST,
      chatsPerLook: CHATS_PER_LOOK,
    },
    ...(request.approvedChatIds ? { approvedChatIds: request.approvedChatIds } : {}),
  };
  const since = new Date(ctx.clock.now() - LATELY_MS);
  const plan = await makeGuardedPlan(tx, input, request, since);
  const breaches = breachesOf(roster, desired, plan);
  return { schoolId, day, revision: Number(school.revision), desired, chats, plan, breaches };
}

/**
 * Makes the plan with the guard's limits (F4). The limits of the school and the run are shares of all memberships, and
 * counting those costs more than planning a few chats. So the plan is first made as if the school had none, which is
 * the strictest case. They are counted only where that plan exceeds a limit.
 */
async function makeGuardedPlan(
  tx: Sql,
  input: PlanInput,
  { schoolId, types, only }: PlanRequest,
  since: Date,
): Promise<Plan> {
  const least = makePlan({ ...input, schoolMembers: 0, ...(only ? { runMembers: 0 } : {}) });
  if (
    !least.chats.some((chat) => chat.actions.some(({ action, ending }) => action === 'remove' && !ending))
  ) {
    return least;
  }
  const alreadyRemovedInSchool = await removedLately(tx, schoolId, since);
  const strictest = makePlan({
    ...input,
    alreadyRemovedInSchool,
    schoolMembers: 0,
    ...(only ? { runMembers: 0 } : {}),
  });
  if (strictest.breaches.every(({ scope }) => scope === 'chat')) return strictest;
  const { rows } = await sql<{ school: string; run: string }>`
    select count(*) as school, count(*) filter (where c.type = any(${[...types]})) as run
    from membership m join chat c on c.id = m.chat_id where m.school_id = ${schoolId}`.execute(tx);
  const { school, run } = rows[0]!;
  return makePlan({
    ...input,
    alreadyRemovedInSchool,
    schoolMembers: Number(school),
    ...(only ? { runMembers: Number(run) } : {}),
  });
}

/**
 * The number of removals since `since` that passed the guard by their small number. Removals that an order or a person
 * asked for, that a person approved, or that the term of keeping made due (K6) do not count.
 */
async function removedLately(tx: Sql, schoolId: string, since: Date): Promise<number> {
  const { rows } = await sql<{ n: string }>`
    select count(*) as n from journal where school_id = ${schoolId} and what = 'remove' and at > ${since}
      and not details ? 'ending' and cause not like 'approval:%' and cause not like 'erasure:%'`.execute(tx);
  return Number(rows[0]!.n);
}

function scopeOf(only: ReadonlySet<string>): { ids: string[]; keys: string[] } {
  const { ids = [], keys = [] } = Object.groupBy(only, (name) => (isKey(name) ? 'keys' : 'ids'));
  return { ids, keys };
}

function isKey(name: string): boolean {
  return name === chatKey('staff') || name.includes(':');
}

function factScope(keys: readonly string[], stored: readonly StoredChat[]): FactScope {
  const all = new Set([...keys, ...stored.flatMap((chat) => chat.key ?? [])]);
  const unitsOf = (...types: ChatType[]) =>
    [...all].flatMap((key) => {
      const [type, unitId] = splitKey(key);
      return unitId !== undefined && types.includes(type) ? [unitId] : [];
    });
  const grounds = stored.flatMap((chat) => [...chat.members.values()].flatMap((member) => member.grounds));
  return {
    classIds: [...new Set(unitsOf('class', 'parents'))],
    groupIds: unitsOf('subject'),
    staff: all.has(chatKey('staff')),
    peopleIds: stored.flatMap((chat) => [
      ...chat.members.keys(),
      ...chat.exceptions.map(({ personId }) => personId),
    ]),
    studentIds: grounds.flatMap(({ studentId }) => studentId ?? []),
  };
}

function splitKey(key: string): [ChatType, string | undefined] {
  const at = key.indexOf(':');
  return at < 0 ? [key as ChatType, undefined] : [key.slice(0, at) as ChatType, key.slice(at + 1)];
}

function liveProfiles(stored: readonly StoredChat[]): number[] {
  return [...new Set(stored.flatMap((chat) => [...(chat.sferum?.members.keys() ?? [])]))];
}

async function loadSchool(tx: Sql, schoolId: string): Promise<SchoolRow> {
  const { rows } = await sql<SchoolRow>`
    select s.time_zone, s.limits, s.revision, a.token_kind, a.owner_id, a.requests_per_second
    from school s left join sferum_account a on a.school_id = s.id where s.id = ${schoolId}`.execute(tx);
  if (!rows[0]) throw new Error('no such school');
  return rows[0];
}

/** The id of an automatic chat follows from its school and key. So a dry run names the chats that the run creates. */
export function chatIdOf(schoolId: string, key: string): string {
  const hex = createHash('sha256').update(`${schoolId}\n${key}`).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
