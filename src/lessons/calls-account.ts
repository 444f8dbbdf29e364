import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** A token that was refused calls may have been given the right since: after so long a new meeting tries it again. */
const REFUSED_FOR_MS = 60 * 60_000;

/** Calls need a user's token: the school's own, or one given for calls alone. */
export interface CallsOfSchool {
  /** False also where Sferum has lately refused this token the right to start calls. */
  mayCall: boolean;
  /** Where it breaks the chats are not touched. */
  hasOwnToken: boolean;
}

/** Null: the school is not connected. */
export async function callsOfSchool(ctx: Context, schoolId: string): Promise<CallsOfSchool | null> {
  const refusedSince = new Date(ctx.clock.now() - REFUSED_FOR_MS);
  const { rows } = await sql<CallsOfSchool>`
    select (token_kind = 'user' or calls_token_sealed is not null)
        and coalesce(calls_refused_at <= ${refusedSince}, true) as "mayCall",
      calls_token_sealed is not null as "hasOwnToken"
    from sferum_account where school_id = ${schoolId}`.execute(ctx.db.of(schoolId));
  return rows[0] ?? null;
}
