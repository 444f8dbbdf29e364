import { type RawBuilder, sql } from 'kysely';
import type { Author } from '../../src/author.ts';
import type { JournalLine, LineText } from '../../src/chats/journal-words.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import { currentId, everyIdOf } from '../../src/store/queries/former-ids.ts';
import { oneRow } from '../../src/store/rows.ts';
import { beginningOf, type SchoolZone } from '../../src/store/school-day.ts';

export interface JournalItem extends JournalLine {
  id: string;
  at: string;
  /** Who did it. For an answer of Sferum: who did what Sferum answered. Null: not known. */
  by: Author | null;
}

type Stored = Omit<JournalItem, 'text' | 'by'> &
  LineText & { isAnswer: boolean; authorId: string | null; authorKind: Author['kind'] };

/** Which lines. Instants: ISO 8601; days: whole days of the school's time zone, `to` included. */
export interface JournalFilter {
  personId?: string | undefined;
  chatId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** Lines of these causes: `import:…` one thing, `import` all of the kind; others than them where `without` says so. */
  causes?: { kinds: readonly string[]; without?: boolean } | { exact: string } | undefined;
  /** The oldest line, an id. */
  since?: string | undefined;
}

/** Which page of them: the first lines before the line `before` (an id), else the newest. Pages are counted from 1. */
interface JournalPage {
  before?: string | undefined;
  page?: number;
  perPage: number;
}

/** Ids of lines are bigints of the database. */
export const LINE_ID = /^\d{1,18}$/;

/** At most so many lines are counted, so that a count does not cost more every year. */
export const COUNTED_AT_MOST = 1_000;

/** Lines without an author of their own: answers of the messenger, and lines from before authors were kept. */
const isAnswer = sql`(j.what like 'sferum-%' or j.author_kind = 'unknown')`;

/**
 * Gives a page of a school's journal, newest first. A person's includes what Sferum answered about the person's profile.
 * `next` is what to ask for as `before` to get the following page; null where nothing follows.
 */
export async function listJournal(
  db: Sql,
  school: SchoolZone,
  filter: JournalFilter & JournalPage,
): Promise<{ items: JournalItem[]; next: string | null }> {
  const { schoolId } = school;
  const { page = 1, perPage } = filter;
  const skipped = (page - 1) * perPage;
  const { rows } = await sql<Stored>`
    with j as materialized (
      select * from (${newestLines(school, filter, skipped + perPage + 1)}) j order by id desc offset ${skipped}
    )
    select j.id::text, j.at, j.chat_id as "chatId", c.title as "chatTitle", ${currentId(schoolId, sql`j.person_id`)} as "personId",
      j.what, j.cause, j.details, ${isAnswer} as "isAnswer", coalesce(o.created_by, j.author_id) as "authorId",
      coalesce(o.created_by_kind, j.author_kind) as "authorKind", x.reason, own.title, own.title_before as "titleBefore"
    from j
      left join chat c on c.id = j.chat_id
      left join journal_text own on own.school_id = ${schoolId} and own.journal_id = j.id
      left join lateral (select reason from journal_text a where a.school_id = ${schoolId} and a.cause = j.cause
        and a.chat_id = j.chat_id and a.what = 'change' limit 1) x on true
      -- Who decided what an operation held is the author of those lines, not who had begun it.
      left join operation o on ${isAnswer}
        and j.cause not like 'approval:%' and j.cause not like 'rejection:%' and o.id = case when split_part(j.cause, ':', 2) ~ '^[0-9a-f-]{36}$' then split_part(j.cause, ':', 2)::uuid end
    order by j.id desc`.execute(db);
  const shown = rows.slice(0, perPage);
  const authors = await authorsOf(db, schoolId, shown);
  const items = shown.map(({ reason, title, titleBefore, isAnswer: _, authorId, authorKind, ...line }) => ({
    ...line,
    at: instant(line.at),
    by: authors.get(line.id) ?? (authorId === null ? null : { id: authorId, kind: authorKind }),
    text: reason === null && title === null ? null : { reason, title, titleBefore },
  }));
  return { items, next: rows.length > perPage ? (shown.at(-1)?.id ?? null) : null };
}

/** Whose acts Sferum answers. */
const ACTORS: ReadonlySet<Author['kind']> = new Set(['person', 'operator', 'service']);

/** Finds who did what Sferum answered, by the ids of the answers' lines. Most acts stand among the lines themselves. */
async function authorsOf(db: Sql, schoolId: string, lines: readonly Stored[]): Promise<Map<string, Author>> {
  const keyOf = ({ chatId, cause }: Stored) => `${chatId} ${cause}`;
  const acts = new Map<string, Author & { line: bigint }>();
  for (const line of lines) {
    const { authorId, authorKind } = line;
    if (line.isAnswer || authorId === null || !ACTORS.has(authorKind)) continue;
    acts.set(keyOf(line), { id: authorId, kind: authorKind, line: BigInt(line.id) });
  }
  const found = new Map<string, Author>();
  const others: Stored[] = [];
  for (const line of lines.filter((one) => one.isAnswer && one.chatId !== null)) {
    const act = acts.get(keyOf(line));
    if (act && act.line < BigInt(line.id)) found.set(line.id, { id: act.id, kind: act.kind });
    else others.push(line);
  }
  for (const [line, author] of await storedAuthorsOf(db, schoolId, others)) found.set(line, author);
  return found;
}

/**
 * Does the same for acts that the page does not show. An act is at most so many days older than its answer. The bounds
 * are given as values, so that earlier months are not read.
 */
async function storedAuthorsOf(
  db: Sql,
  schoolId: string,
  answers: readonly Stored[],
): Promise<Map<string, Author>> {
  if (answers.length === 0) return new Map();
  const ats = answers.map(({ at }) => Date.parse(instant(at)));
  const [first, last] = [Math.min(...ats), Math.max(...ats) + 1].map((ms) => new Date(ms).toISOString());
  const { rows } = await sql<Author & { line: string }>`
    select r.line::text, a.author_id as id, a.author_kind as kind
    from unnest(${answers.map(({ id }) => id)}::bigint[], ${answers.map(({ at }) => at)}::timestamptz[],
        ${answers.map(({ chatId }) => chatId)}::uuid[], ${answers.map(({ cause }) => cause)}::text[]) as r(line, at, chat_id, cause)
      cross join lateral (select author_id, author_kind from journal a
        where a.school_id = ${schoolId} and a.chat_id = r.chat_id and a.cause = r.cause and a.author_id is not null
          and a.author_kind in ('person', 'operator', 'service')
          and a.at <= r.at and a.at > r.at - interval '7 days'
          and a.at > ${first}::timestamptz - interval '7 days' and a.at < ${last}::timestamptz limit 1) a`.execute(
    db,
  );
  return new Map(rows.map(({ line, id, kind }) => [line, { id, kind }]));
}

/** Counts the lines, up to `COUNTED_AT_MOST`. */
export async function countJournal(db: Sql, school: SchoolZone, filter: JournalFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (${newestLines(school, filter, COUNTED_AT_MOST)}) j`.execute(db);
  return oneRow(rows).n;
}

/**
 * Gives in SQL the newest lines that the filter lets pass, `limit` of them at most. A person's come from two indexes:
 * those about the person, and Sferum's answers about the profile in the person's own chats.
 */
export function newestLines(
  { schoolId, timeZone }: SchoolZone,
  { personId, chatId, from, to, before, since, causes }: JournalFilter & { before?: string | undefined },
  limit: number,
): RawBuilder<unknown> {
  const conditions: RawBuilder<unknown>[] = [];
  if (chatId) conditions.push(sql`and j.chat_id = ${chatId}::uuid`);
  if (from) conditions.push(sql`and j.at >= ${startOf(from, timeZone, 0)}`);
  if (to) conditions.push(sql`and j.at < ${startOf(to, timeZone, 1)}`);
  if (before) conditions.push(sql`and j.id < ${before}::bigint`);
  if (since) conditions.push(sql`and j.id >= ${since}::bigint`);
  if (causes) conditions.push(causedBy(causes));
  const lines = (own: RawBuilder<unknown>) => sql`(select j.* from journal j
    where j.school_id = ${schoolId} ${own} ${sql.join(conditions, sql` `)} order by j.id desc limit ${limit})`;
  if (!personId) return lines(sql``);
  const ids = everyIdOf(schoolId, sql`${personId}::text`);
  const answers = sql`and j.person_id is null
    and j.vk_user_id = (select vk_user_id from profile_link
      where school_id = ${schoolId} and person_id = ${currentId(schoolId, sql`${personId}::text`)})
    and j.chat_id = any(array(select distinct o.chat_id from journal o
      where o.school_id = ${schoolId} and o.person_id = any(${ids}) and o.chat_id is not null))`;
  return sql`select * from (
      select own.* from unnest(${ids}) i(id) cross join lateral ${lines(sql`and j.person_id = i.id`)} own
      union all ${lines(answers)}) j
    order by id desc limit ${limit}`;
}

function causedBy(causes: NonNullable<JournalFilter['causes']>): RawBuilder<unknown> {
  if ('exact' in causes) return sql`and j.cause = ${causes.exact}`;
  const isOne = sql`split_part(j.cause, ':', 1) = any(${[...causes.kinds]})`;
  return causes.without ? sql`and not ${isOne}` : sql`and ${isOne}`;
}

/** `dayAfter` 1: a day as an upper bound ends with itself. */
export function startOf(when: string, timeZone: string, dayAfter: 0 | 1): RawBuilder<unknown> {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(when);
  return isDay ? beginningOf(when, timeZone, dayAfter) : sql`${when}::timestamptz`;
}

/** Gives who has these profiles, linked now or earlier. */
export async function findProfileOwners(
  db: Sql,
  schoolId: string,
  profiles: readonly number[],
): Promise<Map<number, string>> {
  const ids = [...new Set(profiles)];
  if (ids.length === 0) return new Map();
  // Each half has an index of its own.
  const links = (state: RawBuilder<unknown>) => sql`select vk_user_id, person_id, present from profile_link
    where school_id = ${schoolId} and ${state} and vk_user_id = any(${ids}::bigint[])`;
  const { rows } = await sql<{ vk: string; personId: string }>`
    select distinct on (vk_user_id) vk_user_id as vk, person_id as "personId"
    from (${links(sql`present`)} union all ${links(sql`not present`)}) l
    order by vk_user_id, present desc, person_id`.execute(db);
  return new Map(rows.map((r) => [Number(r.vk), r.personId]));
}
