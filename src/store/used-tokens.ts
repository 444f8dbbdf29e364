/**
 * Tokens that serve one purpose (contract, «Who calls»): presented at the console's door, a token is no Bearer any more,
 * and it opens one session at most. Remembered until it has expired.
 */
import { createHash } from 'node:crypto';
import type { Sql } from './database.ts';

/** What a token is remembered by: its own id, or for one without any its digest. */
export function tokenKey(token: string, jti: string | undefined): string {
  return jti ?? `sha256:${createHash('sha256').update(token).digest('base64url')}`;
}

/** Notes that the token was presented at the door, accepted or not. */
export async function presentToken(db: Sql, key: string, expiresAt: Date, now: Date): Promise<void> {
  await db.deleteFrom('used_token').where('expires_at', '<', now.toISOString()).execute();
  await db
    .insertInto('used_token')
    .values({ jti: key, expires_at: expiresAt, opened: false })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Lets it open its one session; false: it has. */
export async function openByToken(db: Sql, key: string): Promise<boolean> {
  const opened = await db
    .updateTable('used_token')
    .set({ opened: true })
    .where('jti', '=', key)
    .where('opened', '=', false)
    .executeTakeFirst();
  return opened.numUpdatedRows > 0n;
}

export async function isTokenUsed(db: Sql, key: string): Promise<boolean> {
  const used = await db.selectFrom('used_token').select('jti').where('jti', '=', key).executeTakeFirst();
  return used !== undefined;
}
