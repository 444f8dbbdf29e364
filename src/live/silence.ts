/**
 * Sferum is away: chats whose last try got no answer at all wait longer and longer, for Sferum and not for themselves
 * (`waits_for`). The first answer to anybody of the school wakes them; and while they wait, each pass of the sweep
 * asks. A chat is woken once: one that still gets no answer waits for itself, by its own growing pauses.
 */
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { type SferumAccount, SferumError } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';

/** Of a row of `chat c`: it waits for an answer of Sferum. */
export const waitsForSferum = sql<boolean>`(c.waits_for = 'sferum' and c.generation > c.settled_generation)`;

/** Sferum has answered somebody of this school. Returns how many chats need wait no longer. */
export async function wakeWaiting(tx: Sql, schoolId: string): Promise<number> {
  const { rows } = await sql`update chat set waits_for = 'itself', not_before = null where id in (
      select c.id from chat c where c.school_id = ${schoolId} and ${waitsForSferum} for update skip locked)
    returning id`.execute(tx);
  return rows.length;
}

/** Asks Sferum the cheapest question there is, where chats of the school wait for its answer. */
export async function askWhetherBack(ctx: Context, account: SferumAccount, schoolId: string): Promise<void> {
  const db = ctx.db.of(schoolId);
  const { rows } = await sql`select from chat c where c.school_id = ${schoolId} and ${waitsForSferum}
    and c.not_before > ${new Date(ctx.clock.now())} limit 1`.execute(db);
  if (rows.length === 0) return;
  try {
    await account.describe({ priority: 'event' });
  } catch (error) {
    if (error instanceof SferumError) return;
    throw error;
  }
  if ((await wakeWaiting(db, schoolId)) > 0) ctx.wake('chats');
}
