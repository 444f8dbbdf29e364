import { sql } from 'kysely';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { endOperation, noteFollowed } from '../rows/operation.ts';
import { isPending } from '../rows/operation-chat.ts';
import type { Sql } from '../store/database.ts';
import type { OperationKind, Problem } from '../store/entities.ts';
import { Marks, readParams } from '../store/operation-params.ts';
import { sferumState } from '../store/queries/in-sferum.ts';
import { oneRow } from '../store/rows.ts';
import { checkResult } from './check-result.ts';
import { describeHeld } from './describe-held.ts';

/**
 * Closes those of the operations `ids` whose every chat is done. The caller calls it after the commit that finished a
 * chat. Each operation is closed under its lock, so a decision or an added chat at the same moment comes wholly before
 * or wholly after.
 */
export async function finishOperations(
  ctx: Context,
  schoolId: string,
  ids: readonly string[],
): Promise<void> {
  for (const id of new Set(ids)) {
    if (!(await isOver(ctx, ctx.db.of(schoolId), schoolId, id))) continue;
    const closed = await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
      await sql`select from operation where id = ${id} and school_id = ${schoolId} for update`.execute(tx);
      // Asked again, because the former holder of the lock may have added work.
      if (!(await isOver(ctx, tx, schoolId, id))) return false;
      await closeFollowed(ctx, tx, schoolId, id);
      return true;
    });
    if (!closed) continue;
    ctx.wake('operations', { schoolId });
    // Its chats may have filled tables since its own work was done.
    ctx.wake('statistics');
  }
}

/** A chat that waits no longer than this still keeps its operation open. */
const SOON_MS = 30_000;

/**
 * True in SQL where operation `o` runs and none of its chats has work left. Where it holds removals, chats that wait
 * for a later moment count as done. Such a moment may be hours away (D14), and people can decide about the removals
 * meanwhile (J3).
 */
export function isFollowedToItsEnd(ctx: Context) {
  const soon = new Date(ctx.clock.now() + SOON_MS);
  const holds = sql`(exists (select from membership m where m.held_by = o.id)
    or exists (select from sferum_member s where s.held_by = o.id))`;
  return sql<boolean>`(o.state = 'running' and o.params ? 'following'
    and not exists (select from operation_chat f join chat c on c.id = f.chat_id
      where f.operation_id = o.id and ${isPending} and not (c.not_before > ${soon} and ${holds})))`;
}

async function isOver(ctx: Context, db: Sql, schoolId: string, id: string): Promise<boolean> {
  const { rows } = await sql`select from operation o
    where id = ${id} and school_id = ${schoolId} and ${isFollowedToItsEnd(ctx)}`.execute(db);
  return rows.length > 0;
}

interface Totals {
  done: number;
  calls: string;
  refused_now: string;
  held: string;
  /** Removals that were held and then approved. */
  approved: string;
  not_linked: string;
  invited: string;
  refused: string;
  problems: Problem[] | null;
  kind: OperationKind;
  params: unknown;
}

/** Counts what the operation's chats came to, and who of them is still outside. */
async function totalsOf(tx: Sql, schoolId: string, id: string): Promise<Totals> {
  const { rows } = await sql<Totals>`
    with followed as (select * from operation_chat where operation_id = ${id}),
    covered as (
      select c.id from operation o join chat c on c.school_id = o.school_id
        and o.params->'types' ? c.type and c.deleted_at is null
      where o.id = ${id} and o.kind = 'initialization'
      union select chat_id from followed),
    desired as (
      select m.chat_id, l.vk_user_id,
        ${sferumState(sql`l.vk_user_id`, sql`s.state`)} as state
      from covered f join chat c on c.id = f.id join membership m on m.chat_id = f.id
      left join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
      left join sferum_member s on s.chat_id = m.chat_id and s.vk_user_id = l.vk_user_id)
    select (select coalesce(sum(api_calls), 0) from followed) as calls,
      (select count(*)::int from followed where generation is not null) as done,
      (select count(*) from membership m where m.held_by = ${id})
        + (select count(*) from sferum_member s where s.held_by = ${id}) as held,
      (select count(*) from journal j where operation.params ? 'decided' and j.chat_id in (select chat_id from followed)
        and j.school_id = ${schoolId} and j.cause = ${`approval:${id}`} and j.what = 'remove') as approved,
      (select count(*) from desired where vk_user_id is null) as not_linked,
      -- In inviting mode a linked person who is not in yet has the link, and so counts as invited.
      (select count(*) from desired where state = 'waiting' or vk_user_id is not null and state is null) as invited,
      (select count(*) from desired where state in ('refused', 'left')) as refused,
      (select count(*) from followed f cross join jsonb_array_elements(f.actions) a
        join profile_link l on l.school_id = f.school_id and l.person_id = a->>'personId' and l.present
        join sferum_member s on s.chat_id = f.chat_id and s.vk_user_id = l.vk_user_id and s.state in ('refused', 'waiting')
        where a->>'action' = 'add' and not a ? 'pending') as refused_now,
      (select jsonb_agg(problem) from followed where problem is not null) as problems,
      kind, params
    from operation where id = ${id} and school_id = ${schoolId}`.execute(tx);
  return oneRow(rows);
}

/** Ends the operation with its result. A check tells what it found; the others what they changed. */
async function closeFollowed(ctx: Context, tx: Sql, schoolId: string, id: string): Promise<void> {
  const totals = await totalsOf(tx, schoolId, id);
  const params = readParams(totals);
  await noteFollowed(tx, { schoolId, id }, totals.done);
  const at = new Date(ctx.clock.now());
  if (params.kind === 'check') {
    const result = await checkResult(tx, { schoolId, id }, params.params);
    return endOperation(tx, id, { at, state: 'succeeded', result: { ...result } });
  }
  const problems = totals.problems ?? [];
  const marks = Marks.parse(totals.params);
  const held = Number(totals.held) > 0 ? [await describeHeld(tx, schoolId, id)] : [];
  await endOperation(tx, id, {
    at,
    // «held» goes before «failed», because the removals of a failed operation could not be decided any more.
    state: held.length > 0 || marks.incomplete ? 'held' : problems.length > 0 ? 'failed' : 'succeeded',
    result: changesOf(totals, marks),
    problems: [...problems, ...held],
  });
}

/**
 * Gives the calls that the chats cost, and the people who are still outside, with the reason. The result is the planned
 * counts less the additions that Sferum has refused, because each planned step was followed to its end.
 */
function changesOf(
  totals: Totals,
  { planned, planningCalls = 0 }: z.infer<typeof Marks>,
): Record<string, unknown> {
  const changed = planned && {
    chats: planned.chats,
    members: {
      ...planned.members,
      added: Math.max(0, planned.members.added - Number(totals.refused_now)),
      removed: planned.members.removed + Number(totals.approved),
    },
    admins: planned.admins,
    held: Number(totals.held),
  };
  return {
    ...changed,
    pending: {
      notLinked: Number(totals.not_linked),
      invited: Number(totals.invited),
      refused: Number(totals.refused),
    },
    apiCalls: Number(totals.calls) + planningCalls,
  };
}
