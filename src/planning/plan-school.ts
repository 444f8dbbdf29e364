import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { DesiredChat } from '../desired/model.ts';
import { type Pause, pauseOn } from '../desired/pauses.ts';
import type { School } from '../desired/school.ts';
import { type Asked, withoutLists } from '../desired/without-lists.ts';
import { loadLinks, loadUnlinked, type StoredChat } from '../facts/stored-chats.ts';
import { makePlan, type PlanInput } from '../plan/diff.ts';
import type { InvariantBreach } from '../plan/invariants.ts';
import type { Plan, RemovalLimits } from '../plan/model.ts';
import {
  CALLS_PER_REQUEST,
  CHATS_PER_LOOK,
  DEFAULT_REQUESTS_PER_SECOND,
  slotIntervalMs,
} from '../sferum/request-limits.ts';
import type { Sql } from '../store/database.ts';
import { pausesOf } from '../store/queries/pauses.ts';
import { oneRow } from '../store/rows.ts';
import { momentOf, timeIn } from '../store/school-day.ts';
import { newChatIds } from './chat-ids.ts';
import { breachesOf } from './check-invariants.ts';
import { type DesireRequest, desireSchool } from './desire-school.ts';

/** Removals within this time count together against the school's limit, so that many small ones do not slip by (F4). */
const LATELY_MS = 24 * 3600 * 1000;

interface PlanRequest extends DesireRequest {
  /** Chats whose held removals a person has approved, so that the guard lets them pass (F4). */
  approvedChatIds?: ReadonlySet<string>;
  /** What somebody has asked for by name, so that no pause of the lists holds it (K3). */
  asked?: Asked;
}

/** A plan with everything that it was made from, so that applying it reads nothing a second time (rule 1). */
export interface SchoolPlan {
  schoolId: string;
  day: string;
  /** The facts of that day. */
  school: School;
  revision: number;
  desired: readonly DesiredChat[];
  chats: ReadonlyMap<string, StoredChat>;
  /** Gives the id of a chat that the plan makes. */
  newChatId: (key: string) => string;
  plan: Plan;
  /** Invariants that the plan or the live chats break (J6). */
  breaches: readonly InvariantBreach[];
}

interface SchoolRow {
  time_zone: string | null;
  limits: Partial<RemovalLimits>;
  pauses: Pause[];
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
  const { schoolId } = request;
  const row = await loadSchool(tx, schoolId);
  const time = timeIn(row.time_zone, momentOf(ctx));
  const { school, desired: byRules, stored, part } = await desireSchool(ctx, tx, time, request);
  const chats = new Map(stored.map((chat) => [chat.id, chat]));
  const isPaused = pauseOn(row.pauses, school.day) !== null;
  const desired = isPaused ? withoutLists(byRules, chats, request.asked) : byRules;
  const live = liveProfiles(stored);
  const made = desired.flatMap(({ id, key }) => (id === null && key !== null ? [key] : []));
  const newChatId = await newChatIds(tx, schoolId, made);
  const input = {
    ...{ desired, chats },
    links: await loadLinks(tx, schoolId, part && { people: part.personIds, profiles: live }),
    unlinked: await loadUnlinked(tx, schoolId, live),
    newChatId,
    ...accountTerms(row),
    limits: { ...ctx.config.removalLimits, ...row.limits },
    ...(request.approvedChatIds ? { approvedChatIds: request.approvedChatIds } : {}),
  };
  const since = new Date(ctx.clock.now() - LATELY_MS);
  const plan = await makeGuardedPlan(tx, input, request, since);
  const breaches = breachesOf(school, byRules, plan);
  const revision = Number(row.revision);
  return { schoolId, day: school.day, school, revision, desired, chats, newChatId, plan, breaches };
}

/** What the school's account at Sferum means for a plan: how people come in, who owns the chats, and the pace. */
function accountTerms({ token_kind, owner_id, requests_per_second }: SchoolRow) {
  return {
    mode: token_kind === 'community' ? ('inviting' as const) : ('adding' as const),
    ...(owner_id === null ? {} : { ownerId: Number(owner_id) }),
    pace: {
      requestMs: slotIntervalMs(requests_per_second ?? DEFAULT_REQUESTS_PER_SECOND.user),
      callsPerRequest: CALLS_PER_REQUEST,
      chatsPerLook: CHATS_PER_LOOK,
    },
  };
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
  const { school, run } = oneRow(rows);
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
  return Number(oneRow(rows).n);
}

function liveProfiles(stored: readonly StoredChat[]): number[] {
  return [...new Set(stored.flatMap((chat) => [...(chat.sferum?.members.keys() ?? [])]))];
}

async function loadSchool(tx: Sql, schoolId: string): Promise<SchoolRow> {
  const { rows } = await sql<SchoolRow>`
    select s.time_zone, s.limits, s.revision, ${pausesOf(sql`s`)} as pauses, a.token_kind, a.owner_id, a.requests_per_second
    from school s left join sferum_account a on a.school_id = s.id where s.id = ${schoolId}`.execute(tx);
  if (!rows[0]) throw new Error('no such school');
  return rows[0];
}
