/** The effects of a meeting's steps: each is recorded in its call's row, before and after its one request. */
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { noteCallsWork } from '../rows/sferum-account.ts';
import { type CallOptions, type SferumAccount, SferumError } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import { END_TRIES_UNTIL_RARE, quietAtMs, START_DEADLINE_MS } from './meeting.ts';
import { type LostReason, noteMeeting } from './note-meeting.ts';

export interface OfLesson {
  schoolId: string;
  lessonId: string;
}

/** A request to start a call that is on disk and has not left yet. */
export interface Intent {
  id: string;
  /** When it was written down, by the clock that never steps. */
  startedMs: number;
  /** Of the meeting, from now on. */
  generation: number;
}

/**
 * Writes down that a call is about to be started, for the meeting as it was when that was decided (`generation`):
 * null where it changed since, or another worker is at it. In the same transaction the meeting is due for a look when
 * no answer can come any more, whoever else decided meanwhile that there is nothing to look for: where this process
 * ends in the middle, the call is found.
 */
export async function intendCall(
  ctx: Context,
  { schoolId, lessonId, generation }: OfLesson & { generation: number },
): Promise<Intent | null> {
  const startedMs = ctx.clock.elapsed();
  const atMs = ctx.clock.now();
  const lookAt = new Date(quietAtMs(atMs, ctx.config.limits.sferumTimeoutMs));
  return ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const { rows: of } = await sql<{ generation: string; groupId: string; startsAt: Date }>`
      update meeting m set generation = m.generation + 1, due_at = ${lookAt} from lesson l
      where m.school_id = ${schoolId} and m.lesson_id = ${lessonId} and m.deleted_at is null
        and m.generation = ${generation} and l.school_id = m.school_id and l.id = m.lesson_id
      returning m.generation, l.subject_group_id as "groupId", l.starts_at as "startsAt"`.execute(tx);
    const lesson = of[0];
    if (!lesson) return null;
    const { rows } = await sql<{ id: string }>`
      insert into meeting_call (id, school_id, lesson_id, state, started_at, subject_group_id, lesson_starts_at)
      values (${ctx.newId()}::uuid, ${schoolId}, ${lessonId}, 'starting', ${new Date(atMs)}, ${lesson.groupId},
        ${lesson.startsAt})
      on conflict (school_id, lesson_id) where state in ('starting', 'open') do nothing
      returning id`.execute(tx);
    return rows[0] ? { id: rows[0].id, startedMs, generation: Number(lesson.generation) } : null;
  });
}

/**
 * Starts the call. Throws SferumError; where that is `unknown` the call is lost and reported, otherwise nothing is left
 * of it.
 */
export async function startCall(
  ctx: Context,
  account: SferumAccount,
  { intent, ...of }: OfLesson & { intent: Intent },
  options: CallOptions,
): Promise<void> {
  const { id, startedMs } = intent;
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
    await noteCallsWork(tx, schoolId);
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

/** Its link is not shown any more, and its end is due. One that Sferum gave no id for cannot be ended by us. */
export async function letGo(tx: Sql, { schoolId, lessonId, at }: OfLesson & { at: Date }): Promise<void> {
  const { rows } = await sql<{ state: string }>`
    update meeting_call set state = case when call_id is null then 'lost' else 'ending' end
    where school_id = ${schoolId} and lesson_id = ${lessonId} and state = 'open' returning state`.execute(tx);
  await sql`update meeting set due_at = least(due_at, ${at})
    where school_id = ${schoolId} and lesson_id = ${lessonId}`.execute(tx);
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

/** The end was asked for in vain: when it is asked for again says meeting.ts. The school is told once. */
export async function endFailed(
  ctx: Context,
  { schoolId, lessonId }: OfLesson,
  id: string,
  { isRefused }: { isRefused: boolean },
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const isTold = await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    await sql`update meeting_call set end_tries = end_tries + 1, end_tried_at = ${at}
      where id = ${id} and state = 'ending'`.execute(tx);
    const { rows } = await sql`update meeting_call set end_refused = true
      where id = ${id} and state = 'ending' and not end_refused and (${isRefused} or end_tries >= ${END_TRIES_UNTIL_RARE})
      returning 1`.execute(tx);
    if (rows.length > 0)
      await noteMeeting(tx, { schoolId, lessonId, at, what: 'call-lost', reason: 'refused' });
    return rows.length > 0;
  });
  if (isTold) warnOfLost(ctx, { schoolId, lessonId }, 'refused');
}

/** A call whose end was asked for long enough. */
export async function leaveCall(ctx: Context, of: OfLesson, id: string): Promise<void> {
  await lose(ctx, of, { id, from: 'ending', reason: 'refused' });
}

/** Out of our reach, and said so, if it was not yet: in the journal for the school, in the log for the operator. */
async function lose(
  ctx: Context,
  of: OfLesson,
  { id, from, reason }: { id: string; from: 'starting' | 'ending'; reason: LostReason },
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const isTold = await ctx.db.transactionOf(of.schoolId, async ({ sql: tx }) => {
    const { rows } = await sql`
      update meeting_call set state = 'lost' where id = ${id} and state = ${from} and not end_refused returning 1`.execute(
      tx,
    );
    if (rows.length > 0) await noteMeeting(tx, { ...of, at, what: 'call-lost', reason });
    else await sql`update meeting_call set state = 'lost' where id = ${id} and state = ${from}`.execute(tx);
    return rows.length > 0;
  });
  if (isTold) warnOfLost(ctx, of, reason);
}

function warnOfLost(ctx: Context, of: OfLesson, reason: LostReason): void {
  ctx.log.warn({ ...of, reason }, 'a call may run on at Sferum and cannot be ended by us');
}
