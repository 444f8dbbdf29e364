/** Makes the requests about calls. The call's row records each step before and after its one request. */
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { beginCall, callsMoved, lookBy, type OfLesson } from '../rows/meeting.ts';
import {
  callEnded,
  callStarted,
  countEndTry,
  dropIntent,
  endLate,
  hideCall,
  loseCall,
  noteIntent,
} from '../rows/meeting-call.ts';
import { noteCallsWork } from '../rows/sferum-account.ts';
import { type CallOptions, type SferumAccount, SferumError } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import { END_TRIES_UNTIL_RARE, quietAtMs, START_DEADLINE_MS } from './meeting.ts';
import { type LostReason, noteMeeting } from './note-meeting.ts';

/** A request to start a call that is committed and has not been sent yet. */
interface Intent {
  id: string;
  /** When the request was written down, by the clock that never steps; ms. */
  startedMs: number;
  /** The meeting's generation from now on. */
  generation: number;
}

/**
 * Writes down that a call is about to be started, for the meeting as it was when that was decided (`generation`).
 * The same transaction makes the meeting due at the moment after which no answer can come. So the call is found even
 * if this process ends in the middle and another worker decided meanwhile that nothing is left to do.
 * @returns null where the meeting has changed since, or another worker is starting its call
 */
export async function intendCall(
  ctx: Context,
  { schoolId, lessonId, generation }: OfLesson & { generation: number },
): Promise<Intent | null> {
  const of = { schoolId, lessonId };
  const startedMs = ctx.clock.elapsed();
  const atMs = ctx.clock.now();
  const lookAt = new Date(quietAtMs(atMs, ctx.config.limits.sferumTimeoutMs));
  return ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const meeting = await beginCall(tx, of, { generation, lookAt });
    if (!meeting) return null;
    const { groupId, startsAt: lessonStartsAt } = meeting;
    const id = ctx.newId();
    const isOnly = await noteIntent(tx, { ...of, id, at: new Date(atMs), groupId, lessonStartsAt });
    return isOnly ? { id, startedMs, generation: meeting.generation } : null;
  });
}

/**
 * Starts the call.
 * @throws SferumError; where its kind is `unknown` the call is lost and reported, otherwise nothing of the call is
 * left
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
    else await dropIntent(ctx.db.of(of.schoolId), id);
    throw error;
  }
}

async function recordStarted(
  ctx: Context,
  of: OfLesson,
  id: string,
  call: { callId: string; joinLink: string },
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const callId = call.callId || null;
  await ctx.db.transactionOf(of.schoolId, async ({ sql: tx }) => {
    const isOpen = await callStarted(tx, id, { callId, joinLink: call.joinLink });
    await noteCallsWork(tx, of.schoolId);
    if (isOpen) return noteMeeting(tx, { ...of, at, what: 'call-start' });
    // The call was given up meanwhile, and another may stand in its place. Nobody enters this one, and it can be
    // ended now.
    await endLate(tx, id, callId);
    await callsMoved(tx, of, at);
  });
}

/**
 * Gives up a call whose reply will not come any more. VK cannot say which call it was, so it is reported, and another
 * takes its place.
 */
export async function giveUp(ctx: Context, of: OfLesson, id: string): Promise<void> {
  await lose(ctx, of, { id, from: 'starting', reason: 'unanswered' });
}

/** Hides a call's link and makes its end due. A call for which Sferum gave no id cannot be ended by us. */
export async function letCallGo(tx: Sql, { schoolId, lessonId, at }: OfLesson & { at: Date }): Promise<void> {
  const state = await hideCall(tx, { schoolId, lessonId });
  await lookBy(tx, { schoolId, lessonId }, at);
  if (state === 'lost') {
    await noteMeeting(tx, { schoolId, lessonId, at, what: 'call-lost', reason: 'no-id' });
  }
}

/**
 * Ends a call for everybody in it.
 * @throws SferumError where Sferum did not confirm the end
 */
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
    const at = new Date(ctx.clock.now());
    if (await callEnded(tx, id)) await noteMeeting(tx, { ...of, at, what: 'call-end' });
  });
}

/**
 * Notes that an end was asked for in vain. meeting.ts decides when it is asked for again. The school is told once.
 */
export async function endFailed(
  ctx: Context,
  { schoolId, lessonId }: OfLesson,
  id: string,
  { isRefused }: { isRefused: boolean },
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const isTold = await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const isNew = await countEndTry(tx, id, { at, isRefused, tellAfter: END_TRIES_UNTIL_RARE });
    if (isNew) await noteMeeting(tx, { schoolId, lessonId, at, what: 'call-lost', reason: 'refused' });
    return isNew;
  });
  if (isTold) warnOfLost(ctx, { schoolId, lessonId }, 'refused');
}

/** Gives up a call whose end was asked for long enough. */
export async function leaveCall(ctx: Context, of: OfLesson, id: string): Promise<void> {
  await lose(ctx, of, { id, from: 'ending', reason: 'refused' });
}

/**
 * Marks a call as out of our reach. It is reported once, in the journal for the school and in the log for the
 * operator.
 */
async function lose(
  ctx: Context,
  of: OfLesson,
  { id, from, reason }: { id: string; from: 'starting' | 'ending'; reason: LostReason },
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const isTold = await ctx.db.transactionOf(of.schoolId, async ({ sql: tx }) => {
    const isNew = await loseCall(tx, id, from);
    if (isNew) await noteMeeting(tx, { ...of, at, what: 'call-lost', reason });
    return isNew;
  });
  if (isTold) warnOfLost(ctx, of, reason);
}

function warnOfLost(ctx: Context, of: OfLesson, reason: LostReason): void {
  ctx.log.warn({ ...of, reason }, 'a call may run on at Sferum and cannot be ended by us');
}
