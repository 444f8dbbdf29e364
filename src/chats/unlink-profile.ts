import { sql } from 'kysely';
import { byPerson } from '../author.ts';
import type { Context } from '../context.ts';
import { moveGenerations } from '../reconcile/apply-plan.ts';
import { noteLine } from '../store/journal.ts';

/**
 * «Отменить привязку» (A5): takes a person's account out of Sferum.
 * The person stays in the lists as «не привязан» (A6), and all their chats follow. Another person with the same VK ID
 * stays where that account belongs (A7).
 * False: the person was not linked.
 */
export async function unlinkProfile(
  ctx: Context,
  { schoolId, personId }: { schoolId: string; personId: string },
): Promise<boolean> {
  const cause = `profile:${ctx.newId()}`;
  const at = new Date(ctx.clock.now());
  const unlinked = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    // The stamp follows every earlier one, also of a clock ahead of ours: unlinking is open to everybody at
    // any time.
    const gone = await sql`
      update profile_link set gone_at = greatest(${at}::timestamptz, stated_at + interval '1 millisecond'), gone_by = ${cause}
      where school_id = ${schoolId} and person_id = ${personId} and present returning person_id`.execute(tx);
    if (gone.rows.length === 0) return false;
    const { rows } = await sql<{ id: string }>`
      select c.id from membership m join chat c on c.id = m.chat_id
      where m.school_id = ${schoolId} and m.person_id = ${personId} and c.deleted_at is null`.execute(tx);
    await moveGenerations(
      tx,
      rows.map((chat) => chat.id),
      { cause, priority: 'person', at },
    );
    await noteLine(tx, {
      schoolId,
      at,
      personId,
      what: 'profile-unlinked',
      cause,
      author: byPerson(personId),
    });
    await sql`update school set revision = revision + 1 where id = ${schoolId}`.execute(tx);
    return true;
  });
  if (unlinked) ctx.wake('chats');
  return unlinked;
}
