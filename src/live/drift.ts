/**
 * Drift (D8): changes that people make in the messenger are seen and mended without an initialisation. All live chats
 * of a school are looked at in its own rhythm, 100 to a call. A chat that differs is read at once. A chat in which
 * perhaps people have only talked is read at its next turn (what-looks-show.ts). A chat that shows what it showed when
 * it was last in order costs no statement. Every chat is read once a day all the same, and at once where what is known
 * of it is in doubt.
 *
 * A missing person is added back up to LEAVES_RESPECTED times. After that the person counts as having left on purpose,
 * is not added again, and stands among the unreachable (J8). Removals of strangers pass the guard (F4).
 *
 * The same passes take up chats that were set aside («failing») once their pause is over (rows/chat-outbox.ts), because
 * the trouble may be gone although nobody tells us.
 */
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { endEmptyHolds } from '../planning/holding.ts';
import { isAbandoning } from '../rows/chat-abandoned.ts';
import { moveGenerations, waitsForSferum } from '../rows/chat-outbox.ts';
import { noteInOrder, readFirst } from '../rows/chat-seen.ts';
import { forgetRefused } from '../rows/sferum-member.ts';
import { type SferumAccount, SferumError } from '../sferum/gateway.ts';
import { finishAbandoning } from './abandon.ts';
import { accountOf, markAccountBroken, NotConnected } from './accounts.ts';
import { findSuspects, isLookDue, ofOnePass, readReasons } from './find-suspects.ts';
import { mend } from './mend.ts';
import { readChats } from './observe.ts';
import { hasOrphansDue, seekOrphans } from './orphans.ts';
import { askWhetherBack } from './silence.ts';

/** What gives a pass something to do, as conditions of a chat `c` in SQL. Each has its index. */
const reasons = (ctx: Context) => [
  ...readReasons(ctx),
  ...[isAsideNoMore(ctx), hasOrphansDue(ctx), isAbandoning, waitsForSferum],
];

/** True in SQL where a pass has something to do in a school, for its chats whether or not its account can be used. */
export const passesAreDue = (ctx: Context) => sql<boolean>`(
  exists (select from sferum_account a where ${isLookDue(ctx)} and a.status <> 'broken') or ${sql.join(
    reasons(ctx).map((reason) => sql`exists (select from chat c where ${reason})`),
    sql` or `,
  )})`;

/** Finds the schools for which a pass has something to do. */
export async function schoolsToSweep(ctx: Context): Promise<string[]> {
  const due = reasons(ctx).map((reason) => sql`select c.school_id from chat c where ${reason}`);
  const { rows } = await sql<{ school_id: string }>`
    select a.school_id from sferum_account a where ${isLookDue(ctx)} and a.status <> 'broken'
    union select due.school_id from (${sql.join(due, sql` union `)}) due
      join sferum_account a on a.school_id = due.school_id and a.status <> 'broken'`.execute(
    ctx.db.across('sweep'),
  );
  return rows.map((r) => r.school_id);
}

/** Makes one pass over one school: reads the chats that need it, plans the differences and lets the jobs mend them. */
export async function sweepDrift(ctx: Context, schoolId: string, signal?: AbortSignal): Promise<void> {
  await takeUpAgain(ctx, schoolId);
  await withAccount(ctx, schoolId, async (account) => {
    await askWhetherBack(ctx, account, schoolId);
    await seekOrphans(ctx, account, schoolId);
    await finishAbandoning(ctx, account, schoolId);
    await lookForDrift(ctx, account, schoolId, signal);
  });
}

/** Reads the chats that may have drifted and mends them. What the looks showed of them counts only after that. */
async function lookForDrift(
  ctx: Context,
  account: SferumAccount,
  schoolId: string,
  signal?: AbortSignal,
): Promise<void> {
  const suspects = await findSuspects(ctx, account, schoolId, signal);
  if (suspects.length === 0) return;
  const how = { schoolId, priority: 'bulk', leaveUnreadable: true, ...(signal ? { signal } : {}) } as const;
  const { lost, unreadable } = await readChats(ctx, account, how, suspects);
  await mend(
    ctx,
    schoolId,
    suspects.map(({ id }) => id),
  );
  const unread = new Set([...lost, ...unreadable]);
  const read = suspects.filter(({ id }) => !unread.has(id));
  if (read.length > 0) await noteInOrder(ctx.db.of(schoolId), read);
  await endEmptyHolds(ctx, schoolId);
}

/** Does nothing where the school's account cannot be used. An account that Sferum refuses is marked as broken. */
async function withAccount(
  ctx: Context,
  schoolId: string,
  work: (account: SferumAccount) => Promise<void>,
): Promise<void> {
  const startedAtMs = ctx.clock.now();
  try {
    await work(await accountOf(ctx, schoolId));
  } catch (error) {
    if (error instanceof NotConnected) return;
    if (!(error instanceof SferumError && (error.kind === 'token' || error.kind === 'account'))) throw error;
    await markAccountBroken(ctx, schoolId, error.kind, startedAtMs);
  }
}

/** Gives new work to chats whose time aside is over. They are read first, because what is known of them may be old. */
async function takeUpAgain(ctx: Context, schoolId: string): Promise<void> {
  const at = new Date(ctx.clock.now());
  const taken = await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const { rows } = await sql<{ id: string }>`
      select c.id from chat c where c.school_id = ${schoolId} and ${isAsideNoMore(ctx)}
      order by c.not_before nulls first, c.id limit ${ofOnePass(schoolId)} for update skip locked`.execute(
      tx,
    );
    const ids = rows.map((r) => r.id);
    // The people whom Sferum refused before are tried again together with their chat.
    await forgetRefused(tx, ids);
    const cause = `drift:${at.toISOString()}`;
    await moveGenerations(tx, ids, { cause, priority: 'bulk', at });
    await readFirst(tx, ids);
    return rows.length;
  });
  if (taken > 0) ctx.wake('chats', { schoolId });
}

/** Tells in SQL whether chat `c` was set aside and its pause is over. */
function isAsideNoMore(ctx: Context) {
  return sql`(c.condition = 'failing' and c.deleted_at is null and c.generation = c.settled_generation
    and coalesce(c.not_before, '-infinity'::timestamptz) <= ${new Date(ctx.clock.now())})`;
}
