import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Application } from '../planning/apply-plan.ts';
import { moveGenerations } from '../rows/chat-outbox.ts';
import { moveRevisions } from '../rows/school.ts';
import { beyondSchool, type Sql } from '../store/database.ts';
import { momentOf } from '../store/school-day.ts';
import { contestedIn } from './profile-links.ts';
import { type Relinked, settleProfiles } from './settle-profiles.ts';

/**
 * Gives new work to the chats that list people whose VK ID has changed (A7). A link in one school can change the link
 * of a person in another school, so each person's chats are found in that person's own school.
 */
export async function followRelinked(
  tx: Sql,
  relinked: readonly Relinked[],
  how: Pick<Application, 'cause' | 'priority' | 'at'>,
): Promise<void> {
  if (relinked.length === 0) return;
  const schoolIds = relinked.map(({ schoolId }) => schoolId);
  await beyondSchool(tx, 'profiles', async () => {
    const { rows } = await sql<{ id: string }>`
      select distinct c.id from unnest(${schoolIds}::text[], ${relinked.map(({ personId }) => personId)}::text[]) as p(school_id, person_id)
        join membership m on m.school_id = p.school_id and m.person_id = p.person_id
        join chat c on c.id = m.chat_id and c.deleted_at is null order by c.id`.execute(tx);
    await moveGenerations(
      tx,
      rows.map(({ id }) => id),
      how,
    );
    await moveRevisions(tx, schoolIds);
  });
}

/** Wakes the relay for the schools of these people, once what followRelinked wrote is committed. */
export function wakeRelinked(ctx: Context, relinked: readonly Relinked[]): void {
  for (const schoolId of new Set(relinked.map((one) => one.schoolId))) ctx.wake('chats', { schoolId });
}

/** Gives a VK ID to the person who waits for it once its holder is gone, for example by the date or by an erasure. */
export async function settleWaiting(ctx: Context): Promise<void> {
  const rows = await ctx.db
    .across('profiles')
    .selectFrom('profile_claim')
    .select('school_id as schoolId')
    .distinct()
    .where('state', '<>', 'former')
    .execute();
  for (const { schoolId } of rows) {
    const relinked = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
      const relinked = await settleProfiles(tx, await contestedIn(tx, schoolId), momentOf(ctx));
      const at = new Date(ctx.clock.now());
      await followRelinked(tx, relinked, { cause: `profile:${ctx.newId()}`, priority: 'event', at });
      return relinked;
    });
    wakeRelinked(ctx, relinked);
  }
}
