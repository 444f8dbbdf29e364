import { sql } from 'kysely';
import { REMOVALS_HELD } from '../rows/operation.ts';
import type { Sql } from '../store/database.ts';
import type { Problem } from '../store/entities.ts';
import { count } from '../text/numbers.ts';

/** The sentence names so many chats. The problem's data list more. */
const NAMED_CHATS = 5;
const LISTED_CHATS = 100;

/**
 * Gives the text of a held removal: how many removals the operation holds, and in which chats (F4). It is the
 * operation's problem.
 */
export async function describeHeld(tx: Sql, schoolId: string, id: string): Promise<Problem> {
  const { rows } = await sql<{ chatId: string; title: string; held: number; all: number }>`
    with held as (
      select chat_id from membership where school_id = ${schoolId} and held_by = ${id}
      union all select chat_id from sferum_member where school_id = ${schoolId} and held_by = ${id})
    select c.id as "chatId", c.title, count(*)::int as held, sum(count(*)) over ()::int as all
    from held h join chat c on c.id = h.chat_id group by c.id order by held desc, c.title_key collate "C", c.id`.execute(
    tx,
  );
  const removals = rows[0]?.all ?? 0;
  const named = rows.slice(0, NAMED_CHATS).map(({ title, held }) => `«${title}» – ${held}`);
  const more = rows.length > NAMED_CHATS ? ` и ещё чатов: ${count(rows.length - NAMED_CHATS)}` : '';
  return {
    code: REMOVALS_HELD,
    message: `Исключений ждут решения: ${count(removals)} (${named.join(', ')}${more})`,
    removals,
    chats: rows.slice(0, LISTED_CHATS).map(({ chatId, title, held }) => ({ chatId, title, held })),
  };
}
