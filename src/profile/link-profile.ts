import { sql } from 'kysely';
import { byPerson } from '../author.ts';
import type { Context } from '../context.ts';
import { moveGenerations } from '../reconcile/apply-plan.ts';
import { Refusal } from '../refusal.ts';
import { linkProfile as stateLink } from '../roster/events/write-profile.ts';
import type { Sql } from '../store/database.ts';
import { noteLine } from '../store/journal.ts';

export interface Linking {
  schoolId: string;
  personId: string;
  vkUserId: number;
}

/**
 * A person links his VK profile himself (A5): he comes into every chat of his, memberships by hand and adminship
 * included (A6). Throws Refusal: 409 `profile-taken` where the profile is somebody else's and one of the two is a
 * pupil (A7), 403 where the roster does not have him any more.
 */
export async function linkProfile(ctx: Context, linking: Linking): Promise<void> {
  const { schoolId, personId } = linking;
  const cause = `profile:${ctx.newId()}`;
  const at = new Date(ctx.clock.now());
  await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    await requirePresent(tx, linking);
    const stamp = { at: await afterAll(tx, linking, at), by: cause };
    const refused = await stateLink(tx, linking, stamp);
    if (refused !== null) throw new Refusal(409, 'profile-taken', refused);
    const { rows } = await sql<{ id: string }>`
      select c.id from membership m join chat c on c.id = m.chat_id
      where m.school_id = ${schoolId} and m.person_id = ${personId} and c.deleted_at is null`.execute(tx);
    const chatIds = rows.map((chat) => chat.id);
    await moveGenerations(tx, chatIds, { cause, priority: 'person', at });
    await noteLine(tx, { schoolId, at, personId, what: 'profile-linked', cause, author: byPerson(personId) });
    await sql`update school set revision = revision + 1 where id = ${schoolId}`.execute(tx);
  });
  ctx.wake('chats');
}

async function requirePresent(tx: Sql, { schoolId, personId }: Linking): Promise<void> {
  const { rows } = await sql`select from person
    where school_id = ${schoolId} and id = ${personId} and present`.execute(tx);
  if (rows.length === 0) throw notInRoster();
}

export function notInRoster(): Refusal {
  return new Refusal(403, 'not-in-roster', 'Вас нет в списках школы');
}

/** What a person does now comes after whatever was stated of his link, also by a clock ahead of ours. */
async function afterAll(tx: Sql, { schoolId, personId }: Linking, at: Date): Promise<string> {
  const { rows } = await sql<{ at: string }>`
    select greatest(${at}::timestamptz, max(stated_at) + interval '1 millisecond', max(gone_at) + interval '1 millisecond') as at
    from profile_link where school_id = ${schoolId} and person_id = ${personId}`.execute(tx);
  return new Date(rows[0]!.at).toISOString();
}
