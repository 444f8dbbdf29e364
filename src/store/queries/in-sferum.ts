/**
 * Who is in a chat in Sferum, in SQL, for a row of `chat c`. Sferum does not list the owner among the members, but the
 * person whose profile owns the chat is in it all the same (A10).
 */
import { type RawBuilder, sql } from 'kysely';
import type { LiveState } from '../../plan/model.ts';

/** The profile that owns the live chat; null where the chat is not live. */
const owner = sql<
  string | null
>`case when c.creation = 'created' and c.deleted_at is null then c.owner_id end`;

/**
 * Gives what Sferum last said of a profile in the chat; null where it said nothing yet. `said`: the state in the
 * profile's row of `sferum_member`.
 */
export function sferumState(
  vkUserId: RawBuilder<unknown>,
  said: RawBuilder<unknown>,
): RawBuilder<LiveState | null> {
  return sql`case when ${owner} = ${vkUserId} then 'in' else ${said} end`;
}

/**
 * The number of members whose `sferumState` is `in`. It starts from what Sferum said, because an index answers that.
 * Test: it agrees with the states of the members (in-sferum.test.ts).
 */
export const inSferumCount = sql<number>`(
  (select count(*)::int from sferum_member s
    join profile_link l on l.school_id = s.school_id and l.vk_user_id = s.vk_user_id and l.present
    join membership m on m.chat_id = s.chat_id and m.person_id = l.person_id
    where s.chat_id = c.id and s.state = 'in' and s.vk_user_id is distinct from ${owner})
  + (select count(*)::int from membership m
    join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
    where m.chat_id = c.id and l.vk_user_id = ${owner}))`;
