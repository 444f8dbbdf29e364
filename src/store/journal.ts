import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Sql } from './database.ts';

/** One line of the journal (J1): what was done, because of what, by whom. Ids, codes and figures; no words of people. */
export interface Line {
  schoolId: string;
  at: Date;
  chatId?: string;
  personId?: string;
  what: string;
  /** `edit:<id>`, `approval:<operation>` … */
  cause: string;
  author: Author;
  details?: Record<string, unknown>;
}

export async function noteLine(tx: Sql, line: Line): Promise<void> {
  await sql`insert into journal (school_id, at, chat_id, person_id, what, cause, author_id, author_kind, details)
    values (${line.schoolId}, ${line.at}, ${line.chatId ?? null}, ${line.personId ?? null}, ${line.what}, ${line.cause},
      ${line.author.id}, ${line.author.kind}, ${JSON.stringify(line.details ?? {})}::jsonb)`.execute(tx);
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
