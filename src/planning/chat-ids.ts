import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { sure } from '../sure.ts';

/**
 * The id of an automatic chat follows from its school and key. So a dry run names the chats that the initialisation
 * will create.
 */
export function chatIdOf(schoolId: string, key: string): string {
  const hex = createHash('sha256').update(`${schoolId}\n${key}`).digest('hex');
  const variant = ((Number.parseInt(sure(hex[16]), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Gives the ids of chats that are to be made. Where a chat that had the key has gone on under another one (K4), its id
 * is taken, and the new chat gets the next that is free.
 */
export async function newChatIds(
  db: Sql,
  schoolId: string,
  keys: readonly string[],
): Promise<(key: string) => string> {
  const ids = new Map(keys.map((key) => [key, chatIdOf(schoolId, key)]));
  for (let turn = 2; ; turn += 1) {
    const { rows } = await sql<{ key: string }>`
      select r.key from jsonb_to_recordset(${JSON.stringify([...ids].map(([key, id]) => ({ key, id })))}::jsonb)
        as r(key text, id uuid)
      join chat c on c.id = r.id and c.key is distinct from r.key and c.school_id = ${schoolId}`.execute(db);
    if (rows.length === 0) return (key) => ids.get(key) ?? chatIdOf(schoolId, key);
    for (const { key } of rows) ids.set(key, chatIdOf(schoolId, `${key}\n${turn}`));
  }
}
