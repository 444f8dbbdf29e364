import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { CHAT_TYPES } from '../desired/model.ts';
import { notFound, Refusal } from '../refusal.ts';
import { lockSchool, type Sql } from '../store/database.ts';
import { Operation } from '../store/entities.ts';
import { applyPlan } from './apply-plan.ts';
import { beginDeletion } from './delete-chat.ts';
import { finishOperations, openOperation } from './operations.ts';
import { planSchool } from './plan-school.ts';

/** Characters of a run's id by which people tell runs apart. */
const RUN_NAME_CHARS = 8;

/**
 * Undoes an applied initialisation (J4): the exceptions it dropped are restored, every other difference is pinned
 * as an exception «отмена прогона N», the chats it made are deleted (and come back with the next initialisation).
 * Strangers, departed and unlinked people do not return. Once for each run: 409 `operation-not-undoable`.
 */
export async function undoOperation(ctx: Context, ask: { operationId: string; by: string }): Promise<string> {
  const run = await ctx.db.em().findOne(Operation, { id: ask.operationId });
  if (!run) throw notFound();
  const done = run.state === 'succeeded' || run.state === 'held' || run.state === 'failed';
  if (run.kind !== 'initialization' || !run.params.following || !done || run.params.undoneBy) {
    throw new Refusal(
      409,
      'operation-not-undoable',
      'Отменить можно только выполненную инициализацию, один раз',
    );
  }
  const schoolId = run.schoolId!;
  const id = ctx.newId();
  const at = new Date(ctx.clock.now());
  await ctx.db.transaction(async ({ sql: tx }) => {
    await lockSchool(tx, schoolId);
    const marked =
      await sql`update operation set params = params || ${JSON.stringify({ undoneBy: id })}::jsonb
      where id = ${run.id} and not params ? 'undoneBy' returning id`.execute(tx);
    if (marked.rows.length === 0) throw new Refusal(409, 'operation-not-undoable', 'Этот прогон уже отменён');
    const params = { run: run.id, following: true };
    await openOperation(tx, { id, schoolId, kind: 'undo', params, by: ask.by, at });
    await sql`update operation set state = 'running', started_at = ${at} where id = ${id}`.execute(tx);
    await restoreExceptions(tx, schoolId, run.id);
    await pinDifferences(tx, { schoolId, runId: run.id, by: ask.by, at });
    const made = await madeBy(tx, run.id);
    const how = { schoolId, cause: `undo:${id}`, at, operationId: id } as const;
    await beginDeletion(tx, made, { ...how, recreate: true, priority: 'bulk' });
    const only = await changedBy(tx, run.id, made);
    const plan = await planSchool(ctx, tx, {
      schoolId,
      types: CHAT_TYPES,
      strict: false,
      day: null,
      recreate: false,
      only,
      approvedChatIds: only,
    });
    await applyPlan(ctx, tx, plan, { ...how, priority: 'bulk' });
  });
  ctx.wake('chats');
  await finishOperations(ctx, [id]);
  return id;
}

async function madeBy(tx: Sql, runId: string): Promise<string[]> {
  const { rows } = await sql<{ chat_id: string }>`
    select chat_id from operation_chat where operation_id = ${runId}
      and actions @> '[{"action": "create"}]'`.execute(tx);
  return rows.map((r) => r.chat_id);
}

async function changedBy(tx: Sql, runId: string, except: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ chat_id: string }>`
    select chat_id from operation_chat where operation_id = ${runId} and chat_id <> all(${[...except]}::uuid[])`.execute(
    tx,
  );
  return new Set(rows.map((r) => r.chat_id));
}

async function restoreExceptions(tx: Sql, schoolId: string, runId: string): Promise<void> {
  await sql`
    insert into exception (chat_id, person_id, school_id, member, admin, author_id, reason, at)
    select chat_id, person_id, school_id, details->>'member', details->>'admin', details->>'authorId',
      details->>'reason', (details->>'at')::timestamptz
    from journal where school_id = ${schoolId} and cause = ${`initialization:${runId}`} and what = 'exception-dropped'
    on conflict (chat_id, person_id) do nothing`.execute(tx);
}

/** The opposite of each thing done to a person; where an exception was restored that says it already. */
async function pinDifferences(
  tx: Sql,
  undo: { schoolId: string; runId: string; by: string; at: Date },
): Promise<void> {
  await sql`
    with done as (
      select o.chat_id, a->>'personId' as person_id, a->>'action' as action
      from operation_chat o cross join jsonb_array_elements(o.actions) a
      where o.operation_id = ${undo.runId} and a ? 'personId' and not a ? 'held'
        and not o.actions @> '[{"action": "create"}]')
    insert into exception as e (chat_id, person_id, school_id, member, admin, author_id, reason, at)
    select chat_id, person_id, ${undo.schoolId},
      max(case action when 'add' then 'excluded' when 'remove' then 'added' end),
      max(case action when 'grant' then 'revoked' when 'revoke' then 'granted' end),
      ${undo.by}, ${`отмена прогона ${undo.runId.slice(0, RUN_NAME_CHARS)}`}, ${undo.at}
    from done group by chat_id, person_id
    on conflict (chat_id, person_id) do nothing`.execute(tx);
}
