import { sql } from 'kysely';
import type { Commands } from '../../commands.ts';
import { EVENTS_PER_BATCH } from '../../config/event-limits.ts';
import type { Context } from '../../context.ts';
import { findPersonas } from '../../store/queries/personas.ts';
import { type MadeLesson, makeTimetable, type TaughtGroup } from './timetable.ts';

/**
 * One in so many of the lessons that run or begin soon is a distance lesson. In the classes that are looked at first,
 * every one is.
 */
const DISTANT_EVERY = 4;
const SOON_MS = 60 * 60_000;

/** Sends a made-up timetable around now, as СГО would, and makes some of its lessons distance ones. */
export async function giveTimetable(
  ctx: Context,
  commands: Commands,
  schoolId: string,
): Promise<{ lessons: number; meetings: number }> {
  const nowMs = ctx.clock.now();
  const groups = await taughtGroups(ctx, schoolId);
  const personas = (await findPersonas(ctx.db.across('demo'))).filter(
    (persona) => persona.schoolId === schoolId,
  );
  const personIds = personas.map(({ personId }) => personId);
  const classIds = await classesOf(ctx, schoolId, personIds);
  const lessons = makeTimetable({ groups, nowMs, classIds, teacherIds: personIds });
  for (let from = 0; from < lessons.length; from += EVENTS_PER_BATCH) {
    await commands.receiveEvents({
      by: { id: 'demo', kind: 'service' },
      schoolId,
      events: lessons.slice(from, from + EVENTS_PER_BATCH).map((lesson) => eventOf(lesson, nowMs)),
    });
  }
  const first = new Set(groups.filter(({ classId }) => classIds.includes(classId)).map(({ id }) => id));
  const distant = lessons
    .filter(({ startsAt, endsAt }) => Date.parse(endsAt) > nowMs && Date.parse(startsAt) < nowMs + SOON_MS)
    .filter(({ subjectGroupId }, at) => first.has(subjectGroupId) || at % DISTANT_EVERY === 0);
  for (const { id, teacherId } of distant) {
    const caller = { schoolId, subject: teacherId, role: 'staff' as const };
    await commands.createMeeting({ caller, lessonId: id, title: null });
  }
  return { lessons: lessons.length, meetings: distant.length };
}

function eventOf(lesson: MadeLesson, nowMs: number) {
  const time = new Date(nowMs).toISOString();
  return {
    ...{ specversion: '1.0', id: `${lesson.id}-${nowMs}`, source: 'demo', type: 'sgo.lesson.saved', time },
    data: lesson,
  };
}

async function taughtGroups(ctx: Context, schoolId: string): Promise<TaughtGroup[]> {
  const { rows } = await sql<TaughtGroup>`
    select g.id, g.class_id as "classId", coalesce(nullif(g.subject, ''), g.title) as subject, p.id as "teacherId"
    from subject_group g
      join class k on k.school_id = g.school_id and k.id = g.class_id and k.present
      join person p on p.school_id = g.school_id and p.id = g.teacher_ids[1] and p.present
    where g.school_id = ${schoolId} and g.present and exists (select from enrollment e
      where e.school_id = g.school_id and e.unit = 'group' and e.unit_id = g.id and e.present)
    order by k.id, g.id`.execute(ctx.db.of(schoolId));
  return rows;
}

/** Gives the classes that these people lead or attend, or that their children attend. */
async function classesOf(ctx: Context, schoolId: string, personIds: readonly string[]): Promise<string[]> {
  const ids = sql`${[...personIds]}::text[]`;
  const { rows } = await sql<{ id: string }>`
    select id from class where school_id = ${schoolId} and present and homeroom_teacher_ids && ${ids}
    union select unit_id from enrollment where school_id = ${schoolId} and unit = 'class' and present
      and (student_id = any(${ids}) or student_id in (select student_id from guardian
        where school_id = ${schoolId} and guardian_id = any(${ids}) and present))`.execute(
    ctx.db.of(schoolId),
  );
  return rows.map((r) => r.id);
}
