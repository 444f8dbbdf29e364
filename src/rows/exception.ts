/**
 * The only writer of `exception`: what a person has ruled about somebody in a chat, against the rules (D7).
 *
 *   none   ──setExceptions, keepAdded, pin, restoreExceptions──► ruled
 *   ruled  ──setExceptions, keepAdded──► ruled otherwise, by somebody else
 *   ruled  ──renameInExceptions──► ruled, under the people's new ids
 *   ruled  ──setExceptions to nothing, dropExceptions, unpin, forgetExceptions──► none
 *
 * An exception rules one or both of two aspects: `member` (added, excluded) and `admin` (granted, revoked).
 * `author_id`, `reason` and `at` say who ruled last, why and when.
 */
import { sql } from 'kysely';
import type { ExceptionFact } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import type { NewIds } from '../store/renaming.ts';
import { inChunks } from '../store/rows.ts';
import type { PersonInChat } from './membership.ts';

export interface Rule extends ExceptionFact {
  chatId: string;
}

/** The author of a ruling, with the reason and the time. */
interface Ruling {
  schoolId: string;
  authorId: string;
  reason: string | null;
  at: Date;
}

/** Sets exceptions. A rule whose both aspects are null deletes the exception. */
export async function setExceptions(tx: Sql, by: Ruling, rules: readonly Rule[]): Promise<void> {
  await inChunks(rules, (json) =>
    sql`
    with given as (select * from ${rulesOf(json)}),
    cleared as (delete from exception e using given g where e.chat_id = g."chatId" and e.person_id = g."personId"
      and g.member is null and g.admin is null)
    insert into exception (chat_id, person_id, school_id, member, admin, author_id, reason, at)
    select "chatId", "personId", ${by.schoolId}, member, admin, ${by.authorId}, ${by.reason}, ${by.at}
    from given where member is not null or admin is not null
    on conflict (chat_id, person_id) do update set member = excluded.member, admin = excluded.admin,
      author_id = excluded.author_id, reason = excluded.reason, at = excluded.at`.execute(tx),
  );
}

/** Rules that these people stay in their chats. A ruling about their admin rights stays as it is. */
export async function keepAdded(tx: Sql, by: Ruling, members: readonly PersonInChat[]): Promise<void> {
  await inChunks(members, (json) =>
    sql`insert into exception (chat_id, person_id, school_id, member, author_id, reason, at)
    select "chatId", "personId", ${by.schoolId}, 'added', ${by.authorId}, ${by.reason}, ${by.at} from ${rulesOf(json)}
    on conflict (chat_id, person_id) do update set member = excluded.member, author_id = excluded.author_id,
      reason = excluded.reason, at = excluded.at`.execute(tx),
  );
}

/** Rules only the aspects that have no ruling yet. Returns the rules about people who had no exception at all. */
export async function pin(tx: Sql, by: Ruling, rules: readonly Rule[]): Promise<Rule[]> {
  const added: Rule[] = [];
  await inChunks(rules, async (json) => {
    const { rows } = await sql<Rule & { isNew: boolean }>`
      insert into exception as e (chat_id, person_id, school_id, member, admin, author_id, reason, at)
      select "chatId", "personId", ${by.schoolId}, member, admin, ${by.authorId}, ${by.reason}, ${by.at}
      from ${rulesOf(json)}
      on conflict (chat_id, person_id) do update set
        member = coalesce(e.member, excluded.member), admin = coalesce(e.admin, excluded.admin)
      returning chat_id as "chatId", person_id as "personId", member, admin, e.xmax = 0 as "isNew"`.execute(
      tx,
    );
    for (const { isNew, ...rule } of rows) if (isNew) added.push(rule);
  });
  return added;
}

/** Deletes exceptions that `pin` has returned as new. */
export async function unpin(tx: Sql, members: readonly PersonInChat[]): Promise<void> {
  await inChunks(members, (json) =>
    sql`delete from exception e using ${rulesOf(json)}
      where e.chat_id = r."chatId" and e.person_id = r."personId"`.execute(tx),
  );
}

/** A rule with its author, reason and time (ISO 8601). */
export interface Ruled extends Rule {
  authorId: string;
  reason: string | null;
  at: string;
}

/** Deletes all exceptions of these chats and returns them. */
export async function dropExceptions(tx: Sql, chatIds: readonly string[]): Promise<Ruled[]> {
  const { rows } = await sql<Ruled>`
    delete from exception where chat_id = any(${[...chatIds]}::uuid[])
    returning chat_id as "chatId", person_id as "personId", member, admin, author_id as "authorId", reason,
      to_jsonb(at) #>> '{}' as at`.execute(tx);
  return rows;
}

/** Restores dropped exceptions with their author and time. A ruling that was made since has priority. */
export async function restoreExceptions(tx: Sql, schoolId: string, dropped: readonly Ruled[]): Promise<void> {
  await inChunks(dropped, (json) =>
    sql`insert into exception (chat_id, person_id, school_id, member, admin, author_id, reason, at)
      select "chatId", "personId", ${schoolId}, member, admin, "authorId", reason, at
      from jsonb_to_recordset(${json}) as r("chatId" uuid, "personId" text, member text, admin text, "authorId" text,
        reason text, at timestamptz)
      on conflict (chat_id, person_id) do nothing`.execute(tx),
  );
}

/** Deletes the exceptions of erased people. Returns the number of rows. */
export async function forgetExceptions(
  tx: Sql,
  schoolId: string,
  personIds: readonly string[],
): Promise<number> {
  const gone = await sql`delete from exception
    where school_id = ${schoolId} and person_id = any(${[...personIds]})`.execute(tx);
  return Number(gone.numAffectedRows ?? 0);
}

const rulesOf = (json: ReturnType<typeof sql>) =>
  sql`jsonb_to_recordset(${json}) as r("chatId" uuid, "personId" text, member text, admin text)`;

/** Puts people's new ids in (K4). A ruling about the new id has priority. */
export async function renameInExceptions(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const [person, author] = [sql`e.person_id`, sql`e.author_id`];
  await sql`delete from exception e where e.school_id = ${schoolId} and ${ids.has(person)}
    and exists (select from exception n where n.chat_id = e.chat_id and n.person_id = ${ids.of(person)})`.execute(
    tx,
  );
  await sql`update exception e set person_id = ${ids.of(person)}, author_id = ${ids.of(author)}
    where e.school_id = ${schoolId} and (${ids.has(person)} or ${ids.has(author)})`.execute(tx);
}
