import { type RawBuilder, sql } from 'kysely';
import type { Author } from '../../src/author.ts';
import type { JournalLine, LineText } from '../../src/chats/journal-words.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import { type Listed, limitTo, listed, type Page } from '../../src/store/queries/page.ts';
import { beginningOf } from '../../src/store/school-day.ts';

export interface JournalItem extends JournalLine {
  id: string;
  at: string;
  /** Whose act it is; of what Sferum answered: whose act it answered. Null: not known. */
  by: Author | null;
}

type Stored = Omit<JournalItem, 'text' | 'by'> &
  LineText & { total: number; authorId: string | null; authorKind: Author['kind'] };

/** Instants: ISO 8601; days: whole days of the school's time zone, `to` included. */
export interface JournalFilter extends Page {
  personId?: string | undefined;
  chatId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** What the messenger said, or a line from before authors were kept: begun by somebody else. */
const isAnswer = sql`(j.what like 'sferum-%' or j.author_kind = 'unknown')`;

/** A school's journal, newest first. A person's includes what Sferum answered about his profile. */
export async function listJournal(
  db: Sql,
  { schoolId, timeZone }: { schoolId: string; timeZone: string },
  filter: JournalFilter,
): Promise<Listed<JournalItem>> {
  const conditions: RawBuilder<unknown>[] = [];
  if (filter.chatId) conditions.push(sql`and j.chat_id = ${filter.chatId}::uuid`);
  if (filter.from) conditions.push(sql`and j.at >= ${startOf(filter.from, timeZone, 0)}`);
  if (filter.to) conditions.push(sql`and j.at < ${startOf(filter.to, timeZone, 1)}`);
  const source = filter.personId
    ? linesOf(schoolId, filter.personId)
    : sql`select * from journal where school_id = ${schoolId}`;
  const matching = sql.join(conditions, sql` `);
  const { rows } = await sql<Stored>`
    with page as (
      select j.* from (${source}) j where true ${matching} order by j.id desc ${limitTo(filter)}
    )
    select t.total, j.id::text, j.at, j.chat_id as "chatId", c.title as "chatTitle", j.person_id as "personId",
      j.what, j.cause, j.details, coalesce(a.author_id, o.created_by, j.author_id) as "authorId",
      coalesce(a.author_kind, o.created_by_kind, j.author_kind) as "authorKind",
      x.reason, own.title, own.title_before as "titleBefore"
    from (select count(*)::int as total from (${source}) j where true ${matching}) t
      left join page j on true
      left join chat c on c.id = j.chat_id
      left join journal_text own on own.school_id = ${schoolId} and own.journal_id = j.id
      left join lateral (select reason from journal_text a where a.school_id = ${schoolId} and a.cause = j.cause
        and a.chat_id = j.chat_id and a.what = 'change' limit 1) x on true
      left join lateral (select author_id, author_kind from journal a
        where a.school_id = ${schoolId} and a.chat_id = j.chat_id and a.cause = j.cause and a.author_kind in ('person', 'operator', 'service')
          and a.at <= j.at and a.at > j.at - interval '7 days' limit 1) a on ${isAnswer}
      -- Who decided what an operation held is the author of those lines, not who had begun it.
      left join operation o on ${isAnswer} and a.author_id is null
        and j.cause not like 'approval:%' and j.cause not like 'rejection:%' and o.id = case when split_part(j.cause, ':', 2) ~ '^[0-9a-f-]{36}$' then split_part(j.cause, ':', 2)::uuid end
    order by j.id desc`.execute(db);
  return listed(rows, ({ total: _, reason, title, titleBefore, authorId, authorKind, ...line }) => ({
    ...line,
    at: instant(line.at),
    by: authorId === null ? null : { id: authorId, kind: authorKind },
    text: reason === null && title === null ? null : { reason, title, titleBefore },
  }));
}

/** What is about the person himself, and Sferum's answers about his profile in the chats he had to do with. */
function linesOf(schoolId: string, personId: string): RawBuilder<unknown> {
  const own = sql`select * from journal where school_id = ${schoolId} and person_id = ${personId}`;
  return sql`${own} union all
    select a.* from journal a
    where a.school_id = ${schoolId} and a.chat_id in (select chat_id from (${own}) o where chat_id is not null)
      and a.person_id is null and a.details ? 'userId' and (a.details->>'userId')::bigint
        = (select vk_user_id from profile_link where school_id = ${schoolId} and person_id = ${personId})`;
}

/** `dayAfter` 1: a day as an upper bound ends with itself. */
export function startOf(when: string, timeZone: string, dayAfter: 0 | 1): RawBuilder<unknown> {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(when);
  return isDay ? beginningOf(when, timeZone, dayAfter) : sql`${when}::timestamptz`;
}

/** Who has these profiles, linked now or once. */
export async function findProfileOwners(
  db: Sql,
  schoolId: string,
  profiles: readonly number[],
): Promise<Map<number, string>> {
  const { rows } = await sql<{ vk: string; personId: string }>`
    select distinct on (vk_user_id) vk_user_id as vk, person_id as "personId" from profile_link
    where school_id = ${schoolId} and vk_user_id = any(${[...profiles]}::bigint[])
    order by vk_user_id, present desc, person_id`.execute(db);
  return new Map(rows.map((r) => [Number(r.vk), r.personId]));
}
