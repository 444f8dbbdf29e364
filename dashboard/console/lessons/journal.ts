/** «Классный журнал» (I2): the lessons of a week by date, of a class or parallel and a subject. */
import { z } from 'zod';
import { dayIn } from '../../../src/clock.ts';
import type { Day } from '../../../src/desired/model.ts';
import { naturalCompare } from '../../../src/desired/names.ts';
import { type JournalUnits, journalUnits, type LessonItem } from '../../../src/lessons/lesson-rows.ts';
import { listLessons } from '../../../src/lessons/list-lessons.ts';
import { type LessonSchool, lessonSchool } from '../../../src/lessons/open-lesson.ts';
import { isDay } from '../../../src/text/clean-text.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { page } from '../page.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { hiddenField, type Option, selectField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { pager } from '../parts/pager.ts';
import { emptyState } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { isAdmin, STAFF } from '../visitor.ts';
import { following } from './follow.ts';
import { byDay, hours, joinPath, lessonPath, meetingState, phaseOf } from './parts.ts';
import { dayTitle, mondayOf, weekBar, weekOf, weekSections } from './week.ts';

const PER_PAGE = 100;

const query = z.object({
  /** `class:<id>` or `grade:<grade>` */
  unit: z.string().max(220).catch(''),
  subject: z.string().max(1000).catch(''),
  week: z.string().refine(isDay).optional().catch(undefined),
  page: z.coerce.number().int().min(1).catch(1),
});
type Query = z.infer<typeof query>;

/** The page `/journal`. */
export function journalRoutes({ ctx, screens }: ConsoleParts): void {
  screens.get('/journal', STAFF, async (c) => {
    const visitor = c.get('visitor');
    const caller = c.get('visitor').caller;
    const asked = query.parse(c.req.query());
    const school = await lessonSchool(ctx, caller.schoolId);
    const nowMs = ctx.clock.now();
    const today = dayIn(school.timeZone, nowMs);
    const monday = mondayOf(asked.week ?? today);
    const units = await journalUnits(
      ctx.db.of(caller.schoolId),
      caller.schoolId,
      isAdmin(visitor) ? null : caller.subject,
    );
    const { items, total } = await listLessons(
      ctx,
      caller,
      { ...filterOf(asked), ...weekOf(monday, school.timeZone) },
      { page: asked.page, perPage: PER_PAGE },
    );
    const href = (change: Partial<Query>) => {
      const { page: to, ...kept } = { ...asked, page: 1, ...change };
      return hrefOf('/journal', { ...kept, page: to === 1 ? undefined : to });
    };
    const teacherId = caller.role === 'operator' ? null : caller.subject;
    const view = { monday, today, whole: total <= PER_PAGE, school, nowMs, teacherId };
    const { region, refreshSeconds } = following(items, school, nowMs, days(items, view));
    return page({
      c,
      section: 'journal',
      title: 'Классный журнал',
      body: html`${filters(units, asked)}${weekBar(monday, today, (week) => href({ week }))}${region}
${pager({ page: asked.page, perPage: PER_PAGE, total, href: (to) => href({ page: to }) })}`,
      styles: ['lessons.css'],
      scripts: ['lessons.js'],
      refreshSeconds,
    });
  });
}

function filterOf({ unit, subject }: Query): { classId?: string; grade?: string; subject?: string } {
  const [kind, id] = [unit.slice(0, unit.indexOf(':')), unit.slice(unit.indexOf(':') + 1)];
  return {
    ...(kind === 'class' ? { classId: id } : {}),
    ...(kind === 'grade' ? { grade: id } : {}),
    ...(subject ? { subject } : {}),
  };
}

function filters({ classes, subjects }: JournalUnits, asked: Query): Html {
  const subjectOptions = [{ value: '', label: 'Все' }, ...subjects.map((s) => ({ value: s, label: s }))];
  return html`<form method="get" action="/journal" class="filters">
${selectField({ label: 'Класс/параллель', name: 'unit', value: asked.unit, options: unitOptions(classes) })}
${selectField({ label: 'Предмет', name: 'subject', value: asked.subject, options: subjectOptions })}
${asked.week ? hiddenField('week', asked.week) : ''}${submitButton({ label: 'Загрузить', kind: 'primary' })}</form>`;
}

/** Lists the choices. A parallel stands before its classes. */
function unitOptions(classes: JournalUnits['classes']): Option[] {
  const sorted = classes.toSorted((a, b) => naturalCompare(a.title, b.title));
  const grades = new Set<string>();
  const options = sorted.flatMap(({ id, title, grade }) => {
    const own = { value: `class:${id}`, label: title };
    if (grade === null || grades.has(grade)) return [own];
    grades.add(grade);
    return [{ value: `grade:${grade}`, label: `${grade} параллель` }, own];
  });
  return [{ value: '', label: 'Все' }, ...options];
}

interface Week {
  monday: Day;
  today: Day;
  /** All lessons of the week are on this page. */
  whole: boolean;
  school: LessonSchool;
  nowMs: number;
  /** Whose lessons get buttons; null for somebody who teaches nobody. */
  teacherId: string | null;
}

function days(lessons: readonly LessonItem[], week: Week): Html {
  if (lessons.length === 0) {
    return emptyState({
      title: 'Уроков на этой неделе нет',
      text: 'Расписание приходит из СГО. Выберите другой класс, предмет или неделю.',
    });
  }
  return weekSections(byDay(lessons, week.school.timeZone), week, (day, of) => dayTable(day, of, week));
}

/** In today's table a line stands at now, before the first lesson that is not over. */
function dayTable(day: Day, lessons: readonly LessonItem[], week: Week): Html {
  const { school, nowMs, today } = week;
  const next =
    day === today ? lessons.find((lesson) => phaseOf(lesson, school, nowMs) !== 'over') : undefined;
  return dataTable<LessonItem>({
    caption: `Уроки, ${dayTitle(day)}`,
    rows: lessons,
    rowAttributes: (lesson) => (lesson === next ? html` class="from-now"` : ''),
    columns: [
      {
        head: 'Время',
        narrow: true,
        cell: (lesson) =>
          html`${hours(lesson, school.timeZone)}${lesson === next ? html`<div class="now-mark small">${phaseOf(lesson, school, nowMs) === 'running' ? 'сейчас' : 'следующий'}</div>` : ''}`,
      },
      {
        head: 'Предмет',
        phone: 'title',
        cell: (lesson) =>
          html`<a href="${lessonPath(lesson.id)}"><bdi>${lesson.groupTitle || lesson.subject}</bdi></a><div class="muted small">${lesson.teacherName}</div>`,
      },
      { head: 'Тема урока', cell: (lesson) => lesson.topic ?? '' },
      {
        head: 'Дистанционный урок',
        cell: (lesson) => meetingCell(lesson, week),
        narrow: true,
      },
      {
        head: 'Действия',
        headContent: html`<span class="unseen">Действия</span>`,
        phone: 'line',
        cell: (lesson) =>
          linkButton({ label: 'Выставить оценки', href: lessonPath(lesson.id), kind: 'quiet' }),
        narrow: true,
      },
    ],
  });
}

/** The state of the call, and what its teacher can do about it: «Создать», «Открыть». */
function meetingCell(lesson: LessonItem, { school, nowMs, teacherId }: Week): Html | string {
  const phase = phaseOf(lesson, school, nowMs);
  const shown = meetingState(lesson, phase);
  const isOwn =
    teacherId !== null && (lesson.teacherId === teacherId || lesson.groupTeacherIds.includes(teacherId));
  if (!isOwn || phase === 'over' || !lesson.isGroupThere) return shown;
  if (!lesson.meeting) {
    return linkButton({ label: 'Создать', href: `${lessonPath(lesson.id)}/meeting` });
  }
  return html`<div class="actions" data-call="${lesson.id}">${shown}<a class="button plain" href="${joinPath(lesson.id)}" target="_blank" rel="noopener noreferrer" data-enters="${lesson.id}">Открыть</a></div>`;
}
