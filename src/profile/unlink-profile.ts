import { sql } from 'kysely';
import { byPerson } from '../author.ts';
import type { Context } from '../context.ts';
import { noteLine } from '../rows/journal.ts';
import { followRelinked, momentOf } from './follow-profiles.ts';
import { settleProfiles } from './settle-profiles.ts';

/**
 * «Отменить привязку» (A5): takes a person's account out of Sferum.
 * The person stays in the lists as «не привязан» (A6), and all their chats follow. Another person with the same VK ID
 * stays where that account belongs (A7). What СГО said of the person's link and was refused is undone with it, and
 * whoever waits for the VK ID gets it.
 * False: the person was not linked.
 */
export async function unlinkProfile(
  ctx: Context,
  { schoolId, personId }: { schoolId: string; personId: string },
): Promise<boolean> {
  const cause = `profile:${ctx.newId()}`;
  const at = new Date(ctx.clock.now());
  const unlinked = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    // After whatever was stated, also by a clock ahead of ours: unlinking is open to everybody at any time.
    const { rows } = await sql<{ vk: string }>`
      update profile_link l set gone_by = ${cause}, gone_at = (
        select greatest(${at}::timestamptz, max(at) + interval '1 millisecond') from (
          select l.stated_at as at union all select stated_at from profile_claim
          where school_id = ${schoolId} and person_id = ${personId}) said)
      where school_id = ${schoolId} and person_id = ${personId} and present returning vk_user_id as vk`.execute(
      tx,
    );
    if (!rows[0]) return false;
    const relinked = await settleProfiles(tx, [Number(rows[0].vk)], momentOf(ctx));
    const how = { cause, priority: 'person', at } as const;
    await followRelinked(tx, [...relinked, { schoolId, personId }], how);
    await noteLine(tx, {
      ...{ schoolId, at, personId, what: 'profile-unlinked', cause, author: byPerson(personId) },
    });
    return true;
  });
  if (unlinked) ctx.wake('chats');
  return unlinked;
}
