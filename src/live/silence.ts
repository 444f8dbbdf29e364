/**
 * Sferum is away: chats whose last try got no answer at all wait longer and longer, for Sferum and not for themselves
 * (`waits_for`). The first answer to anybody of the school wakes them; and while they wait, each pass of the sweep
 * asks. A chat is woken once: one that still gets no answer waits for itself, by its own growing pauses.
 */
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { waitsForSferum, wakeWaiting } from '../rows/chat-outbox.ts';
import { type SferumAccount, SferumError } from '../sferum/gateway.ts';

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
