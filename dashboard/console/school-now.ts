import type { Context } from '../../src/context.ts';
import { approvedChats } from '../read/approved-chats.ts';
import type { Visitor } from './visitor.ts';

/**
 * Gives the state of the school with which its chats' conditions are shown (parts/condition.ts), and the approvals that
 * can be taken back.
 */
export async function schoolNow(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  { id, trouble, timeZone }: Visitor['school'],
) {
  const approved = await approvedChats(db.of(id), id);
  return { isAway: trouble !== null, timeZone, approved, nowMs: clock.now() };
}
