/** Lists of a migration: the same people, some of them under other ids wherever they are named. */
import type { RosterFiles } from './roster-files.ts';

export const newIdOf = (id: string) => `n-${id}`;

/** The ids of all people of the files. */
export function peopleOf(files: RosterFiles): string[] {
  const [, ...rows] = files['users.csv']!.trim().split(/\r?\n/);
  return rows.map((row) => row.slice(0, row.indexOf(',')));
}

/** The files with other ids for these people, or for all. Nothing else changes. */
export function underNewIds(
  files: RosterFiles,
  ids: readonly string[] = peopleOf(files),
  newId: (id: string) => string = newIdOf,
): RosterFiles {
  const renamed = new Set(ids);
  const changed = ['users.csv', 'roles.csv', 'enrollments.csv', 'demographics.csv'];
  const under = (text: string) =>
    text.replaceAll(/[^,"\r\n]+/g, (cell) => (renamed.has(cell) ? newId(cell) : cell));
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, changed.includes(name) ? under(text) : text]),
  );
}
