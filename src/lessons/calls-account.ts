import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';

/** Calls need a user's token: the school's own, or one given for calls alone. */
export interface CallsOfSchool {
  mayCall: boolean;
  /** Where it breaks the chats are not touched. */
  hasOwnToken: boolean;
}

/** Null: the school is not connected. */
export async function callsOfSchool(db: Sql, schoolId: string): Promise<CallsOfSchool | null> {
  const { rows } = await sql<CallsOfSchool>`
    select token_kind = 'user' or calls_token_sealed is not null as "mayCall",
      calls_token_sealed is not null as "hasOwnToken"
    from sferum_account where school_id = ${schoolId}`.execute(db);
  return rows[0] ?? null;
}
