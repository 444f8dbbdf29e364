import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { CHAT_TYPES } from '../desired/model.ts';
import { applyPlan } from '../planning/apply-plan.ts';
import { finishOperations } from '../planning/end-operations.ts';
import { planSchool, type SchoolPlan } from '../planning/plan-school.ts';
import { notFound, Refusal } from '../refusal.ts';
import { pin, type Rule, type Ruled, restoreExceptions, unpin } from '../rows/exception.ts';
import { noteLine } from '../rows/journal.ts';
import { beginOperation, noteUndone, openOperation } from '../rows/operation.ts';
import type { Sql } from '../store/database.ts';
import { findOperationRow } from '../store/operation-row.ts';
import { currentId, everyIdOf } from '../store/queries/former-ids.ts';
import { beginDeletion } from './delete-chat.ts';

/** People tell initialisations apart by so many characters of the id. */
const RUN_NAME_CHARS = 8;

/**
 * Undoes an applied initialisation (J4) and returns the id of the undoing operation. It restores the exceptions that
 * the initialisation dropped, pins every other difference by an exception «отмена инициализации N», and deletes the
 * chats that the initialisation made. The next initialisation brings those chats back.
 *
 * Strangers, departed and unlinked people do not return, and held removals stay held. Throws Refusal(409)
 * `operation-not-undoable` for an operation that is no applied initialisation or was undone before.
 */
export async function undoOperation(
  ctx: Context,
  ask: { schoolId: string; operationId: string; by: Author },
): Promise<string> {
  const { schoolId } = ask;
  const run = await findOperationRow(ctx, schoolId, ask.operationId);
  if (!run) throw notFound();
  const done = run.state === 'succeeded' || run.state === 'held' || run.state === 'failed';
  if (run.kind !== 'initialization' || !run.params.following || !done || run.params.undoneBy) {
    throw new Refusal(
      409,
      'operation-not-undoable',
      'Отменить можно только выполненную инициализацию, один раз',
    );
  }
  const id = ctx.newId();
  const at = new Date(ctx.clock.now());
  await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    const isFirst = await noteUndone(tx, run.id, id);
    if (!isFirst) throw new Refusal(409, 'operation-not-undoable', 'Эта инициализация уже отменена');
    const params = { run: run.id, following: true } as const;
    await openOperation(tx, { id, schoolId, kind: 'undo', params, by: ask.by, at });
    await beginOperation(tx, id, at);
    const made = await madeBy(tx, run.id);
    const how = { schoolId, cause: `undo:${id}`, author: ask.by, at, operationId: id } as const;
    await noteLine(tx, { ...how, what: 'undone', details: { run: run.id } });
    await beginDeletion(tx, made, { ...how, recreate: true, priority: 'bulk' });
    await restoreExceptions(tx, schoolId, await droppedBy(tx, schoolId, run.id));
    const pinned = await pinDifferences(tx, { schoolId, runId: run.id, except: made, by: ask.by, at });
    const plan = await planSchool(ctx, tx, {
      schoolId,
      types: CHAT_TYPES,
      strict: false,
      day: null,
      recreate: false,
      asked: 'everything',
      only: await changedBy(tx, run.id, made),
    });
    await unpin(tx, notReturning(pinned, plan));
    await applyPlan(ctx, tx, plan, { ...how, priority: 'bulk' });
  });
  ctx.wake('chats', { schoolId });
  await finishOperations(ctx, schoolId, [id]);
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

async function droppedBy(tx: Sql, schoolId: string, runId: string): Promise<Ruled[]> {
  const { rows } = await sql<Ruled>`
    select j.chat_id as "chatId", ${currentId(schoolId, sql`j.person_id`)} as "personId", details->>'member' as member, details->>'admin' as admin,
      ${currentId(schoolId, sql`details->>'authorId'`)} as "authorId", t.reason, details->>'at' as at
    from journal j left join journal_text t on t.school_id = j.school_id and t.journal_id = j.id
    where j.school_id = ${schoolId} and j.cause = ${`initialization:${runId}`} and j.what = 'exception-dropped'`.execute(
    tx,
  );
  return rows;
}

/**
 * Pins people to what the journal says they were before the initialisation. It concerns everybody whom the
 * initialisation, or an approval of its held removals, has put in, taken out, appointed or revoked. An exception that
 * exists, restored or made since, has priority. Its two aspects, membership and adminship, count apart.
 *
 * Two kinds of people need no pin: those who were in the list all the time and had only dropped out of the live chat,
 * and admins who stand in (C6), whom the rules place. Returns the pins that are new.
 */
async function pinDifferences(
  tx: Sql,
  undo: { schoolId: string; runId: string; except: readonly string[]; by: Author; at: Date },
): Promise<Rule[]> {
  const { schoolId, runId, by, at } = undo;
  const reason = `отмена инициализации ${runId.slice(0, RUN_NAME_CHARS)}`;
  return pin(tx, { schoolId, authorId: by.id, reason, at }, await differences(tx, undo));
}

async function differences(
  tx: Sql,
  undo: { schoolId: string; runId: string; except: readonly string[] },
): Promise<Rule[]> {
  const causes = [`initialization:${undo.runId}`, `approval:${undo.runId}`];
  const { rows } = await sql<Rule>`
    with done as (
      select chat_id, person_id, min(id) as first,
        (array_agg(what order by id desc) filter (where what in ('add', 'remove')))[1] as member,
        (array_agg(what order by id desc) filter (where what in ('grant', 'revoke', 'remove')))[1] as admin
      from (select id, chat_id, what, cause, details, ${currentId(undo.schoolId, sql`j.person_id`)} as person_id from journal j
          where school_id = ${undo.schoolId} and cause = any(${causes}) and person_id is not null) j
      where what in ('add', 'remove', 'grant', 'revoke') and chat_id <> all(${[...undo.except]}::uuid[])
        and not coalesce(details->'grounds' @> '[{"kind": "no-other-admin"}]', false)
      group by chat_id, person_id),
    compared as (
      select d.*, coalesce((${before(undo.schoolId, ['add', 'remove'])}) = 'add', false) as was_in,
        coalesce((${before(undo.schoolId, ['grant', 'revoke', 'remove'])}) = 'grant', false) as was_admin
      from done d),
    pins as (
      select chat_id, person_id,
        case when member = 'add' and not was_in then 'excluded' when member = 'remove' and was_in then 'added' end as member,
        case when admin = 'grant' and was_in and not was_admin then 'revoked'
          when admin in ('revoke', 'remove') and was_admin then 'granted' end as admin
      from compared)
    select chat_id as "chatId", person_id as "personId", member, admin
    from pins where member is not null or admin is not null`.execute(tx);
  return rows;
}

/**
 * Gives in SQL the last journal line of these kinds about the person and chat of `d` before the initialisation. Lines
 * from before a deletion of the chat do not count, because the chat that came back is a new one (G1).
 */
function before(schoolId: string, kinds: readonly string[]) {
  return sql`select j.what from journal j
    where j.school_id = ${schoolId} and j.person_id = any(${everyIdOf(schoolId, sql`d.person_id`)})
      and j.chat_id = d.chat_id
      and j.what = any(${[...kinds]}) and j.id < d.first
      and j.id > coalesce((select max(g.id) from journal g where g.chat_id = d.chat_id and g.what = 'delete'), 0)
    order by j.id desc limit 1`;
}

/**
 * Returns the pins that would bring back people who do not return because they have departed. Such a pin must go, else
 * it would put the person into the chat years later.
 */
function notReturning(pins: readonly Rule[], { desired }: SchoolPlan): Rule[] {
  const chats = new Map(desired.map((chat) => [chat.id, chat]));
  return pins.filter((pin) => pin.member === 'added' && !chats.get(pin.chatId)?.members.has(pin.personId));
}
