/**
 * Tokens that serve one purpose (contract, «Who calls»). A token that was presented at the console's door is no
 * Bearer any more, and opens one session at most. It is remembered until it has expired.
 */
import { createHash } from 'node:crypto';
import type { Sql } from './database.ts';

/** Gives the key by which a token is remembered: its own id, or the digest of a token without one. */
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

/** Lets the token open its one session; false where it has done so. */
export async function openByToken(db: Sql, key: string): Promise<boolean> {
  const opened = await db
    .updateTable('used_token')
    .set({ opened: true })
    .where('jti', '=', key)
    .where('opened', '=', false)
    .executeTakeFirst();
  return opened.numUpdatedRows > 0n;
}

/** Whether the token was presented at the door, accepted or not. */
export async function isTokenUsed(db: Sql, key: string): Promise<boolean> {
  const used = await db.selectFrom('used_token').select('jti').where('jti', '=', key).executeTakeFirst();
  return used !== undefined;
}
