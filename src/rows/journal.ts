/**
 * The only writer of `journal` and `journal_text`.
 *
 *   journal       what was done, because of what, by whom (J1): ids, codes and figures
 *     noted ──► kept as it is ──(keepJournalDays)──► dropped with its month (months.ts)
 *     The database lets nobody change a line; `forget_profiles` alone blanks the VK ids of people who are erased.
 *   journal_text  what a person wrote beside a line
 *     written with its line ──► gone as soon as somebody whom it may name is erased, at the latest with the month
 */
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Sql } from '../store/database.ts';
import { inChunks } from '../store/rows.ts';

/** What all lines of one doing share. */
export interface Doing {
  schoolId: string;
  at: Date;
  /** `edit:<id>`, `approval:<operation>` … */
  cause: string;
  author: Author;
}

/** No words of people stand in a line. */
export interface Line {
  what: string;
  chatId?: string;
  personId?: string;
  details?: object;
}

/** What a person wrote with a line. `personIds`: whom it may name. */
export interface Words {
  reason: string | null;
  title?: string | null;
  titleBefore?: string | null;
  personIds: readonly string[];
}

export async function noteLine(tx: Sql, line: Doing & Line): Promise<void> {
  await noteLines(tx, line, [line]);
}

export async function noteLines(tx: Sql, doing: Doing, lines: readonly Line[]): Promise<void> {
  await inChunks(lines.map(rowOf), (json) => linesOf(doing, sql`jsonb_to_recordset(${json})`).execute(tx));
}

/**
 * Lines of chats, and what was written with them. Of one kind no two lines are of the same chat and person. A line
 * whose words give neither a reason nor a title stands alone.
 */
export async function noteWithWords(
  tx: Sql,
  doing: Doing,
  lines: readonly (Line & { chatId: string; words: Words })[],
): Promise<void> {
  const rows = lines.map(({ words, ...line }) => ({ ...rowOf(line), ...words }));
  await inChunks(rows, (json) =>
    sql`
    with lines as (${linesOf(doing, sql`jsonb_to_recordset(${json})`)} returning id, what, chat_id, person_id)
    insert into journal_text (journal_id, school_id, at, what, cause, chat_id, person_ids, reason, title, title_before)
    select l.id, ${doing.schoolId}, ${doing.at}, l.what, ${doing.cause}, l.chat_id, w."personIds", w.reason, w.title,
      w."titleBefore"
    from lines l join jsonb_to_recordset(${json}) as w(what text, "chatId" uuid, "personId" text, "personIds" text[],
        reason text, title text, "titleBefore" text)
      on w.what = l.what and w."chatId" = l.chat_id and w."personId" is not distinct from l.person_id
    where coalesce(w.reason, w.title) is not null`.execute(tx),
  );
}

const rowOf = ({ what, chatId, personId, details }: Line) => ({ what, chatId, personId, details });

function linesOf({ schoolId, at, cause, author }: Doing, rows: ReturnType<typeof sql>) {
  return sql`insert into journal (school_id, at, chat_id, person_id, what, cause, author_id, author_kind, details)
    select ${schoolId}, ${at}, "chatId", "personId", what, ${cause}, ${author.id}, ${author.kind}, coalesce(details, '{}')
    from ${rows} as r("chatId" uuid, "personId" text, what text, details jsonb)`;
}

/** Takes away what was written where it may name these people. Returns how many texts went. */
export async function forgetWords(tx: Sql, schoolId: string, personIds: readonly string[]): Promise<number> {
  const gone = await sql`delete from journal_text
    where school_id = ${schoolId} and person_ids && ${[...personIds]}::text[]`.execute(tx);
  return Number(gone.numAffectedRows ?? 0);
}

/** Blanks these VK ids in the lines of strangers. */
export async function forgetProfiles(tx: Sql, schoolId: string, vkUserIds: readonly string[]): Promise<void> {
  await sql`select forget_profiles(${schoolId}, ${[...vkUserIds]}::bigint[])`.execute(tx);
}

/** What was written before the month of the day (`YYYY-MM-DD`), in all schools, goes with its lines. */
export async function dropWords(db: Sql, before: string): Promise<void> {
  await sql`delete from journal_text where at < date_trunc('month', ${before}::timestamp) at time zone 'UTC'`.execute(
    db,
  );
}

/** What is not the same before and after, by name; null: nothing. */
export function difference(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): { before: Record<string, unknown>; after: Record<string, unknown> } | null {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(before[name] ?? null, after[name] ?? null),
  );
  if (names.length === 0) return null;
  const only = (all: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(names.map((name) => [name, all[name] ?? null]));
  return { before: only(before), after: only(after) };
}
