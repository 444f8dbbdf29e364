/**
 * Drift (D8): changes that people make in the messenger are seen and mended without an initialisation. Every live chat
 * is read at least every `driftIntervalMs`. One pass takes the chats that were not seen for longest, and few enough to
 * spread the reads over the interval.
 *
 * A missing person is added back up to LEAVES_RESPECTED times. After that the person counts as having left on purpose,
 * is not added again, and stands among the unreachable (J8). Removals of strangers pass the guard (F4).
 *
 * The same passes take up chats that were set aside («failing») once their pause is over (rows/chat-outbox.ts), because
 * the trouble may have gone without anybody telling us.
 */
import { sql } from 'kysely';
import { type Author, bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import type { ChatType } from '../desired/model.ts';
import { LEAVES_RESPECTED, REFUSAL_LASTS_MS } from '../plan/leaves.ts';
import { applyPlan } from '../planning/apply-plan.ts';
import { finishOperations } from '../planning/end-operations.ts';
import { endEmptyHolds, holdingOperation } from '../planning/holding.ts';
import { planSchool } from '../planning/plan-school.ts';
import { isAbandoning } from '../rows/chat-abandoned.ts';
import { moveGenerations, waitsForSferum } from '../rows/chat-outbox.ts';
import { readFirst } from '../rows/chat-seen.ts';
import { forgetRefused } from '../rows/sferum-member.ts';
import { type SferumAccount, SferumError } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import { finishAbandoning } from './abandon.ts';
import { accountOf, markAccountBroken, NotConnected } from './accounts.ts';
import { observeChats } from './observe.ts';
import { hasOrphansDue, seekOrphans } from './orphans.ts';
import { askWhetherBack } from './silence.ts';

/** A pass reads at least as many chats as fill one request … */
const CHATS_PER_PASS_AT_LEAST = 25;
/** … and otherwise such a share of the school that every chat is seen well within the interval. */
const PASSES_PER_INTERVAL = 60;

/** Finds the schools for which a pass has something to do. */
export async function schoolsToSweep(ctx: Context): Promise<string[]> {
  const { rows } = await sql<{ school_id: string }>`
    select distinct c.school_id from chat c
    join sferum_account a on a.school_id = c.school_id and a.status <> 'broken'
    where ${isDue(ctx)} or ${isAsideNoMore(ctx)} or ${hasOrphansDue(ctx)} or ${isAbandoning}
      or ${waitsForSferum}`.execute(ctx.db.across('sweep'));
  return rows.map((r) => r.school_id);
}

/** Makes one pass over one school: reads the chats that are due, plans the differences and lets the jobs mend them. */
export async function sweepDrift(ctx: Context, schoolId: string, signal?: AbortSignal): Promise<void> {
  await takeUpAgain(ctx, schoolId);
  await withAccount(ctx, schoolId, async (account) => {
    await askWhetherBack(ctx, account, schoolId);
    await seekOrphans(ctx, account, schoolId);
    await finishAbandoning(ctx, account, schoolId);
  });
  const { rows: due } = await sql<{ id: string }>`
    select c.id from chat c where c.school_id = ${schoolId} and ${isDue(ctx)}
    order by c.look_again_at <= ${new Date(ctx.clock.now())} desc nulls last, c.seen_at nulls first, c.id
    limit ${ofOnePass(schoolId)}`.execute(ctx.db.of(schoolId));
  const ids = due.map((r) => r.id);
  if (ids.length === 0) return;
  const isSeen = await withAccount(ctx, schoolId, async (account) => {
    const how = { priority: 'bulk', leaveUnreadable: true, ...(signal ? { signal } : {}) } as const;
    await observeChats(ctx, account, { schoolId, ids, ...how });
  });
  if (!isSeen) return;
  await mend(ctx, schoolId, ids);
  await endEmptyHolds(ctx, schoolId);
}

/** Returns false where the school's account cannot be used. An account that Sferum refuses is marked as broken. */
async function withAccount(
  ctx: Context,
  schoolId: string,
  work: (account: SferumAccount) => Promise<void>,
): Promise<boolean> {
  const startedAtMs = ctx.clock.now();
  try {
    await work(await accountOf(ctx, schoolId));
    return true;
  } catch (error) {
    if (error instanceof NotConnected) return false;
    if (!(error instanceof SferumError && (error.kind === 'token' || error.kind === 'account'))) throw error;
    await markAccountBroken(ctx, schoolId, error.kind, startedAtMs);
    return false;
  }
}

const ofOnePass = (schoolId: string) =>
  sql`(select greatest(${CHATS_PER_PASS_AT_LEAST}, count(*) / ${PASSES_PER_INTERVAL}) from chat where school_id = ${schoolId})`;

/** Gives new work to chats whose time aside is over. They are read first, because what is known of them may be old. */
async function takeUpAgain(ctx: Context, schoolId: string): Promise<void> {
  const at = new Date(ctx.clock.now());
  const taken = await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const { rows } = await sql<{ id: string }>`
      select c.id from chat c where c.school_id = ${schoolId} and ${isAsideNoMore(ctx)}
      order by c.not_before nulls first, c.id limit ${ofOnePass(schoolId)} for update skip locked`.execute(
      tx,
    );
    const ids = rows.map((r) => r.id);
    // The people whom Sferum refused before are tried again together with their chat.
    await forgetRefused(tx, ids);
    const cause = `drift:${at.toISOString()}`;
    await moveGenerations(tx, ids, { cause, priority: 'bulk', at });
    await readFirst(tx, ids);
    return rows.length;
  });
  if (taken > 0) ctx.wake('chats');
}

/** Plans, through the guard, what differs in chats that were just read. Their jobs mend it. */
export async function mend(
  ctx: Context,
  schoolId: string,
  ids: readonly string[],
  author: Author = bySystem('drift'),
): Promise<void> {
  const mended = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    const drifted = await driftedChats(ctx, tx, ids);
    if (drifted.length === 0) return null;
    const school = await planSchool(ctx, tx, {
      schoolId,
      types: [...new Set(drifted.map((c) => c.type))],
      strict: false,
      day: null,
      recreate: false,
      only: new Set(drifted.map((c) => c.id)),
    });
    const at = new Date(ctx.clock.now());
    const cause = `drift:${at.toISOString()}`;
    const operationId = await holdingOperation(ctx, tx, school, { kind: 'drift', by: author, cause, at });
    await applyPlan(ctx, tx, school, { cause, author, priority: 'bulk', operationId, at });
    return { operationId, held: school.plan.counts.held };
  });
  if (mended === null) return;
  ctx.wake('chats');
  if (mended.operationId === null) return;
  ctx.metrics.removalsHeld(mended.held);
  await finishOperations(ctx, schoolId, [mended.operationId]);
}

/**
 * Tells in SQL whether chat `c` must be read: it is live, has no work left, and was not seen for the interval. A lost
 * chat is left out, because Sferum would refuse each read. It comes back with the chats that were set aside.
 */
function isDue(ctx: Context) {
  const before = new Date(ctx.clock.now() - ctx.config.limits.driftIntervalMs);
  return sql`(c.creation = 'created' and c.deleted_at is null and c.deleting_since is null
    and c.generation = c.settled_generation and c.condition_reason is distinct from 'chat-lost'
    and (c.seen_at is null or c.seen_at <= ${before} or c.look_again_at <= ${new Date(ctx.clock.now())}))`;
}

/** Tells in SQL whether chat `c` was set aside and its pause is over. */
function isAsideNoMore(ctx: Context) {
  return sql`(c.condition = 'failing' and c.deleted_at is null and c.generation = c.settled_generation
    and (c.not_before is null or c.not_before <= ${new Date(ctx.clock.now())}))`;
}

/** Finds those of the chats whose people, admins or title at Sferum differ from the list. */
async function driftedChats(
  ctx: Context,
  tx: Sql,
  ids: readonly string[],
): Promise<{ id: string; type: ChatType }[]> {
  const refusedBefore = new Date(ctx.clock.now() - REFUSAL_LASTS_MS);
  const { rows } = await sql<{ id: string; type: ChatType }>`
    with target as (
      select m.chat_id, l.vk_user_id, bool_or(m.admin) as admin from membership m
      join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
      where m.chat_id = any(${[...ids]}::uuid[]) group by 1, 2),
    live as (select * from sferum_member where chat_id = any(${[...ids]}::uuid[]))
    select c.id, c.type from chat c where c.id = any(${[...ids]}::uuid[]) and (
      c.sferum_title is distinct from c.title
      or exists (select 1 from target t left join live s using (chat_id, vk_user_id)
        where t.chat_id = c.id and (s.state is null or s.state = 'left' and s.tries < ${LEAVES_RESPECTED}
          or s.state = 'refused' and s.seen_at < ${refusedBefore} or s.state = 'in' and s.admin <> t.admin))
      or exists (select 1 from live s left join target t using (chat_id, vk_user_id)
        where s.chat_id = c.id and s.state in ('in', 'waiting') and t.chat_id is null and s.held_by is null))`.execute(
    tx,
  );
  return rows;
}
