import pg, { type Client } from 'pg';

/** What every connection of the application is, whoever logged in: it owns nothing and sees the school it names. */
export const APP_ROLE = 'sferum_app';
/** What a transaction across schools becomes for its length (across-schools.ts). */
export const EVERY_SCHOOL = 'sferum_every_school';
const ROLES = [APP_ROLE, EVERY_SCHOOL];

const NOT_ALLOWED = '42501';
/** Another process made it at the same moment. */
const MADE_MEANWHILE = new Set(['42710', '23505']);
const MEMBERSHIP_OPTIONS_SINCE = 160_000;

/**
 * Makes the two roles where the server lacks them, and lets these logins become them (they never inherit: a role's
 * rights count only where it was set). Roles belong to the server, not to a database: done once, it stays. Throws,
 * with the statements an administrator must run, where `client` may not.
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

/** Whether the roles were made: without them nobody can log in as the application. */
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
    Number(rows[0]!.server_version_num) >= MEMBERSHIP_OPTIONS_SINCE ? ' with inherit false, set true' : '';
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

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? '';
}
