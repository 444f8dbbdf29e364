import { sql } from 'kysely';
import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import { moveGenerations } from '../reconcile/apply-plan.ts';
import { endOperation } from '../reconcile/operations.ts';
import type { Sql } from '../store/database.ts';

/**
 * Whom the term reaches while he still stands in lists leaves them, whatever holds his removal (K6): a hold must not keep
 * his data for ever. Sferum follows by the chats' jobs, for which his VK ID stays known until he is erased. An operation
 * that then holds nothing has ended. The transaction holds the school. Returns how many places he and the others left.
 */
export async function leaveLists(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  ids: readonly string[],
): Promise<number> {
  const at = new Date(ctx.clock.now());
  const cause = `erasure:${at.toISOString()}`;
  const author = bySystem('ending');
  const { rows: left } = await sql<{ chat: string; hold: string | null }>`
    with gone as (delete from membership where school_id = ${schoolId} and person_id = any(${[...ids]})
        returning chat_id, person_id, held_by),
      noted as (insert into journal (school_id, at, chat_id, person_id, what, cause, author_id, author_kind)
        select ${schoolId}, ${at}, chat_id, person_id, 'remove', ${cause}, ${author.id}, ${author.kind} from gone),
      let_go as (update sferum_member s set held_by = null from profile_link l
        where s.school_id = ${schoolId} and s.held_by is not null and l.school_id = ${schoolId}
          and l.person_id = any(${[...ids]}) and l.present and l.vk_user_id = s.vk_user_id
        returning s.chat_id)
    select chat_id as chat, held_by as hold from gone union select chat_id, null from let_go`.execute(tx);
  const { rows: chats } = await sql<{ id: string }>`select id from chat
    where id = any(${left.map(({ chat }) => chat)}::uuid[]) and deleted_at is null`.execute(tx);
  await moveGenerations(
    tx,
    chats.map(({ id }) => id),
    { cause, priority: 'bulk', at },
  );
  await endEmptyHolds(ctx, tx, schoolId, [...new Set(left.flatMap(({ hold }) => hold ?? []))]);
  return left.length;
}

async function endEmptyHolds(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  operationIds: readonly string[],
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select o.id from operation o where o.school_id = ${schoolId} and o.id = any(${[...operationIds]}::uuid[])
      and o.state = 'held' and not o.params @> '{"incomplete": true}'
      and not exists (select from membership m where m.school_id = ${schoolId} and m.held_by = o.id)
      and not exists (select from sferum_member s where s.school_id = ${schoolId} and s.held_by = o.id)`.execute(
    tx,
  );
  for (const { id } of rows) await endOperation(ctx, tx, id, { state: 'succeeded' });
}
