import { sql } from 'kysely';
import type { Context } from '../context.ts';

/**
 * A token that was refused calls may have been given the right since, so a new meeting tries it again after this
 * time.
 */
const REFUSED_FOR_MS = 60 * 60_000;

/** What a school may do with calls. Calls need a user's token: the school's own, or one given for calls alone. */
interface CallsOfSchool {
  /** False also where Sferum has lately refused this token the right to start calls. */
  mayCall: boolean;
  /** True where calls have a token of their own. A break of that token does not touch the chats. */
  hasOwnToken: boolean;
}

/** Gives what the school may do with calls; null where it is not connected. */
export async function callsOfSchool(ctx: Context, schoolId: string): Promise<CallsOfSchool | null> {
  const refusedSince = new Date(ctx.clock.now() - REFUSED_FOR_MS);
  const { rows } = await sql<CallsOfSchool>`
    select (token_kind = 'user' or calls_token_sealed is not null)
        and coalesce(calls_refused_at <= ${refusedSince}, true) as "mayCall",
      calls_token_sealed is not null as "hasOwnToken"
    from sferum_account where school_id = ${schoolId}`.execute(ctx.db.of(schoolId));
  return rows[0] ?? null;
}
