/** «Выставить оценки», reduced to the lesson and its row «Дистанционный урок» (I1–I5). */
import { dayIn } from '../../../src/clock.ts';
import { MEETING_TITLE_CHARS } from '../../../src/lessons/change-meeting.ts';
import { meetingTitle, type OpenLesson } from '../../../src/lessons/open-lesson.ts';
import { LESSON_RIGHTS } from '../../../src/lessons/standing.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { linkButton, postButton, submitButton } from '../parts/button.ts';
import { dialog } from '../parts/dialog.ts';
import { hiddenField, textField } from '../parts/field.ts';
import { day } from '../parts/numbers.ts';
import { clockTime, hours, joinPath, lessonPath } from './parts.ts';

const NEW_DIALOG = 'new-meeting';
const DELETE_DIALOG = 'delete-meeting';
const FORM = 'meeting-form';

const newPath = (lessonId: string) => `${lessonPath(lessonId)}/meeting`;
const deletePath = (lessonId: string) => `${lessonPath(lessonId)}/meeting/delete`;

/** The facts of a lesson, with the row «Дистанционный урок». */
export function lessonFacts(opened: OpenLesson): Html {
  const { lesson, school } = opened;
  const date = day(dayIn(school.timeZone, Date.parse(lesson.startsAt)));
  return html`<section class="sheet padded" aria-label="Урок"><dl class="facts">
<dt>Предмет</dt><dd>${lesson.subject}</dd>
<dt>Класс</dt><dd>${lesson.classTitle ?? lesson.groupTitle}</dd>
<dt>Учитель</dt><dd>${lesson.teacherName}</dd>
<dt>Дата урока</dt><dd>${date}, ${hours(lesson, school.timeZone)}</dd>
<dt>Тема урока</dt><dd>${lesson.topic ?? '–'}</dd>
<dt>Дистанционный урок</dt><dd>${meetingRow(opened)}</dd>
</dl></section>`;
}

/** The row «Дистанционный урок» (I1, I4). Once the lesson is over, nothing can be made any more. */
function meetingRow({ lesson, standing, phase }: OpenLesson): Html | string {
  const { makes, deletes, enters } = LESSON_RIGHTS[standing];
  if (phase === 'over') return 'Урок завершился';
  if (!lesson.isGroupThere) return 'Не создать: предметной группы этого урока больше нет';
  if (!lesson.meeting) {
    if (!makes) return 'Не создан: это делает учитель предмета';
    return linkButton({ label: 'Создать', href: newPath(lesson.id), kind: 'primary', opens: NEW_DIALOG });
  }
  if (!deletes) return 'Создан';
  const { message } = lesson.meeting.condition;
  return html`${enters ? '' : html`<p>Создан</p>`}<div class="actions" data-call="${lesson.id}">${enters ? enterButton(lesson.id) : ''}${linkButton({ label: 'Удалить', href: deletePath(lesson.id), opens: DELETE_DIALOG })}</div>${
    message ? html`<p class="hint">${message}</p>` : ''
  }`;
}

/** Opens the call in a window of its own. The script remembers who entered, for «Звонок завершен» (I7). */
function enterButton(lessonId: string): Html {
  return html`<a class="button primary" href="${joinPath(lessonId)}" target="_blank" rel="noopener noreferrer" data-enters="${lessonId}">Открыть</a>`;
}

/** The dialogs stand beside the part that follows the clock, so that an open one stays as it is. */
export function lessonDialogs(opened: OpenLesson): Html {
  const { makes, deletes } = LESSON_RIGHTS[opened.standing];
  if (opened.phase === 'over') return NOTHING;
  return html`${makes ? newDialog(opened) : ''}${deletes ? deleteDialog(opened) : ''}`;
}

const newDialog = (opened: OpenLesson): Html =>
  dialog({
    id: NEW_DIALOG,
    title: 'Настройки дистанционного урока',
    body: newForm(opened),
    actions: submitButton({ label: 'Создать', kind: 'primary', form: FORM }),
  });

const deleteDialog = ({ lesson }: OpenLesson): Html =>
  dialog({
    id: DELETE_DIALOG,
    title: 'Удалить дистанционный урок?',
    body: DELETE_TEXT,
    actions: deleteButton(lesson.id),
  });

/** The dialog «Настройки дистанционного урока» as a page, for people without script (I3). */
export function newPage(opened: OpenLesson): Html {
  return html`<div class="sheet padded">${newForm(opened)}<div class="actions">${submitButton({ label: 'Создать', kind: 'primary', form: FORM })}${linkButton({ label: 'Отмена', href: lessonPath(opened.lesson.id) })}</div></div>`;
}

/** The dialog «Удалить дистанционный урок?» as a page, for people without script (I4). */
export function deletePage({ lesson }: OpenLesson): Html {
  return html`<div class="sheet padded">${DELETE_TEXT}<div class="actions">${deleteButton(lesson.id)}${linkButton({ label: 'Отмена', href: lessonPath(lesson.id) })}</div></div>`;
}

const DELETE_TEXT = html`<p>Звонок завершится для всех, кто в нём участвует. Ссылка на него перестанет действовать.</p>`;

const deleteButton = (lessonId: string) =>
  postButton({ label: 'Удалить', action: deletePath(lessonId), kind: 'danger' });

/** The form of «Настройки дистанционного урока» (I3). */
function newForm({ lesson, school }: OpenLesson): Html {
  const title = meetingTitle(lesson, school.timeZone);
  return html`<form method="post" action="${newPath(lesson.id)}" id="${FORM}" class="form">
${hiddenField('shown', title)}${textField({ label: 'Наименование урока', name: 'title', value: title, required: true, maxLength: MEETING_TITLE_CHARS })}
<div class="pair-fields">${textField({ label: 'Время начала', name: 'starts', value: clockTime(lesson.startsAt, school.timeZone), readonly: true })}
${textField({ label: 'Время окончания', name: 'ends', value: clockTime(lesson.endsAt, school.timeZone), readonly: true })}</div>
<p>Система ВКС: Сферум</p></form>`;
}
