/**
 * The part of operation.ts for imports of rosters: from the file to its schools, and imports that a later one
 * overtakes.
 */
import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { PlanCounts } from '../plan/model.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import type { OfSchool } from './operation.ts';

/** Keeps the result of reading the file. */
export async function noteFileRead(tx: Sql, id: string, result: object): Promise<void> {
  await sql`update operation set result = ${JSON.stringify(result)}::jsonb where id = ${id}`.execute(tx);
}

/** True in SQL until the file is its schools'. Of two workers with one file the second waits and finds that it is. */
const isUngiven = sql<boolean>`not params ?| array['staged', 'schools']`;

/** Makes the operation that school's own, where the file is about one. False: another worker has done so. */
export async function becomeSchools(tx: Sql, id: string, schoolId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update operation set school_id = ${schoolId}, params = params || '{"staged": true}'
    where id = ${id} and ${isUngiven}`.execute(tx);
  return numAffectedRows === 1n;
}

/**
 * Makes the operation the parent of its schools' operations, as a file about several is staged. False: another worker
 * has done so.
 */
export async function becomeParent(tx: Sql, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update operation set params = params || '{"schools": true}' where id = ${id} and ${isUngiven}`.execute(
    tx,
  );
  return numAffectedRows === 1n;
}

/** Shows the operation to this school, if the school is known. */
export async function showTo(tx: Sql, id: string, schoolId: string): Promise<void> {
  await sql`update operation set school_id = ${schoolId}
    where id = ${id} and exists (select from school where id = ${schoolId})`.execute(tx);
}

/** Notes that the staged rows are applied and that the chats follow. An incomplete roster is held at the end (J2). */
export async function noteApplied(
  tx: Sql,
  { schoolId, id }: OfSchool,
  {
    result,
    problems,
    incomplete,
    planned,
  }: {
    result: object;
    problems: readonly Problem[];
    incomplete: boolean;
    planned: PlanCounts | undefined;
  },
): Promise<void> {
  await sql`update operation set result = ${JSON.stringify(result)}::jsonb,
      problems = ${JSON.stringify(problems)}::jsonb,
      params = params || ${JSON.stringify({ following: true, incomplete, planned })}::jsonb
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** Queues a held import again, because a person has said that the roster is whole (J2). */
export async function acceptImport(tx: Sql, { schoolId, id }: OfSchool, by: Author): Promise<void> {
  const said = { accepted: true, acceptedBy: by };
  await sql`
    update operation set params = params - 'incomplete' - 'following' || ${JSON.stringify(said)}::jsonb,
      state = 'queued', problems = '[]', finished_at = null
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** Queues an import that waits for a decision again, because a person has said who of its list is who (K4). */
export async function judgeImportAgain(tx: Sql, { schoolId, id }: OfSchool): Promise<void> {
  await sql`
    update operation set params = params - 'incomplete' - 'following', state = 'queued', problems = '[]',
      finished_at = null
    where id = ${id} and school_id = ${schoolId} and state in ('running', 'held')
      and params @> '{"incomplete": true}'`.execute(tx);
}

/** Ends a held import whose lists a person has rejected. What was added stays. */
export async function rejectImport(tx: Sql, { schoolId, id }: OfSchool, at: Date): Promise<void> {
  await sql`
    update operation set params = params - 'incomplete' - 'following' || '{"rejected": true}',
      state = 'succeeded', finished_at = ${at}
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/**
 * Ends the imports of incomplete files that wait for a decision (J2), because the operation `by` has applied a whole
 * file that is not older (`takenAt`, ISO 8601). `onlyPeople`: of them those that were held because of people under new
 * ids (K4). Returns the ids of the ended operations.
 */
export async function endOvertaken(
  tx: Sql,
  schoolId: string,
  {
    by,
    takenAt,
    problem,
    onlyPeople,
    at,
  }: { by: string; takenAt: string; problem: Problem; onlyPeople: boolean; at: Date },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update operation set state = 'succeeded', finished_at = ${at},
      params = params - 'incomplete', problems = problems || ${JSON.stringify([problem])}::jsonb
    where school_id = ${schoolId} and kind = 'roster-import' and state = 'held' and params ? 'incomplete'
      and params->>'incomplete' = 'true' and id <> ${by}
      and (not ${onlyPeople}::boolean or jsonb_path_exists(problems, '$[*].renumbered'))
      and (params->>'takenAt')::timestamptz <= ${takenAt}::timestamptz returning id`.execute(tx);
  return rows.map(({ id }) => id);
}

/**
 * Derives the state of each import of several schools from its schools' operations. It is `held` while one of them is
 * held and none is at work, and ends when all have ended. No other code needs to report anything to the parent.
 */
export async function settleParents(db: Sql, at: Date): Promise<void> {
  await sql`
    update operation p set state = c.state, done = c.done, total = c.total, problems = q.problems,
      result = p.result || jsonb_build_object('operations', c.operations),
      finished_at = case when c.state in ('running', 'held') then null else ${at}::timestamptz end
    from operation open cross join lateral (
      select case when bool_or(state in ('queued', 'running')) then 'running' when bool_or(state = 'held') then 'held'
          when bool_or(state = 'failed') then 'failed' else 'succeeded' end as state,
        coalesce(sum(done), 0)::int as done, coalesce(sum(total), 0)::int as total,
        coalesce(jsonb_agg(jsonb_build_object('schoolId', school_id, 'operationId', id, 'state', state)
          order by school_id), '[]') as operations
      from operation where parent_id = open.id) c
    cross join lateral (
      select coalesce(jsonb_agg(problem order by school_id), '[]') as problems
      from operation child cross join jsonb_array_elements(child.problems) problem where parent_id = open.id) q
    where open.state in ('running', 'held') and open.school_id is null and open.params ? 'schools' and p.id = open.id
      and (p.state, p.done, p.total, p.problems, p.result->'operations')
        is distinct from (c.state, c.done, c.total, q.problems, c.operations)`.execute(db);
}
