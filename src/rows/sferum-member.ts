/**
 * The only writer of `sferum_member`: who is in a chat at Sferum, by VK ID, as far as is known.
 *
 *   none, any    ──recordSeen──────► in        Sferum shows the profile, or has said that it came in
 *                                    waiting   … has asked it to come in, and waits
 *                                    refused   … has said no, and why
 *   in, waiting  ──recordSeen──────► left      gone by itself, or taken out by somebody (D8); `tries` counts that
 *   in, waiting  ──recordSeen──────► none      we took it out
 *   in, waiting  ──forgetBelieved──► none      the chat is another at Sferum
 *   refused      ──welcome, forgetRefused──► none   it is tried again
 *   any          ──forgetMembers, forgetSchool, forgetProfileMembers──► none
 *
 * A profile that is in and has no place there waits for a person's word while `held_by` names the operation that asks
 * for it: ──holdMembers──► held ──welcome, letGo, letGoOf, keepMembers, or it is gone──► not held.
 */
import { sql } from 'kysely';
import type { LiveState } from '../plan/model.ts';
import type { Sql } from '../store/database.ts';
import { inChunks } from '../store/rows.ts';
import type { PersonInChat } from './membership.ts';

/** What is known of one chat's people. */
export interface Seen {
  chatId: string;
  /** Whoever was believed in and is not among them has left. Without a reason the one that is known of the state stays. */
  members: Iterable<{ userId: number; admin: boolean; state: LiveState; reason?: string }>;
  /** Taken out by us. None of them is among the members. */
  removed?: readonly number[];
}

/** What was seen of these chats of a school replaces what was believed. */
export async function recordSeen(
  tx: Sql,
  { schoolId, at }: { schoolId: string; at: Date },
  chats: readonly Seen[],
): Promise<void> {
  const seen = chats.flatMap(({ chatId, members }) => [...members].map((member) => ({ chatId, ...member })));
  const removed = chats.flatMap(({ chatId, removed = [] }) => removed.map((userId) => ({ chatId, userId })));
  // One statement, and each member in one part of it: who is there, who was taken out, who is there no more.
  await sql`
    with seen as materialized (select * from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb)
        as r("chatId" uuid, "userId" bigint, admin boolean, state text, reason text)),
      removed as materialized (select * from jsonb_to_recordset(${JSON.stringify(removed)}::jsonb)
        as r("chatId" uuid, "userId" bigint)),
      taken as (delete from sferum_member m using removed r where m.chat_id = r."chatId" and m.vk_user_id = r."userId"),
      gone as (update sferum_member m set state = 'left', admin = false, reason = 'left', held_by = null,
          tries = tries + 1, seen_at = ${at}
        where chat_id = any(${chats.map(({ chatId }) => chatId)}::uuid[]) and state in ('in', 'waiting')
          and (chat_id, vk_user_id) not in (select "chatId", "userId" from removed)
          and (chat_id, vk_user_id) not in (select "chatId", "userId" from seen))
    insert into sferum_member as m (chat_id, vk_user_id, school_id, admin, state, reason, seen_at)
    select "chatId", "userId", ${schoolId}, admin, state, reason, ${at} from seen
    on conflict (chat_id, vk_user_id) do update set
      admin = excluded.admin, state = excluded.state, seen_at = excluded.seen_at,
      reason = coalesce(excluded.reason, case when m.state = excluded.state then m.reason end)
    where (m.admin, m.state, m.reason) is distinct from (excluded.admin, excluded.state, excluded.reason)`.execute(
    tx,
  );
}

/** Who was believed in is not known to be there: the chat has been made, or found, anew. */
export async function forgetBelieved(tx: Sql, chatIds: readonly string[]): Promise<void> {
  await sql`delete from sferum_member
    where chat_id = any(${[...chatIds]}::uuid[]) and state in ('in', 'waiting')`.execute(tx);
}

/** Whom Sferum refused is asked for again. */
export async function forgetRefused(tx: Sql, chatIds: readonly string[]): Promise<void> {
  await sql`delete from sferum_member
    where chat_id = any(${[...chatIds]}::uuid[]) and state = 'refused'`.execute(tx);
}

/** These chats are gone. */
export async function forgetMembers(tx: Sql, chatIds: readonly string[]): Promise<void> {
  await sql`delete from sferum_member where chat_id = any(${[...chatIds]}::uuid[])`.execute(tx);
}

/** All chats of the school are another account's from now on. */
export async function forgetSchool(tx: Sql, schoolId: string): Promise<void> {
  await sql`delete from sferum_member where school_id = ${schoolId}`.execute(tx);
}

/** The profiles of people who are erased. Returns how many rows went. */
export async function forgetProfileMembers(
  tx: Sql,
  schoolId: string,
  vkUserIds: readonly string[],
): Promise<number> {
  const gone = await sql`delete from sferum_member
    where school_id = ${schoolId} and vk_user_id = any(${[...vkUserIds]}::bigint[])`.execute(tx);
  return Number(gone.numAffectedRows ?? 0);
}

/** A stranger by VK ID, a person whom the school knows by the profile that is linked now. */
export interface MemberOfChat {
  chatId: string;
  userId?: number | undefined;
  personId?: string | undefined;
}

/** Their removal waits under the operation, unless it waits already. Returns the chats where one waits anew. */
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

/**
 * These people have a place in their chats: no removal waits any more. `tried`: whom Sferum refused once is tried
 * again.
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

/** No removal waits in these chats any more. */
export async function letGo(tx: Sql, chatIds: readonly string[]): Promise<void> {
  await sql`update sferum_member set held_by = null
    where chat_id = any(${[...chatIds]}::uuid[]) and held_by is not null`.execute(tx);
}

/** No removal of these people's profiles waits any more, in whatever chat. Returns the chats where one did. */
export async function letGoOf(tx: Sql, schoolId: string, personIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ chatId: string }>`
    update sferum_member s set held_by = null from profile_link l
    where s.school_id = ${schoolId} and s.held_by is not null and l.school_id = ${schoolId}
      and l.person_id = any(${[...personIds]}) and l.present and l.vk_user_id = s.vk_user_id
    returning s.chat_id as "chatId"`.execute(tx);
  return rows.map(({ chatId }) => chatId);
}

/** Whom this operation held in these chats stays, by a person's word. */
export async function keepMembers(tx: Sql, operationId: string, chatIds: readonly string[]): Promise<void> {
  await sql`update sferum_member set held_by = null, state = 'in'
    where chat_id = any(${[...chatIds]}::uuid[]) and held_by = ${operationId}`.execute(tx);
}
