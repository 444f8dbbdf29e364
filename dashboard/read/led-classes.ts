import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';

/** Gives the ids of the classes whose homeroom teacher the person is. */
export async function ledClasses(db: Sql, schoolId: string, personId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from class
    where school_id = ${schoolId} and present and ${personId} = any(homeroom_teacher_ids)`.execute(db);
  return rows.map(({ id }) => id);
}
