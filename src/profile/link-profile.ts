import { sql } from 'kysely';
import { byPerson } from '../author.ts';
import { exactInstant } from '../clock.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { noteLine } from '../rows/journal.ts';
import { stateClaims } from '../rows/profile-claim.ts';
import { type ProfileOf, undoBefore } from '../rows/profile-link.ts';
import type { Sql } from '../store/database.ts';
import { oneRow } from '../store/rows.ts';
import { momentOf } from '../store/school-day.ts';
import { followRelinked, wakeRelinked } from './follow-profiles.ts';
import { profilesOf, TAKEN } from './profile-links.ts';
import { settleProfiles } from './settle-profiles.ts';

/**
 * Links a person to the VK profile that the person has proved (A5). All the person's chats follow, with the places by
 * hand and the admin rights (A6). Throws Refusal(409) `profile-taken` where somebody else who is present has the
 * profile and one of the two is a pupil (A7). Nothing is kept then, so that the person may try again. Throws
 * Refusal(403) `not-in-roster` for a person whom the roster does not have any more.
 */
export async function linkProfile(ctx: Context, linking: ProfileOf): Promise<void> {
  const { schoolId, personId } = linking;
  const cause = `profile:${ctx.newId()}`;
  const at = new Date(ctx.clock.now());
  const followed = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    await requirePresent(tx, linking);
    const before = await profilesOf(tx, schoolId, [personId]);
    await stateAlone(tx, linking, cause, at);
    const settled = await settleProfiles(tx, [...before, linking.vkUserId], momentOf(ctx));
    await requireLinked(tx, linking);
    const relinked = [...settled, { schoolId, personId }];
    await followRelinked(tx, relinked, { cause, priority: 'person', at });
    await noteLine(tx, { schoolId, at, personId, what: 'profile-linked', cause, author: byPerson(personId) });
    return relinked;
  });
  wakeRelinked(ctx, followed);
}

async function requirePresent(tx: Sql, { schoolId, personId }: ProfileOf): Promise<void> {
  const person = await tx
    .selectFrom('person')
    .select('id')
    .where('school_id', '=', schoolId)
    .where('id', '=', personId)
    .where('present', 'is', true)
    .executeTakeFirst();
  if (!person) throw notInRoster();
}

/** The refusal for a person whom the school's roster does not have (403). */
export function notInRoster(): Refusal {
  return new Refusal(403, 'not-in-roster', 'Вас нет в списках школы');
}

/**
 * Makes the person's own act the only valid statement about the link. Its stamp is later than every earlier statement,
 * even one that was stamped by a clock ahead of ours.
 */
async function stateAlone(tx: Sql, linking: ProfileOf, by: string, at: Date): Promise<void> {
  const { schoolId, personId } = linking;
  const { rows } = await sql<{ at: string }>`
    select greatest(${at}::timestamptz, max(said) + interval '1 millisecond') as at from (
      select unnest(array[stated_at, gone_at]) as said from profile_link
      where school_id = ${schoolId} and person_id = ${personId}
      union all select stated_at from profile_claim where school_id = ${schoolId} and person_id = ${personId}
    ) s`.execute(tx);
  const stamp = exactInstant(oneRow(rows).at);
  await stateClaims(tx, [linking], { at: stamp, by });
  await undoBefore(tx, linking, stamp);
}

async function requireLinked(tx: Sql, { schoolId, personId, vkUserId }: ProfileOf): Promise<void> {
  const link = await tx
    .selectFrom('profile_link')
    .select('person_id')
    .where('school_id', '=', schoolId)
    .where('person_id', '=', personId)
    .where('present', 'is', true)
    .where('vk_user_id', '=', String(vkUserId))
    .executeTakeFirst();
  if (!link) throw new Refusal(409, 'profile-taken', TAKEN);
}
