import { sql } from 'kysely';
import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import { moveGenerations } from '../rows/chat-outbox.ts';
import { noteLines } from '../rows/journal.ts';
import { leaveAllLists } from '../rows/membership.ts';
import { endHoldsOf } from '../rows/sferum-member.ts';
import type { Sql } from '../store/database.ts';

/**
 * Takes people whose term is over out of all lists, even where their removal is held, because a hold must not keep
 * their data for ever (K6). The chats' jobs take them out at Sferum. Their VK ids stay known until the erasure, because
 * the jobs need them. `tx` must hold the school. Returns the number of chats.
 */
export async function leaveLists(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  ids: readonly string[],
): Promise<number> {
  const at = new Date(ctx.clock.now());
  const cause = `erasure:${at.toISOString()}`;
  const gone = await leaveAllLists(tx, schoolId, ids);
  const doing = { schoolId, at, cause, author: bySystem('ending') };
  await noteLines(
    tx,
    doing,
    gone.map((member) => ({ what: 'remove', ...member })),
  );
  const unheld = await endHoldsOf(tx, schoolId, ids);
  const left = [...new Set([...gone.map(({ chatId }) => chatId), ...unheld])];
  const { rows: chats } = await sql<{ id: string }>`select id from chat
    where id = any(${left}::uuid[]) and deleted_at is null`.execute(tx);
  await moveGenerations(
    tx,
    chats.map(({ id }) => id),
    { cause, priority: 'bulk', at },
  );
  return left.length;
}
