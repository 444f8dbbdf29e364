import pg, { type Client } from 'pg';
import { codeOf } from '../errors.ts';
import { oneRow } from './rows.ts';

/**
 * The role of every connection of the application, under any login. It owns nothing and sees only the school that it
 * names.
 */
export const APP_ROLE = 'sferum_app';
/** The role of a transaction across schools, for its length (across-schools.ts). */
export const EVERY_SCHOOL = 'sferum_every_school';
const ROLES = [APP_ROLE, EVERY_SCHOOL];

const NOT_ALLOWED = '42501';
/** PostgreSQL's codes where another process made the role at the same moment. */
const MADE_MEANWHILE = new Set(['42710', '23505']);
const MEMBERSHIP_OPTIONS_SINCE = 160_000;

/**
 * Makes the two roles where the server lacks them, and lets these logins become them. The logins never inherit, so a
 * role's rights count only where the role was set. Roles belong to the server, not to a database, so once is enough.
 * @throws where `client` may not make them, with the statements that an administrator must run
 */
export async function ensureRoles(client: Client, logins: readonly string[]): Promise<void> {
  const missing = await missingStatements(client, logins);
  try {
    for (const statement of missing) await client.query(statement).catch(unlessMadeMeanwhile);
  } catch (error) {
    if (codeOf(error) !== NOT_ALLOWED) throw error;
    throw new Error(
      `the database's roles must be made by an administrator of PostgreSQL once:\n${missing.map((s) => `  ${s};`).join('\n')}`,
      { cause: error },
    );
  }
}

/** Whether the roles were made. Without them nobody can log in as the application. */
export async function hasRoles(client: Client): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_roles where rolname = any($1)', [ROLES]);
  return rowCount === ROLES.length;
}

async function missingStatements(client: Client, logins: readonly string[]): Promise<string[]> {
  const { rows: known } = await client.query<{ rolname: string }>(
    'select rolname from pg_roles where rolname = any($1)',
    [ROLES],
  );
  const { rows: memberships } = await client.query<{ role: string; login: string }>(
    `select r.rolname as role, l.rolname as login from pg_auth_members m join pg_roles r on r.oid = m.roleid
      join pg_roles l on l.oid = m.member where r.rolname = any($1)
    union all select r, rolname from pg_roles cross join unnest($1::text[]) r where rolsuper`,
    [ROLES],
  );
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
  const options =
    Number(oneRow(rows).server_version_num) >= MEMBERSHIP_OPTIONS_SINCE
      ? ' with inherit false, set true'
      : '';
  const roles = ROLES.filter((role) => !known.some((row) => row.rolname === role)).map(
    (role) => `create role ${role} nologin nosuperuser nobypassrls`,
  );
  const grants = ROLES.flatMap((role) =>
    logins
      .filter((login) => !memberships.some((m) => m.role === role && m.login === login))
      .map((login) => `grant ${role} to ${pg.escapeIdentifier(login)}${options}`),
  );
  return [...roles, ...grants];
}

function unlessMadeMeanwhile(error: unknown): void {
  if (!MADE_MEANWHILE.has(codeOf(error))) throw error;
}
