/** «Ждут вас»: what waits, as short as possible. A question about one chat is decided on the spot. */
import type { Wait } from '../../read/waits.ts';
import { type Html, html } from '../html.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { state } from '../parts/condition.ts';
import { hiddenField } from '../parts/field.ts';
import { count, counted, since } from '../parts/numbers.ts';
import { type Said, said } from '../school/wait-words.ts';

/** The rest is on the page of all that waits, so that the first screen stays one screen. */
const SHOWN = 4;
const things = (n: number) => counted(n, 'дело', 'дела', 'дел');
const persons = (n: number) => counted(n, 'человек', 'человека', 'человек');

/** `today`: the school's own day. */
export function waiting(waits: readonly Wait[], on: { timeZone: string; today: string }): Html {
  const shown = waits.slice(0, SHOWN);
  const more = waits.length - shown.length;
  return html`<section class="sheet" aria-labelledby="waits"><div class="sheet-head"><h2 id="waits">Ждут вас</h2>${
    waits.length > 0 ? html`<p>${things(waits.length)}</p>` : ''
  }${
    waits.length > 0
      ? html`<a class="push" href="/attention">${more > 0 ? `Ещё ${count(more)} и подробности` : 'Подробности'}</a>`
      : ''
  }</div>${
    waits.length === 0
      ? html`<p class="none">Решать нечего. Здесь появится то, что без человека не пойдёт дальше.</p>`
      : html`<ol class="waits">${shown.map((wait) => row(wait, on))}</ol>`
  }</section>`;
}

function row(wait: Wait, { timeZone, today }: { timeZone: string; today: string }): Html {
  const words = said(wait);
  const when = wait.since ? since(wait.since, timeZone, today) : '';
  const brief = words.brief ? html`${when ? ', ' : ''}${words.brief}` : '';
  return html`<li>${state(words.tone, words.word)}<p><b>${words.title}</b> <span>${when}${brief}</span></p><div class="actions">${actions(wait, words)}</div></li>`;
}

function actions(wait: Wait, { action }: Said): Html {
  if (wait.kind !== 'held' || wait.chat === null) return action ?? html``;
  const { operationId, places } = wait;
  const decide = (label: string, decision: 'approve' | 'reject', kind: 'plain' | 'danger') =>
    html`<form method="post" action="/overview/decide" class="inline">${hiddenField('operation', operationId)}${submitButton({ label, name: 'do', value: decision, kind })}</form>`;
  return html`${linkButton({ label: 'Кто это', href: `/manage/operations/${operationId}`, kind: 'quiet' })}${decide('Оставить', 'reject', 'plain')}
<details class="menu ask-first"><summary class="button danger">Исключить ${count(places)}…</summary><div><p>${counted(places, 'человек потеряет', 'человека потеряют', 'человек потеряют')} доступ к переписке «${wait.chat.title}».</p>${decide(`Исключить ${persons(places)}`, 'approve', 'danger')}</div></details>`;
}
