/** «План на дату» (J5): shows what signed orders and dated lists will do before it happens. */

import type { DayAhead, OrderAhead } from '../../read/days-ahead.ts';
import { type Html, html } from '../html.ts';
import { postButton, submitButton } from '../parts/button.ts';
import { textField } from '../parts/field.ts';
import { counted, day } from '../parts/numbers.ts';
import { ORDER_WORDS } from '../parts/order-words.ts';
import { emptyState } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';

interface AheadView {
  today: string;
  days: readonly DayAhead[];
  error?: string;
}

/** The form for a day, and the days on which something changes. */
export function aheadBody({ today, days, error }: AheadView): Html {
  return html`<form method="post" action="/manage/ahead" class="panel settings">
<p>Здесь можно заранее посмотреть, что сделают с чатами уже подписанные приказы и списки СГО. Ничего не изменится: в назначенный день всё произойдёт само.</p>
${textField({ label: 'План на дату', name: 'asOf', type: 'day', required: true, error })}
<div class="actions">${submitButton({ label: 'Показать план', kind: 'primary' })}</div></form>
<section class="stack" aria-labelledby="days-head"><h2 id="days-head">Что впереди</h2>${
    days.length > 0
      ? daysTable(days)
      : emptyState({
          title: 'Изменений впереди нет',
          text: `После ${day(today)} не вступает в силу ни один приказ, и ни одно зачисление не начинается и не заканчивается.`,
        })
  }</section>`;
}

function daysTable(days: readonly DayAhead[]): Html {
  return dataTable<DayAhead>({
    caption: 'Дни, в которые списки чатов изменятся сами',
    rows: days,
    columns: [
      { head: 'Дата', phone: 'title', narrow: true, cell: (d) => html`<strong>${day(d.day)}</strong>` },
      { head: 'Что произойдёт', cell: (d) => html`<ul class="lines">${changes(d)}</ul>` },
      {
        head: 'План',
        narrow: true,
        cell: (d) => postButton({ label: 'Показать план', action: '/manage/ahead', fields: { asOf: d.day } }),
      },
    ],
  });
}

function changes({ orders, begin, end }: DayAhead): Html[] {
  const lists = [
    begin > 0 ? `По спискам начинают учиться: ${pupils(begin)}` : '',
    end > 0 ? `По спискам заканчивают: ${pupils(end)}` : '',
  ].filter(Boolean);
  return [...orders.map(orderText), ...lists].map((text) => html`<li>${text}</li>`);
}

function orderText({ number, issuedOn, kind, students }: OrderAhead): string {
  const named = [number ? `№ ${number}` : '', issuedOn ? `от ${day(issuedOn)}` : '']
    .filter(Boolean)
    .join(' ');
  return `Приказ ${[named, ORDER_WORDS[kind]].filter(Boolean).join(' ')}: ${pupils(students)}`;
}

const pupils = (n: number): string => counted(n, 'ученик', 'ученика', 'учеников');
