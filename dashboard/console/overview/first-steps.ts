/** What a school does before its first chat. */
import type { Trouble } from '../../read/waits.ts';
import { type Content, type Html, html } from '../html.ts';
import { linkButton } from '../parts/button.ts';
import { state } from '../parts/condition.ts';
import { counted, moment } from '../parts/numbers.ts';

interface FirstSteps {
  listed: { people: number; classes: number };
  rosterTakenAt: string | null;
  trouble: Trouble | null;
  timeZone: string;
}

/** The steps with what is done of them. */
export function firstSteps({ listed, rosterTakenAt, trouble, timeZone }: FirstSteps): Html {
  const hasLists = listed.people > 0;
  const lists = `${counted(listed.people, 'человек', 'человека', 'человек')}, ${counted(listed.classes, 'класс', 'класса', 'классов')}`;
  return html`<section class="sheet" aria-labelledby="steps"><div class="sheet-head"><h2 id="steps">Первые шаги</h2></div><ol class="waits">
${step(hasLists, 'Списки из СГО', hasLists ? html`${lists}${rosterTakenAt ? html`, ${moment(rosterTakenAt, timeZone)}` : ''}` : 'ещё не пришли: их передаёт администратор сервера')}
${step(trouble === null, 'Связь со Сферумом', trouble === null ? 'есть' : 'нет: её восстановит администратор сервера')}
${step(
  false,
  'Создать чаты',
  'сначала вы увидите план: ничего не изменится, пока вы его не подтвердите',
  hasLists && trouble === null
    ? linkButton({ label: 'Инициализировать список чатов', href: '/manage/initialize', kind: 'primary' })
    : undefined,
)}</ol></section>`;
}

function step(isDone: boolean, title: string, more: Content, action?: Html): Html {
  return html`<li>${state(isDone ? 'good' : 'calm', isDone ? 'готово' : 'осталось')}<p><b>${title}</b> <span>${more}</span></p><div class="actions">${action ?? ''}</div></li>`;
}
