/**
 * The wall between schools (rule 16). Every table with a `school_id` shows and takes only rows of the school that the
 * transaction names by `app.school`. That is forced for the owner too, and only the role EVERY_SCHOOL passes. So a
 * query that forgot its school finds nothing.
 * The statements below are derived from the tables that are there. So the migration run that makes a table also walls
 * it, and `isWalled` refuses a start without the wall.
 */
import type { Client } from 'pg';
import { INSERT_ONLY } from '../../migrations/insert-only.ts';
import { APP_ROLE, EVERY_SCHOOL } from './roles.ts';

/** Tables that the application only reads. */
const READ_ONLY = ['mikro_orm_migrations'];

/**
 * Gives what the tables lack of the wall and of the application's rights, as statements; none where the wall stands.
 */
const MISSING = `
with tables as (
  select c.oid, c.relname, c.relrowsecurity and c.relforcerowsecurity as walled,
    case when c.relname = 'school' then 'id'
      when exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'school_id' and not a.attisdropped)
      then 'school_id' end as school
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition),
policies as (
  select t.*, p.policy, p.body from tables t cross join lateral (values
    -- As a subquery the setting is read once a statement, not once a row.
    ('own_school', format('using (%I = (select current_setting(''app.school'', true)))', t.school)),
    ('every_school', 'to ${EVERY_SCHOOL} using (true)')) p(policy, body)
  where t.school is not null),
rights as (
  select t.relname, t.oid, r.role, v.verb from tables t
    cross join unnest(array['${APP_ROLE}', '${EVERY_SCHOOL}']) r(role)
    cross join unnest(array['select', 'insert', 'update', 'delete']) v(verb)
  where v.verb = 'select' or not (t.relname = any($2)) and (v.verb = 'insert' or not (t.relname = any($1)))),
excess as (
  select t.relname, t.oid, r.role, v.verb from tables t
    cross join unnest(array['${APP_ROLE}', '${EVERY_SCHOOL}']) r(role)
    cross join unnest(array['insert', 'update', 'delete', 'truncate']) v(verb)
  where t.relname = any($2) or t.relname = any($1) and v.verb <> 'insert')
select 1 as step, format('create policy %I on %I %s', policy, relname, body) as statement from policies
  where not exists (select from pg_policy p where p.polrelid = policies.oid and p.polname = policies.policy)
union all select 1, format('alter policy own_school on %I %s', relname, body) from policies
  join pg_policy p on p.polrelid = policies.oid and p.polname = policy
  where policy = 'own_school' and pg_get_expr(p.polqual, p.polrelid) !~* 'select current_setting'
union all select 2, format('alter table %I enable row level security, force row level security', relname)
  from tables where school is not null and not walled
union all select 3, format('grant %s on %I to %I', verb, relname, role) from rights
  where not has_table_privilege(role, oid, verb)
union all select 4, format('revoke %s on %I from %I', verb, relname, role) from excess
  where has_table_privilege(role, oid, verb)
order by 1, 2`;

/** Raises what is missing of the wall. Locks no table where nothing is missing. */
export async function raiseWall(client: Client): Promise<void> {
  for (const statement of await missingOfWall(client)) await client.query(statement);
}

/** Whether the whole wall stands. Without it the application must not start. */
export async function isWalled(client: Client): Promise<boolean> {
  return (await missingOfWall(client)).length === 0;
}

async function missingOfWall(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(MISSING, [[...INSERT_ONLY], [...READ_ONLY]]);
  return rows.map((row) => row.statement);
}
