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
 * Gives parts of a `with` that count, as rows of `in_sferum (chat_id, number)`, the members of many chats whose
 * `sferumState` is `in`. `page`: a part with the chats' ids. Each row is found by its key, whatever the planner knows of
 * the tables: right after an import it takes a school for a handful of rows, and compared everybody with everybody.
 * Test: it agrees with the states of the members (in-sferum.test.ts).
 */
export function inSferumCounts(schoolId: string): RawBuilder<unknown> {
  return sql`seen as materialized (
      select page.id as chat_id, s.vk_user_id from page cross join lateral (
        select s.vk_user_id from sferum_member s where s.chat_id = page.id and s.state = 'in' offset 0) s
      union select c.id, ${owner} from page join chat c on c.id = page.id where ${owner} is not null
    ), in_sferum as materialized (
      select s.chat_id, count(*)::int as number from seen s
        cross join lateral (select l.person_id from profile_link l
          where l.school_id = ${schoolId} and l.vk_user_id = s.vk_user_id and l.present offset 0) l
        cross join lateral (select from membership m
          where m.chat_id = s.chat_id and m.person_id = l.person_id offset 0) m
      group by s.chat_id
    )`;
}
