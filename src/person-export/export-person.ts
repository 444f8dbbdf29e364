/**
 * Exports what we hold about one person, and to whom it was passed (K6). The export has no ids, names or words of other
 * people.
 */

import { sql } from 'kysely';
import { keysOf } from '../keys-of.ts';
import { instant, type Sql } from '../store/database.ts';
import { formerIds } from '../store/queries/former-ids.ts';
import type { DataSubject, Held } from './parts.ts';
import { HELD, type HeldTable } from './tables.ts';

/** A row with its columns in camelCase and its instants in ISO 8601 UTC. */
export type ExportedRow = Record<string, unknown>;
export type HeldOfPerson = Record<HeldTable, ExportedRow[]>;

export interface PersonExport {
  personId: string;
  /** Rows by table. Every table that may hold something about a person is there, even without rows. */
  held: HeldOfPerson;
  passedTo: ExportedRow[];
}

/**
 * Exports one person's data. `tx` must be one transaction of the school, so that all rows are of one moment. The caller
 * checks that the school knows or knew the person.
 */
export async function exportPerson(tx: Sql, schoolId: string, personId: string): Promise<PersonExport> {
  const subject = { id: personId, profiles: await profilesOf(tx, schoolId, personId) };
  const former = await formerOf(tx, schoolId, personId);
  // Every table gets its rows in the loop.
  const held = {} as HeldOfPerson;
  for (const table of keysOf(HELD)) {
    const ids = OF_THEIR_DAY.includes(table) ? [personId, ...former] : [personId];
    const rows: ExportedRow[] = [];
    for (const id of ids) rows.push(...(await rowsOf(tx, schoolId, table, { ...subject, id })));
    held[table] = ids.length === 1 ? rows : once(rows);
  }
  return { personId, held, passedTo: await passedToVk(tx, schoolId, personId) };
}

/**
 * These tables keep the ids that people had when the row was written, so they are asked by each id that the person has
 * had (K4).
 */
const OF_THEIR_DAY: readonly HeldTable[] = ['journal', 'access_record'];

async function formerOf(tx: Sql, schoolId: string, personId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select f.old_id as id from ${formerIds(schoolId)} f where f.new_id = ${personId}`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Leaves each row once. Of a row that was found by several ids, the copy stays that names the person. */
function once(rows: readonly ExportedRow[]): ExportedRow[] {
  const found = new Map<unknown, ExportedRow>();
  for (const row of rows) if (found.get(row.id)?.personId == null) found.set(row.id, row);
  return [...found.values()];
}

async function rowsOf(
  tx: Sql,
  schoolId: string,
  table: HeldTable,
  subject: DataSubject,
): Promise<ExportedRow[]> {
  const { rows: isAbout, given, parts = {} }: Held = HELD[table];
  const columns = [
    ...given.map((column) => sql`${sql.lit(camelCase(column))}, ${sql.ref(`t.${column}`)}`),
    ...Object.entries(parts).map(([column, part]) => sql`${sql.lit(camelCase(column))}, ${part(subject)}`),
  ];
  const { rows } = await sql<{ row: ExportedRow }>`
    select jsonb_build_object(${sql.join(columns)}) as row from ${sql.table(table)} t
    where t.school_id = ${schoolId} and ${isAbout(subject)}`.execute(tx);
  return rows.map(({ row }) => withInstants(row));
}

async function profilesOf(tx: Sql, schoolId: string, personId: string): Promise<string[]> {
  const { rows } = await sql<{ vk: string }>`
    select vk_user_id::text as vk from profile_link
    where school_id = ${schoolId} and person_id = ${personId} and vk_user_id is not null`.execute(tx);
  return rows.map(({ vk }) => vk);
}

/**
 * Lists the chats at VK that show the person's profile, with its state there and the time it was seen. Nothing but the
 * places in chats is passed to VK.
 */
async function passedToVk(tx: Sql, schoolId: string, personId: string): Promise<ExportedRow[]> {
  const { rows } = await sql<{ row: ExportedRow }>`
    select jsonb_build_object('recipient', 'VK', 'vkUserId', l.vk_user_id, 'chatId', c.id, 'chatTitle', c.title,
      'state', s.state, 'seenAt', s.seen_at) as row
    from profile_link l join sferum_member s on s.school_id = l.school_id and s.vk_user_id = l.vk_user_id
    join chat c on c.id = s.chat_id
    where l.school_id = ${schoolId} and l.person_id = ${personId} order by c.title, c.id`.execute(tx);
  return rows.map(({ row }) => withInstants(row));
}

function camelCase(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const IS_INSTANT = /^(at|.*At|.*Since)$/;

function withInstants(row: ExportedRow): ExportedRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      IS_INSTANT.test(name) && typeof value === 'string' ? instant(value) : value,
    ]),
  );
}
