/**
 * Tokens that serve one purpose (contract, «Who calls»): presented at the console's door, a token is no Bearer any more,
 * and it opens one session at most. Remembered until it has expired.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Sql } from './database.ts';

/** What a token is remembered by: its own id, or for one without any its digest. */
export function tokenKey(token: string, jti: string | undefined): string {
  return jti ?? `sha256:${createHash('sha256').update(token).digest('base64url')}`;
}

/** Notes that the token was presented at the door, accepted or not. */
export async function presentToken(db: Sql, key: string, expiresAt: Date, now: Date): Promise<void> {
  await sql`delete from used_token where expires_at < ${now}`.execute(db);
  await sql`insert into used_token (jti, expires_at, opened) values (${key}, ${expiresAt}, false)
    on conflict do nothing`.execute(db);
}

/** Lets it open its one session; false: it has. */
export async function openByToken(db: Sql, key: string): Promise<boolean> {
  const { rows } =
    await sql`update used_token set opened = true where jti = ${key} and not opened returning 1`.execute(db);
  return rows.length > 0;
}

export async function isTokenUsed(db: Sql, key: string): Promise<boolean> {
  const { rows } = await sql`select from used_token where jti = ${key}`.execute(db);
  return rows.length > 0;
}
