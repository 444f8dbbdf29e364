import { sql } from 'kysely';
import type { Context } from '../context.ts';

/**
 * An import of several schools is what its schools' operations are: `held` while one of them is and none is at work,
 * ended when all have. Derived from their rows at each round of the relay, so nothing need remember to tell it.
 */
export async function settleImports(ctx: Context): Promise<void> {
  const at = new Date(ctx.clock.now());
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
        is distinct from (c.state, c.done, c.total, q.problems, c.operations)`.execute(
    ctx.db.across('import'),
  );
}

/** What is left of files and staged rows whose imports have ended otherwise than by being applied. */
export async function dropLeftovers(ctx: Context): Promise<void> {
  const ended = sql`o.state in ('succeeded', 'failed', 'cancelled')`;
  for (const table of ['roster_file', 'staged_roster']) {
    await sql`delete from ${sql.table(table)} t using operation o where o.id = t.operation_id and ${ended}`.execute(
      ctx.db.across('import'),
    );
  }
}
