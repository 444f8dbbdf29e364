/** «Инициализировать список чатов»: «Настройки создания/синхронизации чатов» (F1), and the last operations. */
import { CHAT_TYPES, type ChatType } from '../../../src/desired/model.ts';
import type { Names } from '../../../src/plan/describe.ts';
import type { OperationView } from '../../read/operation-views.ts';
import { type Html, html } from '../html.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { state } from '../parts/condition.ts';
import { checkField } from '../parts/field.ts';
import { day, moment } from '../parts/numbers.ts';
import { notice } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { operationTitle, STATE_WORDS } from './operation-words.ts';

export interface InitializeView {
  operations: readonly OperationView[];
  names: Names;
  timeZone: string;
  /** The form as it was sent, with what cannot be done. */
  refused?: { error: string; types: readonly ChatType[]; strict: boolean };
}

/** The page: the form, and the last operations. */
export function initializeBody(view: InitializeView): Html {
  const open = view.operations.find(({ state: now }) => now === 'queued' || now === 'running');
  const chosen = view.refused?.types ?? CHAT_TYPES;
  return html`${
    open
      ? notice({
          kind: 'info',
          title: operationTitle(open),
          text: 'Такой же запуск присоединится к нему, другой подождёт своей очереди.',
          actions: linkButton({ label: 'Смотреть ход', href: `/manage/operations/${open.id}` }),
        })
      : ''
  }
<form method="post" action="/manage/initialize" class="panel settings">
<p>Недостающие чаты будут созданы, а состав имеющихся приведён в соответствие со списками СГО. Сначала вы увидите план: ничего не изменится, пока вы его не подтвердите.</p>
<fieldset class="choices" data-all-or-some${view.refused ? html` aria-describedby="types-error"` : ''}><legend>Тип чата</legend>
${checkField({ label: 'Все', name: 'type', value: 'all', checked: chosen.length === CHAT_TYPES.length })}
${CHAT_TYPES.map((type) => checkField({ label: CHAT_TYPE_LABELS[type], name: 'type', value: type, checked: chosen.includes(type) }))}
${view.refused ? html`<p class="error" id="types-error" role="alert" tabindex="-1" autofocus>${view.refused.error}</p>` : ''}</fieldset>
<div>${checkField({ label: 'Строго по спискам СГО', name: 'strict', checked: view.refused?.strict ?? false })}
<p class="hint">Сбросит сделанное вручную: добавленных, исключённых и назначенных администраторов. Чаты, созданные вручную, это не затронет.</p></div>
<p class="hint">Что приказы сделают в другой день, можно посмотреть заранее: <a href="/manage/ahead">План на дату</a>.</p>
<div class="actions">${submitButton({ label: 'Продолжить', kind: 'primary', needs: 'choice' })}${linkButton({ label: 'Отмена', href: '/manage' })}</div></form>
${view.operations.length > 0 ? history(view) : ''}`;
}

function history({ operations, names, timeZone }: InitializeView): Html {
  return html`<section class="stack" aria-labelledby="runs-head"><h2 id="runs-head">Последние инициализации</h2>${dataTable<OperationView>(
    {
      caption: 'Последние инициализации',
      rows: operations,
      columns: [
        {
          head: 'Инициализация',
          phone: 'title',
          cell: (operation) =>
            html`<a href="/manage/operations/${operation.id}">${operationTitle(operation)}</a>`,
        },
        { head: 'Типы чатов', cell: (operation) => typesText(operation.types) },
        { head: 'Начата', cell: (operation) => moment(operation.createdAt, timeZone) },
        { head: 'Кто', cell: (operation) => html`<bdi>${names.person(operation.createdBy)}</bdi>` },
        { head: 'Итог', cell: (operation) => stateCell(operation) },
      ],
    },
  )}</section>`;
}

function stateCell(operation: OperationView): Html {
  const [tone, word] = STATE_WORDS[operation.state];
  return operation.undoneBy ? state('calm', 'отменена') : state(tone, word);
}

function typesText(types: readonly ChatType[]): string {
  if (types.length === 0 || types.length === CHAT_TYPES.length) return types.length === 0 ? '' : 'Все';
  return types.map((type) => CHAT_TYPE_LABELS[type]).join(', ');
}

/** Says what was asked of an operation besides its types: «Строго по спискам СГО», «на 01.09.2026». */
export function operationChoice({
  types,
  strict,
  asOf,
}: Pick<OperationView, 'types' | 'strict' | 'asOf'>): string {
  return [
    typesText(types) && `Типы чатов: ${typesText(types).toLowerCase()}`,
    strict ? 'строго по спискам СГО' : '',
    asOf ? `на ${day(asOf)}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}
