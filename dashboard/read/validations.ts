import { z } from 'zod';
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

interface OwnValidation {
  state: string;
  result: Record<string, unknown> | null;
}

/** Gives a validation to the operator who asked for it; null for anybody else's, and where there is none. */
export async function findOwnValidation(db: Sql, id: string, subject: string): Promise<OwnValidation | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const row = await db
    .selectFrom('operation')
    .select(['state', 'result'])
    .where('id', '=', id)
    .where('kind', '=', 'roster-validation')
    .where('created_by', '=', subject)
    .where('created_by_kind', '=', 'operator')
    .executeTakeFirst();
  return row ?? null;
}
