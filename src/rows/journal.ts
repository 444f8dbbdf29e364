/**
 * The only writer of `journal` and `journal_text`.
 *
 *   journal       what was done, why and by whom (J1), in ids, codes and figures
 *     noted ──► kept as it is ──(keepJournalDays)──► dropped with its month (months.ts)
 *     The database refuses to change a line. Only `forget_profiles` may blank the VK ids of erased people.
 *   journal_text  what a person wrote beside a line
 *     written with its line ──► deleted once a person whom it may name is erased, at the latest with the month
 */
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Sql } from '../store/database.ts';
import type { NewIds } from '../store/renaming.ts';
import { inChunks } from '../store/rows.ts';

/** What all lines of one change have in common. */
export interface Doing {
  schoolId: string;
  at: Date;
  /** What the change comes from: `edit:<id>`, `approval:<operation>` … */
  cause: string;
  author: Author;
}

/** A line of the journal. It must not hold texts that people wrote, because a line cannot be changed later. */
export interface Line {
  what: string;
  chatId?: string;
  personId?: string;
  /** `userId` names whose profile an answer of the messenger is about. The line is found by it. */
  details?: object;
}

/** What a person wrote with a line. `personIds` are the people whom the text may name. */
export interface Words {
  reason: string | null;
  title?: string | null;
  titleBefore?: string | null;
  personIds: readonly string[];
}

/** Writes one line. */
export async function noteLine(tx: Sql, line: Doing & Line): Promise<void> {
  await noteLines(tx, line, [line]);
}

/** Writes lines that were done together, by one author for one cause. */
export async function noteLines(tx: Sql, doing: Doing, lines: readonly Line[]): Promise<void> {
  await inChunks(lines.map(rowOf), (json) => linesOf(doing, sql`jsonb_to_recordset(${json})`).execute(tx));
}

/**
 * Writes lines of chats together with the texts that people wrote. No two lines of one kind may have the same chat and
 * person, because the texts are joined to the lines by these. A line without a reason and a title gets no text.
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
  return sql`insert into journal (school_id, at, chat_id, person_id, what, cause, author_id, author_kind, details, vk_user_id)
    select ${schoolId}, ${at}, "chatId", "personId", what, ${cause}, ${author.id}, ${author.kind}, coalesce(details, '{}'),
      (details->>'userId')::bigint
    from ${rows} as r("chatId" uuid, "personId" text, what text, details jsonb)`;
}

/** Deletes the texts that may name these people. Returns the number of texts. */
export async function forgetWords(tx: Sql, schoolId: string, personIds: readonly string[]): Promise<number> {
  const gone = await sql`delete from journal_text
    where school_id = ${schoolId} and person_ids && ${[...personIds]}::text[]`.execute(tx);
  return Number(gone.numAffectedRows ?? 0);
}

/** Blanks these VK ids in the lines of strangers. */
export async function forgetProfiles(tx: Sql, schoolId: string, vkUserIds: readonly string[]): Promise<void> {
  await sql`select forget_profiles(${schoolId}, ${[...vkUserIds]}::bigint[])`.execute(tx);
}

/** Deletes, in all schools, the texts from before the month of the day (`YYYY-MM-DD`). Their lines end with them. */
export async function dropWords(db: Sql, before: string): Promise<void> {
  await sql`delete from journal_text where at < date_trunc('month', ${before}::timestamp) at time zone 'UTC'`.execute(
    db,
  );
}

/** Returns the values that differ, by name, before and after. Null where nothing differs. */
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

/** Puts people's new ids in beside the texts (K4). The lines keep the ids of their day. */
export async function renameInWords(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const named = sql`t.person_ids`;
  await sql`update journal_text t set person_ids = ${ids.inList(named)}
    where t.school_id = ${schoolId} and ${ids.named(named)}`.execute(tx);
}
