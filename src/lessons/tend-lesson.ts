import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { accountOf, markAccountBroken, NotConnected } from '../live/accounts.ts';
import { type OfLesson, releaseMeeting, restMeeting } from '../rows/meeting.ts';
import { noteCallsRefused } from '../rows/sferum-account.ts';
import { type CallOptions, SferumError, type SferumErrorKind } from '../sferum/gateway.ts';
import { endCall, endFailed, giveUp, intendCall, leaveCall, letCallGo, startCall } from './calls.ts';
import { callsOfSchool } from './calls-account.ts';
import { type CallRow, type MeetingState, nextStep, type Step } from './meeting.ts';
import { type Condition, NO_TROUBLE, troubleOf } from './trouble.ts';

/** More steps than this go on in another job, because a meeting can be made and deleted over and over. */
const STEPS_AT_ONCE = 20;
/**
 * A pause up to this length is waited for within the job, because a lesson may be about to begin. A longer one ends
 * the job.
 */
const SHORT_PAUSE_MS = 2_000;
/**
 * Kinds of a plain no from Sferum. The school is told at once, because another try soon after will hardly end the
 * call.
 */
const PLAIN_NO: ReadonlySet<SferumErrorKind> = new Set(['refused', 'chat-lost', 'defect', 'not-possible']);

interface Meeting extends OfLesson {
  state: MeetingState;
  generation: number;
  attempts: number;
}

/**
 * Brings one lesson's meeting to what its rows and the clock say (meeting.ts), step by step, until nothing is left to
 * do. The key is the whole request. The job may run twice, late or for nothing.
 */
export async function tendLesson(ctx: Context, of: OfLesson, signal?: AbortSignal): Promise<void> {
  for (let steps = 0; steps < STEPS_AT_ONCE; steps++) {
    const meeting = await loadMeeting(ctx, of);
    if (!meeting) return;
    const step = nextStep(meeting.state, ctx.clock.now());
    if (step.do === 'rest')
      return rest(ctx, meeting, { untilMs: step.untilMs, attempts: 0, condition: NO_TROUBLE });
    const startedAtMs = ctx.clock.now();
    try {
      await takeStep(ctx, meeting, step, signal);
    } catch (error) {
      if (!(error instanceof SferumError || error instanceof NotConnected)) throw error;
      const pauseMs = await afterTrouble(ctx, meeting, { ...step, startedAtMs }, error);
      if (pauseMs > SHORT_PAUSE_MS || signal?.aborted) return;
      await ctx.clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }
}

async function takeStep(
  ctx: Context,
  meeting: Meeting,
  step: Exclude<Step, { do: 'rest' }>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { schoolId, lessonId } = meeting;
  const of = { schoolId, lessonId };
  const options: CallOptions = { priority: 'lesson', ...(signal ? { signal } : {}) };
  switch (step.do) {
    case 'start': {
      const account = await accountOf(ctx, schoolId, { forCalls: true });
      const intent = await intendCall(ctx, meeting);
      if (!intent) return;
      meeting.generation = intent.generation;
      return startCall(ctx, account, { ...of, intent }, options);
    }
    case 'give-up':
      return giveUp(ctx, of, step.callId);
    case 'let-go':
      return ctx.db.transactionOf(schoolId, ({ sql: tx }) =>
        letCallGo(tx, { ...of, at: new Date(ctx.clock.now()) }),
      );
    case 'end':
      return endCall(ctx, await accountOf(ctx, schoolId, { forCalls: true }), of, step.callId, options);
    case 'leave':
      return leaveCall(ctx, of, step.callId);
  }
}

/** Notes what went wrong. Gives how long to pause before the next try, in ms. */
async function afterTrouble(
  ctx: Context,
  meeting: Meeting,
  step: Step & { startedAtMs: number },
  error: SferumError | NotConnected,
): Promise<number> {
  const { schoolId, lessonId } = meeting;
  const attempts = meeting.attempts + 1;
  const kind = error instanceof SferumError ? error.kind : null;
  ctx.log.warn(
    { schoolId, lessonId, step: step.do, why: error.message, attempts },
    'a step of a lesson could not be done',
  );
  if (kind === 'token' || kind === 'account') await markBroken(ctx, schoolId, kind, step.startedAtMs);
  if (kind === 'not-possible' && step.do === 'start') {
    const usedSince = new Date(step.startedAtMs);
    await noteCallsRefused(ctx.db.of(schoolId), schoolId, { usedSince, at: new Date(ctx.clock.now()) });
  }
  if (step.do === 'end') {
    await endFailed(ctx, { schoolId, lessonId }, step.callId, {
      isRefused: kind !== null && PLAIN_NO.has(kind),
    });
    return 0;
  }
  const { retryAfterMs, condition } = troubleOf(error, attempts);
  await rest(ctx, meeting, { untilMs: ctx.clock.now() + retryAfterMs, attempts, condition });
  return retryAfterMs;
}

/**
 * Marks the account as broken, except where the token is for calls alone, which says nothing about the account that
 * owns the chats.
 */
async function markBroken(
  ctx: Context,
  schoolId: string,
  reason: string,
  usedSinceMs: number,
): Promise<void> {
  const calls = await callsOfSchool(ctx, schoolId);
  if (!calls?.hasOwnToken) await markAccountBroken(ctx, schoolId, reason, usedSinceMs);
}

async function loadMeeting(ctx: Context, { schoolId, lessonId }: OfLesson): Promise<Meeting | null> {
  const { rows } = await sql<{
    starts: number | null;
    ends: number | null;
    groupId: string | null;
    present: boolean;
    asked: boolean;
    early: number;
    generation: string;
    attempts: number;
    calls: CallRow[];
  }>`select extract(epoch from l.starts_at)::float8 * 1000 as starts, extract(epoch from l.ends_at)::float8 * 1000 as ends,
      l.subject_group_id as "groupId", coalesce(l.present and g.present, false) as present,
      m.deleted_at is null as asked, s.early_entry_minutes as early, m.generation, m.attempts,
      coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'state', c.state,
          'startedAtMs', extract(epoch from c.started_at)::float8 * 1000,
          'groupId', coalesce(c.subject_group_id, l.subject_group_id),
          'lessonStartsAtMs', extract(epoch from coalesce(c.lesson_starts_at, l.starts_at))::float8 * 1000,
          'endTries', c.end_tries, 'endTriedAtMs', extract(epoch from c.end_tried_at)::float8 * 1000) order by c.started_at)
        from meeting_call c where c.school_id = m.school_id and c.lesson_id = m.lesson_id
          and c.state in ('starting', 'open', 'ending')), '[]') as calls
    from meeting m join school s on s.id = m.school_id
      left join lesson l on l.school_id = m.school_id and l.id = m.lesson_id
      left join subject_group g on g.school_id = l.school_id and g.id = l.subject_group_id
    where m.school_id = ${schoolId} and m.lesson_id = ${lessonId}`.execute(ctx.db.of(schoolId));
  const row = rows[0];
  if (!row) return null;
  const lesson = {
    ...{ startsAtMs: row.starts ?? 0, endsAtMs: row.ends ?? 0 },
    ...{ groupId: row.groupId ?? '', isHeld: row.present },
  };
  return {
    ...{ schoolId, lessonId, generation: Number(row.generation), attempts: row.attempts },
    state: {
      ...{ lesson, isAsked: row.asked, earlyEntryMinutes: row.early, calls: row.calls },
      requestTimeoutMs: ctx.config.limits.sferumTimeoutMs,
    },
  };
}

/**
 * Plans the next look. Where the meeting changed meanwhile, or failed in another job, the next look is decided
 * already, so this job only releases the meeting.
 */
async function rest(
  ctx: Context,
  { schoolId, lessonId, generation, attempts: before }: Meeting,
  { untilMs, attempts, condition }: { untilMs: number | null; attempts: number; condition: Condition },
): Promise<void> {
  const dueAt = untilMs === null ? null : new Date(untilMs);
  const at = new Date(ctx.clock.now());
  const db = ctx.db.of(schoolId);
  const seen = { schoolId, lessonId, generation, attempts: before };
  if (await restMeeting(db, seen, { dueAt, attempts, condition, at })) return;
  await releaseMeeting(db, seen);
  ctx.wake('meetings');
}
