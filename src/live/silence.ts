/**
 * Ends the waiting after an outage of Sferum. Chats whose last try got no answer wait for Sferum (`waits_for`), with
 * growing pauses. The first answer to any chat of the school wakes them all. Each pass of the sweep asks for such an
 * answer. A chat is woken once: if it gets no answer again, it waits by its own growing pauses.
 */
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { waitsForSferum, wakeWaiting } from '../rows/chat-outbox.ts';
import { type SferumAccount, SferumError } from '../sferum/gateway.ts';

/** Makes the cheapest call to Sferum where chats of the school wait for an answer, and wakes them if it answers. */
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
  if ((await wakeWaiting(db, schoolId)) > 0) ctx.wake('chats', { schoolId });
}
