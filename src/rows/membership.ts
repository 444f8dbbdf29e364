/**
 * The only writer of `membership`: the СГО lists, a row for each person of a chat.
 *
 *   none    ──putOnLists──► listed
 *   listed  ──putOnLists──► held        `held_by` is the operation under which the removal waits for a decision
 *   held    ──putOnLists──► listed      the person is wanted again
 *   held    ──keepHeld────► listed      the removal was rejected, and the rejection is the ground from then on
 *   any     ──takeOffLists, leaveAllLists, endLists──► none
 *   any     ──renameListed──► the same, under the person's new id
 *
 * A person whose removal waits stays listed as before, with the same admin rights and grounds.
 */
import { sql } from 'kysely';
import type { Ground } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import type { NewIds } from '../store/renaming.ts';
import { inChunks } from '../store/rows.ts';

export interface PersonInChat {
  chatId: string;
  personId: string;
}

export interface MembershipRow extends PersonInChat {
  admin: boolean;
  grounds: readonly Ground[];
  heldBy: string | null;
}

/** Lists people, or changes the admin rights, grounds and hold of listed ones. */
export async function putOnLists(tx: Sql, schoolId: string, rows: readonly MembershipRow[]): Promise<void> {
  await inChunks(rows, (json) =>
    sql`insert into membership (chat_id, person_id, school_id, admin, grounds, held_by)
      select "chatId", "personId", ${schoolId}, admin, grounds, "heldBy"
      from jsonb_to_recordset(${json})
        as r("chatId" uuid, "personId" text, admin boolean, grounds jsonb, "heldBy" uuid)
      on conflict (chat_id, person_id) do update set
        admin = excluded.admin, grounds = excluded.grounds, held_by = excluded.held_by`.execute(tx),
  );
}

/** Takes these people off these lists. */
export async function takeOffLists(tx: Sql, rows: readonly PersonInChat[]): Promise<void> {
  await inChunks(rows, (json) =>
    sql`delete from membership m using jsonb_to_recordset(${json}) as r("chatId" uuid, "personId" text)
      where m.chat_id = r."chatId" and m.person_id = r."personId"`.execute(tx),
  );
}

/** Takes these people off every list of the school, even where they are held. Returns the rows that went. */
export async function leaveAllLists(
  tx: Sql,
  schoolId: string,
  personIds: readonly string[],
): Promise<PersonInChat[]> {
  const { rows } = await sql<PersonInChat>`
    delete from membership where school_id = ${schoolId} and person_id = any(${[...personIds]})
    returning chat_id as "chatId", person_id as "personId"`.execute(tx);
  return rows;
}

/** Deletes the lists of chats that are gone. */
export async function endLists(tx: Sql, chatIds: readonly string[]): Promise<void> {
  await sql`delete from membership where chat_id = any(${[...chatIds]}::uuid[])`.execute(tx);
}

/** Lets the people stay whom this operation held in these chats, by a person's decision. Returns them. */
export async function keepHeld(
  tx: Sql,
  operationId: string,
  chatIds: readonly string[],
): Promise<PersonInChat[]> {
  const { rows } = await sql<PersonInChat>`
    update membership set held_by = null, grounds = '[{"kind": "added"}]'
    where chat_id = any(${[...chatIds]}::uuid[]) and held_by = ${operationId}
    returning chat_id as "chatId", person_id as "personId"`.execute(tx);
  return rows;
}

/** Puts people's new ids in (K4). A person who is in the list under the new id already stays as that one. */
export async function renameListed(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const person = sql`m.person_id`;
  await sql`delete from membership m where m.school_id = ${schoolId} and ${ids.has(person)}
    and exists (select from membership n where n.chat_id = m.chat_id and n.person_id = ${ids.of(person)})`.execute(
    tx,
  );
  const grounds = sql`m.grounds`;
  await sql`update membership m set person_id = ${ids.of(person)}, grounds = ${ids.inObjects(grounds, 'studentId')}
    where m.school_id = ${schoolId} and (${ids.has(person)} or ${ids.inField(grounds, 'studentId')})`.execute(
    tx,
  );
}
