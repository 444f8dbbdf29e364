import { sql } from 'kysely';
import { forgetInWords } from '../rows/chat.ts';
import { moveGenerations } from '../rows/chat-outbox.ts';
import type { Sql } from '../store/database.ts';
import type { Db } from '../store/entities.ts';
import { foldedInSql } from '../text/name-key-sql.ts';
import { documentWithoutNames, type Forgotten, stemsOf } from './names-in-text.ts';

/** Columns of one table. */
type TextsOf<T extends keyof Db> = { table: T; columns: readonly (keyof Db[T] & string)[] };
type Texts = { [T in keyof Db]: TextsOf<T> }[keyof Db];

/** The columns that hold words of people, or documents that may repeat such words. */
const TEXTS: readonly Texts[] = [
  { table: 'chat_draft', columns: ['title'] },
  { table: 'meeting', columns: ['title'] },
  { table: 'lesson', columns: ['topic'] },
  { table: 'exception', columns: ['reason'] },
  { table: 'journal_text', columns: ['reason', 'title', 'title_before'] },
  { table: 'operation', columns: ['params', 'problems', 'result'] },
  { table: 'operation_chat', columns: ['title', 'actions', 'problem'] },
];
const OF_CHAT = ['title', 'creation_title', 'condition_message'] as const;

/** Collects what to look for in the texts of others. It must run before the people's rows in `person` are deleted. */
export async function forgottenOf(
  tx: Sql,
  schoolId: string,
  ids: readonly string[],
  profiles: readonly string[],
): Promise<Forgotten> {
  const names = sql`family_name as "familyName", given_name as "givenName", middle_name as "middleName"`;
  const { rows: people } = await sql<Forgotten['people'][number]>`
    select ${names} from person where school_id = ${schoolId} and id = any(${[...ids]})`.execute(tx);
  const { rows: staying } = await sql<{ familyName: string }>`
    select distinct family_name as "familyName" from person
    where school_id = ${schoolId} and id <> all(${[...ids]})`.execute(tx);
  return { people, profiles, shared: new Set(staying.flatMap(({ familyName }) => stemsOf(familyName))) };
}

/**
 * Takes the names and VK ids of people out of titles by hand, reasons, plans and results of operations. A live chat is
 * renamed at Sferum too. Returns the number of changed rows by table.
 */
export async function forgetInTexts(
  tx: Sql,
  schoolId: string,
  forgotten: Forgotten,
  how: { cause: string; at: Date },
): Promise<[table: string, rows: number][]> {
  const stems = soughtOf(forgotten);
  if (stems.length === 0) return [];
  const changed: [string, number][] = [];
  for (const texts of TEXTS) {
    let count = 0;
    for (const { place, rest } of await namingRows(tx, schoolId, texts, stems, forgotten)) {
      await write(tx, texts, place, rest);
      count += 1;
    }
    changed.push([texts.table, count]);
  }
  return [...changed, ['chat', await forgetInTitles(tx, schoolId, stems, forgotten, how)]];
}

/** Cleans titles that people gave by hand. Other titles of automatic chats come from the roster, so they stay. */
async function forgetInTitles(
  tx: Sql,
  schoolId: string,
  stems: readonly string[],
  forgotten: Forgotten,
  how: { cause: string; at: Date },
): Promise<number> {
  const texts = { table: 'chat', columns: OF_CHAT } as const;
  const byHand = sql<boolean>`(t.title_by_hand or t.key is null)`;
  const found = await namingRows(tx, schoolId, texts, stems, forgotten, byHand);
  const cleaned = found.map(({ place, rest }) => {
    // The column is a text or null, which JSON does not tell.
    return { place, title: String(rest.title), conditionMessage: rest.condition_message as string | null };
  });
  const chats = await forgetInWords(tx, schoolId, cleaned);
  const renamed = chats.flatMap(({ id, deleted }) => (deleted ? [] : [id]));
  await moveGenerations(tx, renamed, { ...how, priority: 'bulk' });
  return found.length;
}

interface Naming {
  /** The row's `ctid`, which holds within this transaction only. */
  place: string;
  /** The changed columns, without the names. */
  rest: Record<string, unknown>;
}

/**
 * Finds rows that name somebody. The database chooses the rows that may, and this function judges each word by word.
 */
async function namingRows(
  tx: Sql,
  schoolId: string,
  { table, columns }: Texts,
  stems: readonly string[],
  forgotten: Forgotten,
  which = sql<boolean>`true`,
): Promise<Naming[]> {
  const all = sql.join(columns.map((column) => sql`${column}::text, to_jsonb(${sql.ref(`t.${column}`)})`));
  const words = sql.join(columns.map((column) => sql`${sql.ref(`t.${column}`)}::text`));
  const { rows } = await sql<{ place: string; held: Record<string, unknown> }>`
    select t.ctid::text as place, jsonb_build_object(${all}) as held from ${sql.table(table)} t
    where t.school_id = ${schoolId} and ${which}
      and ${foldedInSql(sql`concat_ws(' ', ${words})`)} like any(${stems.map((stem) => `%${stem}%`)}) for update`.execute(
    tx,
  );
  return rows.flatMap(({ place, held }) => {
    // The document keeps its shape, because only texts in it change.
    const rest = documentWithoutNames(held, forgotten) as Record<string, unknown> | null;
    return rest === null ? [] : [{ place, rest }];
  });
}

async function write(tx: Sql, { table, columns }: Texts, place: string, rest: object): Promise<void> {
  const set = columns.map((column) => sql`${sql.id(column)} = r.${sql.id(column)}`);
  await sql`update ${sql.table(table)} t set ${sql.join(set)}
    from jsonb_populate_record(null::${sql.table(table)}, ${JSON.stringify(rest)}::jsonb) r
    where t.ctid = ${place}::tid`.execute(tx);
}

function soughtOf({ people, profiles }: Forgotten): string[] {
  const stems = new Set([...people.flatMap(({ familyName }) => stemsOf(familyName)), ...profiles]);
  return [...stems].map((stem) => stem.replaceAll(/[\\%_]/g, '\\$&'));
}
