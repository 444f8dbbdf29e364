import type { Database } from '../../src/store/database.ts';

/** The keys of titles that several chats of a school have, and the school's revision at which they were found. */
export interface SameTitles {
  revision: string;
  keys: readonly string[];
}

/** Titles of at most so many schools are kept. The school that was found first is forgotten first. */
const SCHOOLS_MAX = 1_000;

const kept = new WeakMap<Database, Map<string, SameTitles>>();

/**
 * Gives what is kept of a school. Asking every chat for another of its name costs more than the rest of a page, and
 * every page of an administrator needs it. Everything that makes or renames a chat moves the revision (rows/school.ts),
 * so what is kept for the present revision is true. It may hold titles of chats that are gone by now.
 */
export function sameTitles(db: Database, schoolId: string): SameTitles | null {
  return kept.get(db)?.get(schoolId) ?? null;
}

/** Keeps what was found. */
export function keepSameTitles(db: Database, schoolId: string, found: SameTitles): void {
  const schools = kept.get(db) ?? new Map<string, SameTitles>();
  kept.set(db, schools);
  if (schools.get(schoolId)?.revision === found.revision) return;
  schools.delete(schoolId);
  schools.set(schoolId, found);
  for (const first of schools.keys()) {
    if (schools.size <= SCHOOLS_MAX) return;
    schools.delete(first);
  }
}
