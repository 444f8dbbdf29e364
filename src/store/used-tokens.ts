import { sql } from 'kysely';
import type { Sql } from './database.ts';

/**
 * Notes that a token (`jti`) was used where each is good once; false: it had been. Remembered until it expires,
 * for it is no Bearer either any more (contract, «Who calls»).
 */
export async function useToken(tx: Sql, jti: string, expiresAt: Date, now: Date): Promise<boolean> {
  await sql`delete from used_token where expires_at < ${now}`.execute(tx);
  const { rows } = await sql`insert into used_token (jti, expires_at) values (${jti}, ${expiresAt})
    on conflict do nothing returning jti`.execute(tx);
  return rows.length > 0;
}

export async function isTokenUsed(db: Sql, jti: string): Promise<boolean> {
  const { rows } = await sql`select from used_token where jti = ${jti}`.execute(db);
  return rows.length > 0;
}
