import type { Sql } from '../../src/store/database.ts';

/** Gives the result of a validation (roster-validations) that belongs to no school; null while it goes on. */
export async function findSentValidation(db: Sql, id: string): Promise<Record<string, unknown> | null> {
  const row = await db
    .selectFrom('operation')
    .select('result')
    .where('id', '=', id)
    .where('kind', '=', 'roster-validation')
    .where('state', '=', 'succeeded')
    .executeTakeFirst();
  return row?.result ?? null;
}
