/** The effects of a meeting's steps: each is recorded in its call's row, before and after its one request. */
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { type CallOptions, type SferumAccount, SferumError } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import { callsWork } from './calls-account.ts';
import { START_DEADLINE_MS } from './meeting.ts';
import { type LostReason, noteMeeting } from './note-meeting.ts';

export interface OfLesson {
  schoolId: string;
  lessonId: string;
}

/**
 * Starts a call: the intent is on disk before the request leaves. Throws SferumError; where that is `unknown` the
 * call is lost and reported, otherwise nothing is left of it.
 */
export async function startCall(
  ctx: Context,
  account: SferumAccount,
  of: OfLesson,
  options: CallOptions,
): Promise<void> {
  const startedMs = ctx.clock.elapsed();
  const id = await commitIntent(ctx, of, new Date(ctx.clock.now()));
  if (id === null) return;
  try {
    const call = await account.startCall({ ...options, notAfterMs: startedMs + START_DEADLINE_MS });
    await recordStarted(ctx, of, id, call);
  } catch (error) {
    if (!(error instanceof SferumError)) throw error;
    if (error.kind === 'unknown') await giveUp(ctx, of, id);
    else
      await sql`delete from meeting_call where id = ${id} and state = 'starting'`.execute(
        ctx.db.of(of.schoolId),
      );
    throw error;
  }
}

/** Null: another worker is at it, or it is not wanted any more; the rows say which. */
async function commitIntent(
  ctx: Context,
  { schoolId, lessonId }: OfLesson,
  at: Date,
): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    insert into meeting_call (id, school_id, lesson_id, state, started_at)
    select ${ctx.newId()}::uuid, school_id, lesson_id, 'starting', ${at} from meeting
    where school_id = ${schoolId} and lesson_id = ${lessonId} and deleted_at is null
    on conflict (school_id, lesson_id) where state in ('starting', 'open') do nothing
    returning id`.execute(ctx.db.of(schoolId));
  return rows[0]?.id ?? null;
}

async function recordStarted(
  ctx: Context,
  of: OfLesson,
  id: string,
  call: { callId: string; joinLink: string },
): Promise<void> {
  const { schoolId, lessonId } = of;
  const at = new Date(ctx.clock.now());
  const callId = call.callId || null;
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const { rows } = await sql`
      update meeting_call set state = 'open', call_id = ${callId}, join_link = ${call.joinLink}
      where id = ${id} and state = 'starting' returning 1`.execute(tx);
    await callsWork(tx, schoolId);
    if (rows.length > 0) return noteMeeting(tx, { ...of, at, what: 'call-start' });
    // Given up meanwhile, and another may stand in its place: this one nobody enters, and now it can be ended.
    await sql`update meeting_call set state = 'ending', call_id = ${callId}
      where id = ${id} and state = 'lost' and ${callId}::text is not null`.execute(tx);
    await sql`update meeting set due_at = ${at}, generation = generation + 1
      where school_id = ${schoolId} and lesson_id = ${lessonId}`.execute(tx);
  });
}

/** Its reply will not come: VK cannot say which call it was, so it is reported and another takes its place. */
export async function giveUp(ctx: Context, of: OfLesson, id: string): Promise<void> {
  await lose(ctx, of, { id, from: 'starting', reason: 'unanswered' });
}

/** Its link is not shown any more. One that Sferum gave no id for cannot be ended by us. */
export async function letGo(tx: Sql, { schoolId, lessonId, at }: OfLesson & { at: Date }): Promise<void> {
  const { rows } = await sql<{ state: string }>`
    update meeting_call set state = case when call_id is null then 'lost' else 'ending' end
    where school_id = ${schoolId} and lesson_id = ${lessonId} and state = 'open' returning state`.execute(tx);
  if (rows[0]?.state === 'lost') {
    await noteMeeting(tx, { schoolId, lessonId, at, what: 'call-lost', reason: 'no-id' });
  }
}

/** Ends a call for all who are in it. Throws SferumError where that is not known to be so. */
export async function endCall(
  ctx: Context,
  account: SferumAccount,
  of: OfLesson,
  id: string,
  options: CallOptions,
): Promise<void> {
  const { rows } = await sql<{ callId: string }>`
    select call_id as "callId" from meeting_call where id = ${id} and state = 'ending'`.execute(
    ctx.db.of(of.schoolId),
  );
  if (!rows[0]) return;
  await account.endCall(rows[0].callId, options);
  await ctx.db.transactionOf(of.schoolId, async ({ sql: tx }) => {
    const ended =
      await sql`update meeting_call set state = 'ended' where id = ${id} and state = 'ending' returning 1`.execute(
        tx,
      );
    const at = new Date(ctx.clock.now());
    if (ended.rows.length > 0) await noteMeeting(tx, { ...of, at, what: 'call-end' });
  });
}

/** Out of our reach, and said so: in the journal for the school, in the log for the operator. */
export async function lose(
  ctx: Context,
  of: OfLesson,
  { id, from, reason }: { id: string; from: 'starting' | 'ending'; reason: LostReason },
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const lost = await ctx.db.transactionOf(of.schoolId, async ({ sql: tx }) => {
    const { rows } = await sql`
      update meeting_call set state = 'lost' where id = ${id} and state = ${from} returning 1`.execute(tx);
    if (rows.length > 0) await noteMeeting(tx, { ...of, at, what: 'call-lost', reason });
    return rows.length > 0;
  });
  if (lost) ctx.log.warn({ ...of, reason }, 'a call may run on at Sferum and cannot be ended by us');
}
