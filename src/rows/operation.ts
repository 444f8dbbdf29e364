/**
 * The only writer of `operation`: long work that a person follows.
 *
 *   none             ──openOperation─────────────────────────► queued
 *   queued           ──startOperation, beginOperation────────► running
 *   queued           ──cancelQueued──────────────────────────► cancelled
 *   queued, running  ──endOperation──────────────────────────► succeeded, failed, or held where a person must decide
 *   held             ──goOn, addToHold, releaseEmptyHolds────► running
 *   held             ──acceptImport──────────────────────────► queued
 *   running, held    ──judgeImportAgain──────────────────────► queued
 *   held             ──endOperation, rejectImport, endOvertaken──► succeeded
 *   held             ──dropReplacement───────────────────────► cancelled
 *
 * The state of an import of several schools follows from the states of its schools' operations. operation-import.ts has
 * what concerns imports alone. The row is the truth. Its job (`run-operation`) only wakes a worker, and the sweep gives
 * the job again.
 *
 * `params.following` says that the operation's own work is done and that its chats are followed to their end.
 * `params.incomplete` says that its roster waits for a decision, and `params.decided` tells the last decision.
 * `params.schools` says that it is the parent of its schools' operations. `params.awaiting` holds approvals that wait
 * (operation-approval.ts).
 */
import { type RawBuilder, sql } from 'kysely';
import type { Author } from '../author.ts';
import type { ChatType } from '../desired/model.ts';
import type { PlanCounts } from '../plan/model.ts';
import type { Sql } from '../store/database.ts';
import type { OperationKind, Problem } from '../store/entities.ts';
import type { Decided, KindWithParams } from '../store/operation-params.ts';
import type { NewIds } from '../store/renaming.ts';
import { currentTrace } from '../traces/current.ts';

/** The code of the problem about held removals. Each decision changes it, so every end of the operation replaces it. */
export const REMOVALS_HELD = 'removals-held';

export interface OfSchool {
  schoolId: string;
  id: string;
}

/** Adds an operation, queued. Its jobs go on with the trace in which it was asked for. */
export async function openOperation(
  db: Sql,
  operation: {
    id: string;
    schoolId: string | null;
    by: Author;
    at: Date;
    /** The import of several schools to which this school's part belongs. */
    parentId?: string;
  } & KindWithParams,
): Promise<void> {
  await sql`insert into operation (id, school_id, kind, params, parent_id, created_by, created_by_kind, created_at,
      traceparent)
    values (${operation.id}, ${operation.schoolId}, ${operation.kind}, ${JSON.stringify(operation.params)}::jsonb,
      ${operation.parentId ?? null}, ${operation.by.id}, ${operation.by.kind}, ${operation.at},
      ${currentTrace()})`.execute(db);
}

/** Starts an operation that was opened in this transaction. It needs no job, because only its chats are to follow. */
export async function beginOperation(tx: Sql, id: string, at: Date): Promise<void> {
  await sql`update operation set state = 'running', started_at = ${at} where id = ${id}`.execute(tx);
}

/** Starts a queued operation. True also for one that runs already, so that a job which came twice goes on with it. */
export async function startOperation(db: Sql, id: string, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update operation set state = 'running', started_at = coalesce(started_at, ${at})
    where id = ${id} and state in ('queued', 'running') returning id`.execute(db);
  return rows.length > 0;
}

/** Ends an operation. Only the first end counts. */
export async function endOperation(
  db: Sql,
  id: string,
  end: {
    state: 'succeeded' | 'failed' | 'held';
    at: Date;
    result?: Record<string, unknown>;
    problems?: readonly Problem[];
  },
): Promise<void> {
  await sql`
    update operation set state = ${end.state},
      result = coalesce(result, '{}') || ${JSON.stringify(end.result ?? {})}::jsonb,
      problems = (select coalesce(jsonb_agg(p order by n), '[]') from jsonb_array_elements(problems) with ordinality x(p, n)
        where p->>'code' <> ${REMOVALS_HELD}) || ${JSON.stringify(end.problems ?? [])}::jsonb,
      finished_at = ${end.state === 'held' ? null : end.at}
    where id = ${id} and state in ('queued', 'running', 'held')`.execute(db);
}

/** Cancels an operation that has not begun and returns its kind. Null where it has begun or does not exist. */
export async function cancelQueued(
  db: Sql,
  { schoolId, id, by, at }: { schoolId: string | null; id: string; by: Author; at: Date },
): Promise<OperationKind | null> {
  const { rows } = await sql<{ kind: OperationKind }>`
    update operation set state = 'cancelled', params = params || ${JSON.stringify({ cancelledBy: by.id })}::jsonb, finished_at = ${at}
    where id = ${id} and school_id is not distinct from ${schoolId} and state = 'queued'
    returning kind`.execute(db);
  return rows[0]?.kind ?? null;
}

/** Counts an unexpected failure of a running operation. Returns the number of failures. */
export async function countFailure(db: Sql, id: string): Promise<number> {
  const { rows } = await sql<{ failures: number }>`
    update operation set params = params || jsonb_build_object('failures', coalesce((params->>'failures')::int, 0) + 1)
    where id = ${id} and state = 'running' returning (params->>'failures')::int as failures`.execute(db);
  return rows[0]?.failures ?? 0;
}

/** Keeps how far the operation's own work is. Once its chats are followed, they are the progress instead. */
export async function noteProgress(
  db: Sql,
  { schoolId, id, done, total }: OfSchool & { done: number; total: number },
): Promise<void> {
  await sql`update operation set done = ${done}, total = ${total}
    where id = ${id} and school_id = ${schoolId} and state = 'running' and not params ? 'following'`.execute(
    db,
  );
}

/** Keeps the number of chats that were followed to their end, once these are all chats. */
export async function noteFollowed(tx: Sql, { schoolId, id }: OfSchool, chats: number): Promise<void> {
  await sql`update operation set done = ${chats}, total = ${chats}
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** Adds to the result of an operation that goes on. The other entries of the result stay. */
export async function addToResult(db: Sql, { schoolId, id }: OfSchool, found: object): Promise<void> {
  await sql`update operation set result = coalesce(result, '{}') || ${JSON.stringify(found)}::jsonb
    where id = ${id} and school_id = ${schoolId}`.execute(db);
}

/** Holds more removals under an operation and follows its chats again. `planned` includes the earlier counts. */
export async function addToHold(tx: Sql, id: string, planned: PlanCounts): Promise<void> {
  await sql`update operation set state = 'running', params = params || ${JSON.stringify({ planned })}::jsonb
    where id = ${id}`.execute(tx);
}

/**
 * True in SQL where operation `o` is held and holds nobody any more. An order, a new list or a departure may empty a
 * hold at any moment.
 */
export const isEmptyHold = sql<boolean>`(o.state = 'held' and o.params ? 'following'
  and not o.params @> '{"incomplete": true}'
  and not exists (select from membership m where o.id = m.held_by)
  and not exists (select from sferum_member s where o.id = s.held_by))`;

/** Releases held operations that hold nobody any more, so that they can end. Returns their ids. */
export async function releaseEmptyHolds(tx: Sql, schoolId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update operation o set state = 'running' where school_id = ${schoolId} and ${isEmptyHold} returning id`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}

/** Notes the last decision. */
export async function noteDecided(tx: Sql, { schoolId, id }: OfSchool, decided: Decided): Promise<void> {
  await sql`update operation set params = params || ${JSON.stringify({ decided })}::jsonb
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** Lets a held operation run again, so that the decision is followed to its end. */
export async function goOn(tx: Sql, { schoolId, id }: OfSchool): Promise<void> {
  await sql`update operation set state = 'running', params = params || '{"following": true}'
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** Cancels the question about a replaced account, because a newer connection has made it pointless. */
export async function dropReplacement(tx: Sql, schoolId: string, at: Date): Promise<void> {
  await sql`update operation set state = 'cancelled', finished_at = ${at}
    where school_id = ${schoolId} and kind = 'account-replacement' and state = 'held'`.execute(tx);
}

/** Notes that an initialisation is undone. False where it was undone before, because it is undone only once. */
export async function noteUndone(tx: Sql, runId: string, undoneBy: string): Promise<boolean> {
  const { rows } = await sql`update operation set params = params || ${JSON.stringify({ undoneBy })}::jsonb
    where id = ${runId} and not params ? 'undoneBy' returning id`.execute(tx);
  return rows.length > 0;
}

/** Keeps what an initialisation planned: the facts' revision and day, the chats with something to do, the totals. */
export async function notePlanned(
  tx: Sql,
  id: string,
  planned: { revision: number; day: string; chats: number; result: object; params: object },
): Promise<void> {
  await sql`update operation set revision = ${planned.revision}, day = ${planned.day}, done = 0,
      total = ${planned.chats}, result = ${JSON.stringify(planned.result)}::jsonb,
      params = params || ${JSON.stringify(planned.params)}::jsonb
    where id = ${id}`.execute(tx);
}

/** Lets an operation follow its chats from now on, and keeps what its own work has found. */
export async function noteFollowing(tx: Sql, { schoolId, id }: OfSchool, found: object): Promise<void> {
  await sql`update operation set params = params || ${JSON.stringify({ ...found, following: true })}::jsonb
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** Adds a problem for each automatic chat of these types that would come back but is still being deleted. */
export async function tellOfDeletions(
  tx: Sql,
  { schoolId, id }: OfSchool,
  { types, message }: { types: readonly ChatType[]; message: string },
): Promise<void> {
  await sql`update operation set problems = problems || (
      select coalesce(jsonb_agg(jsonb_build_object('code', 'chat-deleting', 'chatId', c.id, 'message', ${message}::text)), '[]')
      from chat c where c.school_id = ${schoolId} and c.type = any(${[...types]}::text[]) and c.key is not null
        and c.recreate and c.deleting_since is not null and c.deleted_at is null)
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** Puts people's new ids in where they have asked for, accepted, decided or cancelled something (K4). */
export async function renameAskers(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const asked = sql`o.created_by`;
  await sql`update operation o set created_by = ${ids.of(asked)}
    where o.school_id = ${schoolId} and ${ids.has(asked)} and ${ofPerson(sql`o.created_by_kind`)}`.execute(
    tx,
  );
  for (const [path, kind] of NAMING) {
    const id = sql`o.params #>> ${path}::text[]`;
    const isPerson = kind === null ? sql`true` : ofPerson(sql`(o.params #>> ${kind}::text[])`);
    await sql`update operation o set params = jsonb_set(o.params, ${path}::text[], to_jsonb(${ids.of(id)}))
      where o.school_id = ${schoolId} and ${ids.has(id)} and ${isPerson}`.execute(tx);
  }
}

/** Where the params name somebody, each with the place that says what the id names, if there is one. */
const NAMING = [
  ['{cancelledBy}', null],
  ['{personId}', null],
  ['{acceptedBy,id}', '{acceptedBy,kind}'],
  ['{decided,by,id}', '{decided,by,kind}'],
] as const;

/** These kinds name a user or a service of СГО and no person of the school. */
const ofPerson = (kind: RawBuilder<unknown>) => sql`${kind} not in ('operator', 'service', 'system')`;
