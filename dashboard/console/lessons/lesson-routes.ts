import { type OpenLesson, openLesson } from '../../../src/lessons/open-lesson.ts';
import { LESSON_RIGHTS } from '../../../src/lessons/standing.ts';
import { forbidden, Refusal } from '../../../src/refusal.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { fieldsOf } from '../form.ts';
import { html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { STAFF } from '../visitor.ts';
import { following } from './follow.ts';
import { deletePage, lessonDialogs, lessonFacts, newPage } from './lesson-page.ts';
import { lessonPath } from './parts.ts';

const JOURNAL = { label: 'Классный журнал', href: '/journal' };
const TITLE = 'Выставить оценки';
const PATH = '/journal/lessons/:id';

/** One lesson of the journal and what its teacher does with its distance meeting. */
export function lessonRoutes(parts: ConsoleParts): void {
  const { ctx, screens } = parts;
  screens.get(PATH, STAFF, async (c) => {
    const lesson = await opened(parts, c);
    const { region, refreshSeconds } = following(
      [lesson.lesson],
      lesson.school,
      ctx.clock.now(),
      lessonFacts(lesson),
    );
    return page({
      c,
      section: 'journal',
      title: TITLE,
      crumbs: [JOURNAL],
      body: html`${region}${lessonDialogs(lesson)}`,
      styles: ['lessons.css'],
      scripts: ['lessons.js'],
      refreshSeconds,
    });
  });
  questions(parts);
  screens.post(`${PATH}/meeting`, STAFF, (c) => createMeeting(parts, c));
  screens.post(`${PATH}/meeting/delete`, STAFF, async (c) => {
    await parts.commands.deleteMeeting({ caller: c.get('visitor').caller, lessonId: idOf(c) });
    return goTo(c, lessonPath(idOf(c)), { kind: 'info', title: 'Дистанционный урок удалён' });
  });
}

/** These pages ask what the dialogs ask, for people without script. */
function questions(parts: ConsoleParts): void {
  const { screens } = parts;
  screens.get(`${PATH}/meeting`, STAFF, async (c) => {
    const lesson = await openedTo(parts, c, 'makes');
    if (lesson.phase === 'over') return goTo(c, lessonPath(lesson.lesson.id));
    return ask(c, lesson, 'Настройки дистанционного урока', newPage(lesson));
  });
  screens.get(`${PATH}/meeting/delete`, STAFF, async (c) => {
    const lesson = await openedTo(parts, c, 'deletes');
    return ask(c, lesson, 'Удалить дистанционный урок?', deletePage(lesson));
  });
}

async function createMeeting({ commands }: ConsoleParts, c: ConsoleContext): Promise<Response> {
  const { title: typed = '', shown } = await fieldsOf(c);
  // A title that was shown and not changed was given by nobody.
  const title = typed === shown ? null : String(typed);
  try {
    await commands.createMeeting({ caller: c.get('visitor').caller, lessonId: idOf(c), title });
  } catch (refusal) {
    if (!(refusal instanceof Refusal && refusal.status === 409)) throw refusal;
    return goTo(c, lessonPath(idOf(c)), { kind: 'bad', title: refusal.title });
  }
  return goTo(c, lessonPath(idOf(c)), { kind: 'good', title: 'Дистанционный урок создан' });
}

function opened({ ctx }: ConsoleParts, c: ConsoleContext): Promise<OpenLesson> {
  return openLesson(ctx, c.get('visitor').caller, idOf(c));
}

async function openedTo(
  parts: ConsoleParts,
  c: ConsoleContext,
  right: 'makes' | 'deletes',
): Promise<OpenLesson> {
  const lesson = await opened(parts, c);
  if (!LESSON_RIGHTS[lesson.standing][right]) throw forbidden();
  return lesson;
}

function ask(c: ConsoleContext, { lesson }: OpenLesson, title: string, body: ReturnType<typeof newPage>) {
  const crumbs = [JOURNAL, { label: TITLE, href: lessonPath(lesson.id) }];
  return page({ c, section: 'journal', title, crumbs, body, styles: ['lessons.css'] });
}

function idOf(c: ConsoleContext): string {
  return c.req.param('id') ?? '';
}
