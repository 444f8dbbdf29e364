import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { dayIn } from '../clock.ts';
import { desiredChats } from '../desired/desired-chats.ts';
import type { ChatType, DesiredChat } from '../desired/model.ts';
import { makePlan } from '../plan/diff.ts';
import type { Plan, RemovalLimits } from '../plan/model.ts';
import { loadChats, loadDeletedChats, loadLinks, type StoredChat } from '../store/chats.ts';
import type { Sql } from '../store/database.ts';
import { loadFacts } from '../store/facts.ts';
import { CALLS_PER_REQUEST, DEFAULT_REQUESTS_PER_SECOND } from './pace.ts';

export interface PlanRequest {
  schoolId: string;
  types: readonly ChatType[];
  /** Drops the exceptions by hand (D7). */
  strict: boolean;
  /** The day to plan for; null: today in the school's time zone. */
  day: string | null;
  /** Deleted automatic chats come back at an initialisation alone (G1). */
  recreate: boolean;
  /** Only these chats (ids), of those types. */
  only?: ReadonlySet<string>;
  /** Chats whose held removals a person approved (F4). */
  approvedChatIds?: ReadonlySet<string>;
}

/** A plan with all it was made from: applying it needs no second look at the world. */
export interface SchoolPlan {
  schoolId: string;
  day: string;
  revision: number;
  desired: readonly DesiredChat[];
  chats: ReadonlyMap<string, StoredChat>;
  plan: Plan;
}

interface SchoolRow {
  time_zone: string | null;
  limits: Partial<RemovalLimits>;
  revision: string;
  token_kind: 'user' | 'community' | null;
  owner_id: string | null;
  requests_per_second: number | null;
  memberships: string;
}

/**
 * Facts → desired state → plan, of one school at one moment. Reads alone; where the plan is to be applied `tx`
 * holds the school (lockSchool), so nothing moves in between. Throws where the school is unknown.
 */
export async function planSchool(ctx: Context, tx: Sql, request: PlanRequest): Promise<SchoolPlan> {
  const { schoolId, types } = request;
  const school = await loadSchool(tx, schoolId);
  const day = request.day ?? dayIn(school.time_zone ?? ctx.config.schoolTimeZone, ctx.clock.now());
  const facts = await loadFacts(tx, schoolId);
  const stored = await loadChats(tx, schoolId, { types });
  const chats = new Map(stored.map((chat) => [chat.id, chat]));
  const barred = new Set(
    (await loadDeletedChats(tx, schoolId)).filter((c) => !(request.recreate && c.recreate)).map((c) => c.key),
  );
  const desired = desiredChats(facts, stored, day, {
    types: new Set(types),
    strict: request.strict,
    ...(request.only ? { only: request.only } : {}),
  }).filter(
    (chat) => chat.id !== null || !barred.has(chat.key!),
  );
  const plan = makePlan({
    desired,
    chats,
    links: await loadLinks(tx, schoolId),
    mode: school.token_kind === 'community' ? 'inviting' : 'adding',
    ...(school.owner_id === null ? {} : { ownerId: Number(school.owner_id) }),
    schoolMembers: Number(school.memberships),
    newChatId: (key) => chatIdOf(schoolId, key),
    limits: { ...ctx.config.removalLimits, ...school.limits },
    pace: {
      requestsPerSecond: school.requests_per_second ?? DEFAULT_REQUESTS_PER_SECOND.user,
      callsPerRequest: CALLS_PER_REQUEST,
    },
    ...(request.approvedChatIds ? { approvedChatIds: request.approvedChatIds } : {}),
  });
  return { schoolId, day, revision: Number(school.revision), desired, chats, plan };
}

async function loadSchool(tx: Sql, schoolId: string): Promise<SchoolRow> {
  const { rows } = await sql<SchoolRow>`
    select s.time_zone, s.limits, s.revision, a.token_kind, a.owner_id, a.requests_per_second,
      (select count(*) from membership m where m.school_id = s.id) as memberships
    from school s left join sferum_account a on a.school_id = s.id where s.id = ${schoolId}`.execute(tx);
  if (!rows[0]) throw new Error('no such school');
  return rows[0];
}

/** The id of an automatic chat follows from its school and key: a dry run names the very chats the run creates. */
export function chatIdOf(schoolId: string, key: string): string {
  const hex = createHash('sha256').update(`${schoolId}\n${key}`).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
