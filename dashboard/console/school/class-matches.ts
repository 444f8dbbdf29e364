import { z } from 'zod';
import { type ClassMatchItem, listClassMatches } from '../../read/class-matches.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { readForm } from '../form.ts';
import { type Html, html } from '../html.ts';
import { goTo, page } from '../page.ts';
import { submitButton } from '../parts/button.ts';
import { count, moment } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import { ADMINS } from '../visitor.ts';

const PATH = '/classes';
/** Without a class it concerns all that are shown. */
const form = z.object({ classId: z.string().optional(), do: z.enum(['continue', 'other']) });

/** «Классы под новыми номерами» (K4): which old class's chats go on with which new class. */
export function classMatchesRoutes({ screens, ctx, commands }: ConsoleParts): void {
  screens.get(PATH, ADMINS, async (c) => {
    const { id, timeZone } = c.get('visitor').school;
    const items = await listClassMatches(ctx.db.of(id), id);
    const open = items.filter(({ state }) => state === 'open');
    const decided = items.filter(({ state }) => state !== 'open');
    return page({
      c,
      section: 'rosters',
      title: 'Классы под новыми номерами',
      body: html`${open.length === 0 ? NOTHING : question(open)}
${decided.length === 0 ? '' : html`<section class="sheet padded" aria-labelledby="decided"><h2 id="decided">Решено</h2><ul class="rows">${decided.map((item) => html`<li>${pair(item)} <span class="muted">${WORDS[item.state]}${item.decidedAt === null ? '' : html`, ${moment(item.decidedAt, timeZone)}`}</span></li>`)}</ul></section>`}`,
    });
  });

  screens.post(PATH, ADMINS, async (c) => {
    const read = await readForm(c, form);
    if (!read.ok) return goTo(c, PATH, { kind: 'bad', title: 'Выберите, что сделать с классами' });
    const { classId, do: decision } = read.values;
    const { school, caller } = c.get('visitor');
    await commands.decideClasses({
      schoolId: school.id,
      classIds: classId === undefined ? null : [classId],
      continues: decision === 'continue',
      by: authorOf(caller),
    });
    const title = decision === 'continue' ? 'Чаты продолжены' : 'У нового класса будут свои чаты';
    return goTo(c, PATH, { kind: 'good', title });
  });
}

const NOTHING = emptyState({
  title: 'Решать нечего',
  text: 'Если класс придёт в списках под новым номером, сервис предложит продолжить с ним прежние чаты.',
});
const WORDS: Readonly<Record<ClassMatchItem['state'], string>> = {
  open: 'ждёт решения',
  continued: 'чаты продолжены',
  other: 'это другой класс',
};

function question(open: readonly ClassMatchItem[]): Html {
  return html`<section class="sheet padded" aria-labelledby="open"><h2 id="open">Ждут решения</h2>
<p>Прежних классов в списках больше нет, а их ученики учатся в новых. Если это те же классы, чаты продолжатся: та же переписка, новое название. Пока вы не решите, чаты прежних классов остаются как есть, а у новых чатов нет.</p>
<ul class="rows">${open.map(
    (
      item,
    ) => html`<li><form method="post" action="${PATH}" class="stack"><p>${pair(item)} <span class="muted">общих учеников ${count(item.common)}: было ${count(item.oldPupils)}, стало ${count(item.pupils)}</span></p>
<input type="hidden" name="classId" value="${item.classId}"><div class="actions">${BUTTONS}</div></form></li>`,
  )}</ul>
${open.length < 2 ? '' : html`<form method="post" action="${PATH}" class="actions">${submitButton({ label: `Продолжить все чаты (${count(open.length)})`, name: 'do', value: 'continue' })}</form>`}</section>`;
}

const BUTTONS = html`${submitButton({ label: 'Продолжить чаты', kind: 'primary', name: 'do', value: 'continue' })}${submitButton({ label: 'Это другой класс', name: 'do', value: 'other' })}`;

const pair = ({ oldTitle, title }: ClassMatchItem) =>
  html`<strong><bdi>${oldTitle}</bdi> → <bdi>${title}</bdi></strong>`;
