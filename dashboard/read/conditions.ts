import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';

/** The conditions that few chats are in. What is counted is in their index (chat_open). */
const COUNTED = ['behind', 'held', 'failing', 'deleting'] as const;

/** Counts the chats of all schools in each condition that says that something is still to be done. */
export async function conditionsNow(db: Sql): Promise<Record<string, number>> {
  const { rows } = await sql<{ condition: string; chats: number }>`
    select condition, count(*)::int as chats from chat
    where deleted_at is null and condition not in ('synced', 'archived') group by condition`.execute(db);
  const none = COUNTED.map((condition) => [condition, 0] as const);
  return Object.fromEntries([...none, ...rows.map((r) => [r.condition, r.chats] as const)]);
}
