/** The diary: a pupil's lessons of a week, with the way into the distance ones (I6). Parents only look. */
import { z } from 'zod';
import { dayIn } from '../../../src/clock.ts';
import type { Day } from '../../../src/desired/model.ts';
import type { Phase } from '../../../src/lessons/lesson.ts';
import { type Child, childrenOf, type LessonItem } from '../../../src/lessons/lesson-rows.ts';
import { lessonsOfPupils } from '../../../src/lessons/list-lessons.ts';
import { type LessonSchool, lessonSchool, meetingTitle } from '../../../src/lessons/open-lesson.ts';
import { isDay } from '../../../src/text/clean-text.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { type ConsoleContext, page } from '../page.ts';
import { hrefOf } from '../parts/links.ts';
import { emptyState } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { following } from './follow.ts';
import { nowPart } from './now.ts';
import { byDay, CAMERA, clockTime, hours, joinPath, phaseOf } from './parts.ts';
import { dayTitle, mondayOf, weekBar, weekOf, weekSections } from './week.ts';

const query = z.object({
  week: z.string().refine(isDay).optional().catch(undefined),
  /** The child, of a parent's children, whose diary is shown. */
  child: z.string().max(200).optional().catch(undefined),
});

/** The page `/diary`. */
export function diaryRoutes({ ctx, screens }: ConsoleParts): void {
  screens.get('/diary', ['student', 'parent'], async (c) => {
    const { schoolId } = c.get('visitor').caller;
    const asked = query.parse(c.req.query());
    const { pupils, chosen } = await pupilsOf(c, asked.child);
    const school = await lessonSchool(ctx, schoolId);
    const nowMs = ctx.clock.now();
    const today = dayIn(school.timeZone, nowMs);
    const monday = mondayOf(asked.week ?? today);
    const lessons = chosen
      ? await lessonsOfPupils(ctx, schoolId, [chosen.id], weekOf(monday, school.timeZone))
      : [];
    const mayEnter = c.get('visitor').caller.role === 'student';
    const href = (change: { week?: string | undefined; child?: string }) =>
      hrefOf('/diary', { child: asked.child, week: asked.week, ...change });
    const { region, refreshSeconds } = following(
      lessons,
      school,
      nowMs,
      html`${mayEnter ? nowPart(lessons, school, nowMs) : ''}${weekBar(monday, today, (of) => href({ week: of }))}${week(lessons, { monday, today, school, nowMs, mayEnter })}`,
    );
    return page({
      c,
      section: 'diary',
      title: 'Дневник',
      ...(chosen && !mayEnter ? { subtitle: chosen.name } : {}),
      body: html`${pupils.length > 1 ? children(pupils, chosen, (child) => href({ child })) : ''}${region}`,
      styles: ['lessons.css'],
      scripts: ['lessons.js'],
      refreshSeconds,
    });
  });

  /** Gives whose diary may be shown: a pupil's own, or those of a parent's children, by name. */
  async function pupilsOf(c: ConsoleContext, asked: string | undefined) {
    const { schoolId, subject, role } = c.get('visitor').caller;
    if (role === 'student') {
      const self = { id: subject, name: c.get('visitor').name };
      return { pupils: [self], chosen: self };
    }
    const pupils = await childrenOf(ctx.db.of(schoolId), schoolId, subject);
    return { pupils, chosen: pupils.find(({ id }) => id === asked) ?? pupils[0] };
  }
}

function children(
  pupils: readonly Child[],
  chosen: Child | undefined,
  href: (child: string) => string,
): Html {
  return html`<nav class="children" aria-label="Чей дневник"><ul>${pupils.map(
    ({ id, name }) =>
      html`<li><a href="${href(id)}"${id === chosen?.id ? html` aria-current="true"` : ''}>${name}</a></li>`,
  )}</ul></nav>`;
}

interface Week {
  monday: Day;
  today: Day;
  school: LessonSchool;
  nowMs: number;
  mayEnter: boolean;
}

function week(lessons: readonly LessonItem[], { school, nowMs, mayEnter, ...days }: Week): Html {
  if (lessons.length === 0) {
    return emptyState({ title: 'Уроков на этой неделе нет', text: 'Расписание приходит из СГО.' });
  }
  const cell = (lesson: LessonItem) => entry(lesson, phaseOf(lesson, school, nowMs), school, mayEnter);
  return html`<div class="diary">${weekSections(
    byDay(lessons, school.timeZone),
    { ...days, whole: true },
    (day, of) => dayTable(dayTitle(day), of, school, cell),
  )}</div>`;
}

function dayTable(
  caption: string,
  lessons: readonly LessonItem[],
  school: LessonSchool,
  entryCell: (lesson: LessonItem) => Html | string,
): Html {
  return dataTable<LessonItem>({
    caption: `Уроки, ${caption}`,
    rows: lessons,
    columns: [
      { head: '№', cell: (_, at) => at + 1, numeric: true, phone: 'hidden', narrow: true },
      {
        head: 'Урок',
        phone: 'title',
        cell: (lesson) =>
          html`${lesson.subject}<div class="muted small">${hours(lesson, school.timeZone)}${lesson.topic ? ` · ${lesson.topic}` : ''}</div>`,
      },
      { head: 'Дистанционный урок', cell: entryCell, phone: 'line', narrow: true },
    ],
  });
}

/**
 * The icon in the lesson's row. It is a link also while the lesson does not run, and leads to the text that says so
 * (I5, I6).
 */
function entry(lesson: LessonItem, phase: Phase, school: LessonSchool, mayEnter: boolean): Html | string {
  if (!lesson.meeting) return '';
  const name = meetingTitle(lesson, school.timeZone);
  const words = {
    before: `начнётся в ${clockTime(lesson.startsAt, school.timeZone)}`,
    running: 'идёт',
    over: 'Урок завершился',
  }[phase];
  if (!mayEnter)
    return html`<span class="call ${phase}" title="${name}">${CAMERA}<span>${words}</span></span>`;
  const followed = phase === 'over' ? '' : html` data-call="${lesson.id}" data-enters="${lesson.id}"`;
  return html`<a class="call ${phase}" href="${joinPath(lesson.id)}" target="_blank" rel="noopener noreferrer" title="${name}"${followed}>${CAMERA}<span>${
    phase === 'running' ? 'Войти' : words
  }</span></a>`;
}
