/** The part of operation.ts that only imports of rosters have: from the file to its schools, and what overtakes them. */
import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import type { OfSchool } from './operation.ts';

/** The file is read. */
export async function noteRead(tx: Sql, id: string, result: object): Promise<void> {
  await sql`update operation set result = ${JSON.stringify(result)}::jsonb where id = ${id}`.execute(tx);
}

/** The file is of one school, and what it says is staged: the operation is that school's from here on. */
export async function becomeSchools(tx: Sql, id: string, schoolId: string): Promise<void> {
  await sql`update operation set school_id = ${schoolId}, params = params || '{"staged": true}'
    where id = ${id}`.execute(tx);
}

/** The file is of several schools: each has an operation of its own under this one. */
export async function becomeParent(tx: Sql, id: string): Promise<void> {
  await sql`update operation set params = params || '{"schools": true}' where id = ${id}`.execute(tx);
}

/** Shown to this school, if it is known. */
export async function showTo(tx: Sql, id: string, schoolId: string): Promise<void> {
  await sql`update operation set school_id = ${schoolId}
    where id = ${id} and exists (select from school where id = ${schoolId})`.execute(tx);
}

/** What is staged is in the facts, and the chats follow; an incomplete one will be held (J2). */
export async function noteApplied(
  tx: Sql,
  { schoolId, id }: OfSchool,
  { result, problems, incomplete }: { result: object; problems: readonly Problem[]; incomplete: boolean },
): Promise<void> {
  await sql`update operation set result = ${JSON.stringify(result)}::jsonb,
      problems = ${JSON.stringify(problems)}::jsonb,
      params = params || ${JSON.stringify({ following: true, incomplete })}::jsonb
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** The roster is whole by a person's word (J2): it is applied anew. */
export async function acceptImport(tx: Sql, { schoolId, id }: OfSchool, by: Author): Promise<void> {
  const said = { accepted: true, acceptedBy: by };
  await sql`
    update operation set params = params - 'incomplete' - 'following' || ${JSON.stringify(said)}::jsonb,
      state = 'queued', problems = '[]', finished_at = null
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

export async function rejectImport(tx: Sql, { schoolId, id }: OfSchool, at: Date): Promise<void> {
  await sql`
    update operation set params = params - 'incomplete' - 'following' || '{"rejected": true}',
      state = 'succeeded', finished_at = ${at}
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/**
 * J2: incomplete files that wait for a decision have nothing to say once a whole one that is no older (`takenAt`, ISO
 * 8601) is in by the operation `by`. Returns their operations.
 */
export async function endOvertaken(
  tx: Sql,
  schoolId: string,
  { by, takenAt, problem, at }: { by: string; takenAt: string; problem: Problem; at: Date },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update operation set state = 'succeeded', finished_at = ${at},
      params = params - 'incomplete', problems = problems || ${JSON.stringify([problem])}::jsonb
    where school_id = ${schoolId} and kind = 'roster-import' and state = 'held' and params ? 'incomplete'
      and params->>'incomplete' = 'true' and id <> ${by}
      and (params->>'takenAt')::timestamptz <= ${takenAt}::timestamptz returning id`.execute(tx);
  return rows.map(({ id }) => id);
}

/**
 * An import of several schools is what its schools' operations are: `held` while one of them is and none is at work,
 * ended when all have. Derived from their rows, so nothing need remember to tell it.
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
    where open.state in ('running', 'held') and open.params ? 'schools' and p.id = open.id
      and (p.state, p.done, p.total, p.problems, p.result->'operations')
        is distinct from (c.state, c.done, c.total, q.problems, c.operations)`.execute(db);
}
