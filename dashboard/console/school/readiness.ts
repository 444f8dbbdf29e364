/** «Готовность к 1 сентября» of one school (K4): what the plan as of that day says, and what is missing for it. */

import { dayIn, nextFirstOfSeptember } from '../../../src/clock.ts';
import type { Readiness, ReadinessState } from '../../../src/plan/readiness-model.ts';
import { schoolReadiness } from '../../../src/planning/school-readiness.ts';
import { type NamedGaps, nameGaps } from '../../read/readiness.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Content, type Html, html } from '../html.ts';
import { page } from '../page.ts';
import { linkButton, postButton, submitButton } from '../parts/button.ts';
import { textField } from '../parts/field.ts';
import { count, counted } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import { chatsShown, readinessTitle } from '../parts/readiness-words.ts';
import { notice } from '../parts/states.ts';
import { tile } from '../parts/tile.ts';
import { comingDay } from '../region/readiness-routes.ts';
import { span } from '../region/words.ts';
import { ADMINS } from '../visitor.ts';

/** At most so many pupils and classes are named. Where there are more, the whole list is wrong. */
const NAMED = 100;

export function schoolReadinessRoutes({ screens, ctx }: ConsoleParts): void {
  screens.get(
    '/readiness',
    ADMINS,
    async (c) => {
      const { id: schoolId, timeZone } = c.get('visitor').school;
      const nowMs = ctx.clock.now();
      const usual = nextFirstOfSeptember({ nowMs, timeZone });
      const day = comingDay(c.req.query('day'), dayIn(timeZone, nowMs)) ?? usual;
      const { readiness, state, gaps } = await schoolReadiness(ctx, schoolId, day);
      const named = await nameGaps(ctx.db.of(schoolId), schoolId, gaps, NAMED);
      noteShown(
        c,
        schoolId,
        named.pupils.map(({ id }) => id),
      );
      return page({
        c,
        section: 'readiness',
        title: readinessTitle(day),
        actions: postButton({
          ...{ label: 'Показать план', kind: 'primary', action: '/manage/ahead', fields: { asOf: day } },
        }),
        body: html`${verdict(state, readiness)}${figures(readiness)}${gapSections(readiness, named)}${dayForm(day, usual)}`,
      });
    },
    { unconnected: true },
  );
}

function verdict(state: ReadinessState, { held }: Readiness): Html {
  switch (state) {
    case 'unreached':
      return notice({
        kind: 'warn',
        title: 'Списки не доходят до этого дня',
        text: 'В СГО ещё нет классов, которые будут учиться в этот день. Когда они появятся в списках, здесь будет видно, что изменится.',
        actions: linkButton({ label: 'Списки из СГО', href: '/rosters' }),
      });
    case 'gaps':
      return notice({
        kind: 'warn',
        title: 'В списках есть пробелы',
        text: 'Заполните их в СГО: без класса ученик не попадёт в чаты, без классного руководителя у чата будет администратор школы.',
      });
    case 'undated':
      return notice({
        kind: 'warn',
        title: 'У классов не указаны сроки',
        text: 'По спискам не видно, нового года эти классы или прошлого.',
      });
    case 'held':
      return notice({
        kind: 'warn',
        title: `Исключения потребуют решения: ${count(held)}`,
        text: 'Их больше обычного, поэтому в назначенный день их нужно будет подтвердить. Добавления ждать не будут.',
      });
    case 'ready':
      return notice({ kind: 'good', title: 'Всё готово', text: 'В назначенный день всё произойдёт само.' });
  }
}

function figures(readiness: Readiness): Html {
  const { pupils, classes, members, estimate } = readiness;
  const { joining, leaving } = pupils;
  const people = [
    members.added > 0 ? `войдут ${count(members.added)}` : '',
    members.removed > 0 ? `выйдут ${count(members.removed)}` : '',
  ].filter(Boolean);
  const teachers =
    classes.total === 0
      ? 'учатся в этот день'
      : classes.withoutTeacher > 0
        ? `без руководителя: ${count(classes.withoutTeacher)}`
        : 'все с классным руководителем';
  const calls = counted(estimate.apiCalls, 'обращение', 'обращения', 'обращений');
  return html`<div class="figures">${tile('Классов', count(classes.total), teachers)}
${tile('Учеников', count(pupils.total), `придут ${count(joining)}, уйдут ${count(leaving)}`)}
${tile('Чаты', chatsShown(readiness) ?? 'те же', people.length > 0 ? `участники: ${people.join(', ')}` : 'участники те же')}
${tile('Займёт', estimate.seconds > 0 ? span(estimate.seconds * 1000) : 'нисколько', `${calls} к Сферуму`)}</div>`;
}

function gapSections({ reach, pupils, classes }: Readiness, named: NamedGaps): Content {
  // Without any class everybody is without one.
  if (reach === 'no') return '';
  return html`${gapSection(
    'Ученики без класса',
    pupils.withoutClass,
    named.pupils.map((pupil) => personLink(pupil)),
  )}${gapSection(
    'Классы без классного руководителя',
    classes.withoutTeacher,
    named.classes.map(({ title }) => title),
  )}`;
}

function gapSection(title: string, total: number, names: readonly Content[]): Content {
  if (total === 0) return '';
  const more = total - names.length;
  return html`<section class="stack"><h2>${title}: ${count(total)}</h2><ul class="sheet padded gaps">${names.map(
    (name) => html`<li>${name}</li>`,
  )}${more > 0 ? html`<li class="muted">и ещё ${count(more)}</li>` : ''}</ul></section>`;
}

function dayForm(day: string, usual: string): Html {
  return html`<form method="get" action="/readiness" class="other-day">${textField({ label: 'Другой день', name: 'day', type: 'day', value: day === usual ? undefined : day })}${submitButton({ label: 'Показать' })}</form>`;
}
