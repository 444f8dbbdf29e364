/**
 * The only writer of `sferum_member`: who is in a chat at Sferum, by VK ID, as far as is known.
 *
 *   none, any    ──recordSeen, recordNew──► in   Sferum shows the profile, or has said that it came in
 *                                    waiting   … has asked it to come in, and waits
 *                                    refused   … has said no, and why
 *   in, waiting  ──recordSeen──────► left      it left or somebody took it out (D8), which `tries` counts
 *   in, waiting  ──recordSeen──────► none      we took it out
 *   in, waiting  ──forgetBelieved──► none      the row has another chat at Sferum now
 *   refused      ──welcome, forgetRefused──► none   it is tried again
 *   any          ──forgetMembers, forgetSchool, forgetProfileMembers──► none
 *
 * A profile that is in a chat without a ground may wait for a person's decision. `held_by` then names the operation
 * that asks for it: ──holdMembers──► held ──welcome, endHoldsIn, endHoldsOf, keepMembers, or it is gone──► not held.
 *
 * A profile that a look showed first is `unjudged` until a plan has judged its removal: the guard (F4) must see a
 * stranger before a chat's job takes the stranger out. ──markJudged, endHoldsOf, or it is gone──► judged.
 */
import { sql } from 'kysely';
import type { LiveState } from '../plan/model.ts';
import type { Sql } from '../store/database.ts';
import { inChunks } from '../store/rows.ts';
import type { PersonInChat } from './membership.ts';

const isPresent = sql`state in ('in', 'waiting')`;

/** In an insert: a row that exists takes over what is `excluded`, the row that was to be inserted. */
const instead = sql`on conflict (chat_id, vk_user_id) do update set
    admin = excluded.admin, state = excluded.state, seen_at = excluded.seen_at,
    unjudged = case when m.${isPresent} then m.unjudged else excluded.unjudged end,
    reason = coalesce(excluded.reason, case when m.state = excluded.state then m.reason end)
  where (m.admin, m.state, m.reason) is distinct from (excluded.admin, excluded.state, excluded.reason)`;

/** What is known of the members of one chat. */
export interface Seen {
  chatId: string;
  /** A member who was in before and is missing here has left. Without a reason the known reason of the state stays. */
  members: Iterable<{ userId: number; admin: boolean; state: LiveState; reason?: string }>;
  /** Profiles that we took out. None of them may be among the members. */
  removed?: readonly number[];
  /** Set where only those who changed are named. Otherwise all who are in are named. */
  isPart?: true;
}

/**
 * Replaces what was known of the members of these chats by what was seen. `by`: a look shows people whom no plan has
 * judged. A chat's work does not speak of unjudged people, so they stay as they are.
 */
export async function recordSeen(
  tx: Sql,
  { schoolId, at, by }: { schoolId: string; at: Date; by: 'look' | 'work' },
  chats: readonly Seen[],
): Promise<void> {
  const seen = chats.flatMap(({ chatId, members }) => [...members].map((member) => ({ chatId, ...member })));
  const removed = chats.flatMap(({ chatId, removed = [] }) => removed.map((userId) => ({ chatId, userId })));
  const whole = chats.filter(({ isPart }) => !isPart).map(({ chatId }) => chatId);
  const isLook = by === 'look';
  // One statement writes all, and each member falls into one part of it: present, taken out by us, or gone.
  await sql`
    with seen as materialized (select * from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb)
        as r("chatId" uuid, "userId" bigint, admin boolean, state text, reason text)),
      removed as materialized (select * from jsonb_to_recordset(${JSON.stringify(removed)}::jsonb)
        as r("chatId" uuid, "userId" bigint)),
      taken as (delete from sferum_member m using removed r where m.chat_id = r."chatId" and m.vk_user_id = r."userId"),
      gone as (update sferum_member m set state = 'left', admin = false, reason = 'left', held_by = null, unjudged = false,
          tries = tries + 1, seen_at = ${at}
        where chat_id = any(${whole}::uuid[]) and ${isPresent} and (${isLook} or not unjudged)
          and (chat_id, vk_user_id) not in (select "chatId", "userId" from removed)
          and (chat_id, vk_user_id) not in (select "chatId", "userId" from seen))
    insert into sferum_member as m (chat_id, vk_user_id, school_id, admin, state, reason, seen_at, unjudged)
    select "chatId", "userId", ${schoolId}, admin, state, reason, ${at}, ${isLook} and ${isPresent} from seen
    ${instead}`.execute(tx);
}

/** Records who is in chats that have just been created, all as members without rights. Nobody can have left them. */
export async function recordNew(
  tx: Sql,
  { schoolId, at }: { schoolId: string; at: Date },
  chats: readonly { chatId: string; userIds: readonly number[] }[],
): Promise<void> {
  await sql`insert into sferum_member as m (chat_id, vk_user_id, school_id, admin, state, seen_at)
    select r."chatId", id::bigint, ${schoolId}, false, 'in', ${at}
    from jsonb_to_recordset(${JSON.stringify(chats)}::jsonb) as r("chatId" uuid, "userIds" jsonb)
      cross join jsonb_array_elements(r."userIds") id
    ${instead}`.execute(tx);
}

/** Forgets the believed members, because the row has a new chat at Sferum. */
export async function forgetBelieved(tx: Sql, chatIds: readonly string[]): Promise<void> {
  if (chatIds.length === 0) return;
  await sql`delete from sferum_member
    where chat_id = any(${[...chatIds]}::uuid[]) and ${isPresent}`.execute(tx);
}

/** Forgets the refusals in these chats, so that the people are tried again. */
export async function forgetRefused(tx: Sql, chatIds: readonly string[]): Promise<void> {
  await sql`delete from sferum_member
    where chat_id = any(${[...chatIds]}::uuid[]) and state = 'refused'`.execute(tx);
}

/** Forgets the members of chats that are gone. */
export async function forgetMembers(tx: Sql, chatIds: readonly string[]): Promise<void> {
  await sql`delete from sferum_member where chat_id = any(${[...chatIds]}::uuid[])`.execute(tx);
}

/** Forgets the members of all chats of a school, because another account takes over. */
export async function forgetSchool(tx: Sql, schoolId: string): Promise<void> {
  await sql`delete from sferum_member where school_id = ${schoolId}`.execute(tx);
}

/** Deletes the rows of erased people's profiles. Returns the number of rows. */
export async function forgetProfileMembers(
  tx: Sql,
  schoolId: string,
  vkUserIds: readonly string[],
): Promise<number> {
  const gone = await sql`delete from sferum_member
    where school_id = ${schoolId} and vk_user_id = any(${[...vkUserIds]}::bigint[])`.execute(tx);
  return Number(gone.numAffectedRows ?? 0);
}

/** Names a stranger by VK ID, and a person of the school by id, which means the profile that is linked now. */
export interface MemberOfChat {
  chatId: string;
  userId?: number | undefined;
  personId?: string | undefined;
}

/** Holds these removals under the operation, unless they are held already. Returns the chats with a new hold. */
export async function holdMembers(
  tx: Sql,
  { schoolId, operationId }: { schoolId: string; operationId: string | null },
  members: readonly MemberOfChat[],
): Promise<Set<string>> {
  const chatIds = new Set<string>();
  await inChunks(members, async (json) => {
    const { rows } = await sql<{ chatId: string }>`update sferum_member s set held_by = ${operationId}
      from jsonb_to_recordset(${json}) as r("chatId" uuid, "userId" bigint, "personId" text)
        left join profile_link l on l.school_id = ${schoolId} and l.person_id = r."personId" and l.present
      where s.chat_id = r."chatId" and s.vk_user_id = coalesce(r."userId", l.vk_user_id) and s.held_by is null
      returning s.chat_id as "chatId"`.execute(tx);
    for (const { chatId } of rows) chatIds.add(chatId);
  });
  return chatIds;
}

/** Marks these members as judged by a plan, so that the chats' jobs may take them out. */
export async function markJudged(tx: Sql, schoolId: string, members: readonly MemberOfChat[]): Promise<void> {
  await inChunks(members, (json) =>
    sql`update sferum_member s set unjudged = false
      from jsonb_to_recordset(${json}) as r("chatId" uuid, "userId" bigint, "personId" text)
        left join profile_link l on l.school_id = ${schoolId} and l.person_id = r."personId" and l.present
      where s.chat_id = r."chatId" and s.vk_user_id = coalesce(r."userId", l.vk_user_id) and s.unjudged`.execute(
      tx,
    ),
  );
}

/**
 * Ends the holds of people who have a place in their chats again. Where `tried` is set, an earlier refusal is forgotten
 * too, because Sferum is asked to add the person now.
 */
export async function welcome(
  tx: Sql,
  schoolId: string,
  people: readonly (PersonInChat & { tried: boolean })[],
): Promise<void> {
  const rowOf = sql`s.chat_id = r."chatId" and s.vk_user_id = l.vk_user_id
    and l.school_id = ${schoolId} and l.person_id = r."personId" and l.present`;
  await inChunks(people, async (json) => {
    const r = sql`jsonb_to_recordset(${json}) as r("chatId" uuid, "personId" text, tried boolean), profile_link l`;
    await sql`update sferum_member s set held_by = null from ${r} where ${rowOf} and s.held_by is not null`.execute(
      tx,
    );
    await sql`delete from sferum_member s using ${r} where ${rowOf} and r.tried and s.state = 'refused'`.execute(
      tx,
    );
  });
}

/** Ends all holds in these chats. */
export async function endHoldsIn(tx: Sql, chatIds: readonly string[]): Promise<void> {
  await sql`update sferum_member set held_by = null
    where chat_id = any(${[...chatIds]}::uuid[]) and held_by is not null`.execute(tx);
}

/** Ends the holds of these people's profiles in all chats, and what waits for a plan. Returns the chats concerned. */
export async function endHoldsOf(tx: Sql, schoolId: string, personIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ chatId: string }>`
    update sferum_member s set held_by = null, unjudged = false from profile_link l
    where s.school_id = ${schoolId} and (s.held_by is not null or s.unjudged) and l.school_id = ${schoolId}
      and l.person_id = any(${[...personIds]}) and l.present and l.vk_user_id = s.vk_user_id
    returning s.chat_id as "chatId"`.execute(tx);
  return rows.map(({ chatId }) => chatId);
}

/** Lets the members stay whom this operation held in these chats, by a person's decision. */
export async function keepMembers(tx: Sql, operationId: string, chatIds: readonly string[]): Promise<void> {
  await sql`update sferum_member set held_by = null, state = 'in'
    where chat_id = any(${[...chatIds]}::uuid[]) and held_by = ${operationId}`.execute(tx);
}
