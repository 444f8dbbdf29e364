import { byPerson } from '../author.ts';
import type { Context } from '../context.ts';
import { noteLine } from '../rows/journal.ts';
import { unlinkPerson } from '../rows/profile-link.ts';
import { momentOf } from '../store/school-day.ts';
import { followRelinked, wakeRelinked } from './follow-profiles.ts';
import { settleProfiles } from './settle-profiles.ts';

/**
 * «Отменить привязку» (A5): unlinks a person, so that their account leaves all their chats in Sferum. The person stays
 * in the lists as «не привязан» (A6). The account stays in the chats where another person with the same VK ID belongs
 * (A7). Waiting statements of СГО about the person are undone too, and a person who waits for the VK ID gets it.
 * Returns false where the person was not linked.
 */
export async function unlinkProfile(
  ctx: Context,
  { schoolId, personId }: { schoolId: string; personId: string },
): Promise<boolean> {
  const cause = `profile:${ctx.newId()}`;
  const at = new Date(ctx.clock.now());
  const followed = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    const vkUserId = await unlinkPerson(tx, { schoolId, personId }, { at, by: cause });
    if (vkUserId === null) return null;
    const settled = await settleProfiles(tx, [vkUserId], momentOf(ctx));
    const relinked = [...settled, { schoolId, personId }];
    await followRelinked(tx, relinked, { cause, priority: 'person', at });
    await noteLine(tx, {
      ...{ schoolId, at, personId, what: 'profile-unlinked', cause, author: byPerson(personId) },
    });
    return relinked;
  });
  wakeRelinked(ctx, followed ?? []);
  return followed !== null;
}
