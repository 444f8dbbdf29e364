/**
 * The only writer of `operation`: long work that a person follows.
 *
 *   none             ──openOperation─────────────────────────► queued
 *   queued           ──startOperation, beginOperation────────► running
 *   queued           ──cancelQueued──────────────────────────► cancelled
 *   queued, running  ──endOperation──────────────────────────► succeeded, failed, or held: a person must decide
 *   held             ──goOn, addToHold, releaseEmptyHolds────► running
 *   held             ──acceptImport──────────────────────────► queued
 *   held             ──endOperation, rejectImport, endOvertaken──► succeeded
 *   held             ──dropReplacement───────────────────────► cancelled
 *
 * An import of several schools has its state from those of its schools; what only imports do stands in
 * operation-import.ts. The row is the truth; its job (`run-operation`) is only a wake-up, given again by the sweep.
 *
 * `params.following` says that its own work is done and its chats are followed to their end; `params.incomplete` that
 * its roster waits for a person's word; `params.decided` who gave the last one; `params.schools` that it is a parent.
 */
import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { ChatType } from '../desired/model.ts';
import type { PlanCounts } from '../plan/model.ts';
import type { Sql } from '../store/database.ts';
import type { OperationKind, Problem } from '../store/entities.ts';

/** The problem that tells of held removals: it changes with each decision, so it is said anew at each end. */
export const REMOVALS_HELD = 'removals-held';

export interface OfSchool {
  schoolId: string;
  id: string;
}

export async function openOperation(
  db: Sql,
  operation: {
    id: string;
    schoolId: string | null;
    kind: OperationKind;
    params: Record<string, unknown>;
    by: Author;
    at: Date;
    /** Of a school's part of an import of several. */
    parentId?: string;
  },
): Promise<void> {
  await sql`insert into operation (id, school_id, kind, params, parent_id, created_by, created_by_kind, created_at)
    values (${operation.id}, ${operation.schoolId}, ${operation.kind}, ${JSON.stringify(operation.params)}::jsonb,
      ${operation.parentId ?? null}, ${operation.by.id}, ${operation.by.kind}, ${operation.at})`.execute(db);
}

/** Of one that was opened in this transaction and needs no job: its chats are all there is to follow. */
export async function beginOperation(tx: Sql, id: string, at: Date): Promise<void> {
  await sql`update operation set state = 'running', started_at = ${at} where id = ${id}`.execute(tx);
}

/** Whether the operation is now running: it was queued, or it runs already (a job given twice goes on with it). */
export async function startOperation(db: Sql, id: string, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update operation set state = 'running', started_at = coalesce(started_at, ${at})
    where id = ${id} and state in ('queued', 'running') returning id`.execute(db);
  return rows.length > 0;
}

/** Ends an operation, once: a later end changes nothing. */
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

/** One that has not begun. Returns its kind; null: it has begun, or is not there. */
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

/** One more failure that nobody expected, of one that runs. Returns how many there were. */
export async function countFailure(db: Sql, id: string): Promise<number> {
  const { rows } = await sql<{ failures: number }>`
    update operation set params = params || jsonb_build_object('failures', coalesce((params->>'failures')::int, 0) + 1)
    where id = ${id} and state = 'running' returning (params->>'failures')::int as failures`.execute(db);
  return rows[0]?.failures ?? 0;
}

/** How far its own work is. Once its chats are followed, they are the progress instead. */
export async function noteProgress(
  db: Sql,
  { schoolId, id, done, total }: OfSchool & { done: number; total: number },
): Promise<void> {
  await sql`update operation set done = ${done}, total = ${total}
    where id = ${id} and school_id = ${schoolId} and state = 'running' and not params ? 'following'`.execute(
    db,
  );
}

/** So many chats were followed to their end: all there were. */
export async function noteFollowed(tx: Sql, { schoolId, id }: OfSchool, chats: number): Promise<void> {
  await sql`update operation set done = ${chats}, total = ${chats}
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** What was found while it goes on, beside what its result says already. */
export async function addToResult(db: Sql, { schoolId, id }: OfSchool, found: object): Promise<void> {
  await sql`update operation set result = coalesce(result, '{}') || ${JSON.stringify(found)}::jsonb
    where id = ${id} and school_id = ${schoolId}`.execute(db);
}

/** More removals are held under it; its chats are followed anew. `planned`: with what was planned before. */
export async function addToHold(tx: Sql, id: string, planned: PlanCounts): Promise<void> {
  await sql`update operation set state = 'running', params = params || ${JSON.stringify({ planned })}::jsonb
    where id = ${id}`.execute(tx);
}

/** A question about nobody is over: its chats are followed to their end. Returns those operations. */
export async function releaseEmptyHolds(tx: Sql, schoolId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update operation o set state = 'running' where school_id = ${schoolId} and state = 'held'
      and params ? 'following' and not params @> '{"incomplete": true}'
      and not (exists (select from membership m where o.id = m.held_by)
        or exists (select from sferum_member s where o.id = s.held_by)) returning id`.execute(tx);
  return rows.map(({ id }) => id);
}

export interface Decided {
  decision: 'approve' | 'reject';
  by: Author;
  /** ISO 8601. */
  at: string;
}

export async function noteDecided(tx: Sql, { schoolId, id }: OfSchool, decided: Decided): Promise<void> {
  await sql`update operation set params = params || ${JSON.stringify({ decided })}::jsonb
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** What was decided is followed. */
export async function goOn(tx: Sql, { schoolId, id }: OfSchool): Promise<void> {
  await sql`update operation set state = 'running', params = params || '{"following": true}'
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** Another connection decides anew what was asked about the one before. */
export async function dropReplacement(tx: Sql, schoolId: string, at: Date): Promise<void> {
  await sql`update operation set state = 'cancelled', finished_at = ${at}
    where school_id = ${schoolId} and kind = 'account-replacement' and state = 'held'`.execute(tx);
}

/** Once for each run: false where it is undone already. */
export async function noteUndone(tx: Sql, runId: string, undoneBy: string): Promise<boolean> {
  const { rows } = await sql`update operation set params = params || ${JSON.stringify({ undoneBy })}::jsonb
    where id = ${runId} and not params ? 'undoneBy' returning id`.execute(tx);
  return rows.length > 0;
}

/** What an initialisation planned: the facts' revision and day, the chats that have something to do, the totals. */
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

/** A problem for each automatic chat of these types that is still being deleted and would come back. */
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
