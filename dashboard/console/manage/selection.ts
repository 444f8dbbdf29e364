/** What the editor and «Добавить новый чат» share around the table of members: filter, selection, staged changes. */
import type { z } from 'zod';
import type { Draft } from '../../drafts/draft.ts';
import { type Content, type Html, html } from '../html.ts';
import { submitButton } from '../parts/button.ts';
import { perPageField, selectField, textField } from '../parts/field.ts';
import { count, counted } from '../parts/numbers.ts';
import type { memberQuery } from './query.ts';
import { PER_PAGE_SIZES } from './query.ts';

export type MemberFilter = z.infer<typeof memberQuery>;

/** Makes Enter in a text field search, and never delete or save. Enter presses the first button of a form. */
export const ENTER_FINDS: Html = html`<button type="submit" name="do" value="find" class="unseen" tabindex="-1" aria-hidden="true">Найти</button>`;

const SHOWS: Readonly<Record<MemberFilter['show'], string>> = {
  members: 'Всех участников',
  changes: 'Несохранённые изменения',
  excluded: 'Исключённых вручную',
};

/** `shows`: the choices besides the members. */
export function memberFilter(filter: MemberFilter, shows: readonly MemberFilter['show'][]): Html {
  return html`<div class="filters members-filter">
${textField({ label: 'Фамилия участников чата', name: 'lastName', value: filter.lastName })}
${perPageField(filter.perPage, PER_PAGE_SIZES)}
${
  shows.length > 0
    ? selectField({
        label: 'Показать',
        name: 'show',
        value: filter.show,
        options: ['members' as const, ...shows].map((value) => ({ value, label: SHOWS[value] })),
      })
    : ''
}
<div class="filters-go">${submitButton({ label: 'Найти', name: 'do', value: 'find' })}</div></div>`;
}

/**
 * Shows the selection, which stays while people turn pages. The script keeps its count current, and the server does so
 * at each press of a button.
 */
export function selectionBar(parts: {
  ticked: number;
  tickedHere: number;
  total: number;
  buttons: Content;
}): Html {
  const { ticked, tickedHere, total, buttons } = parts;
  return html`<div class="selection" data-elsewhere="${ticked - tickedHere}"><div class="selection-count">
<span aria-live="polite">Выбрано участников (<span data-selected>${count(ticked)}</span>)</span>
${submitButton({ label: `Выбрать участников на всех страницах (${count(total)})`, kind: 'quiet', name: 'do', value: 'tick-all' })}
${ticked > 0 ? submitButton({ label: 'Снять выбор', kind: 'quiet', name: 'do', value: 'untick-all' }) : ''}</div>
<div class="actions">${buttons}</div></div>`;
}

/**
 * Counts what is staged: «+3 участника, −1 участник, +1 администратор, новое наименование». Empty: nothing is staged.
 */
export function stagedSummary(draft: Draft | null): string {
  if (!draft) return '';
  const admins = (n: number) => counted(n, 'администратор', 'администратора', 'администраторов');
  const members = (n: number) => counted(n, 'участник', 'участника', 'участников');
  return [
    draft.title === null ? null : 'новое наименование',
    draft.adds > 0 ? `+${members(draft.adds)}` : null,
    draft.removes > 0 ? `−${members(draft.removes)}` : null,
    draft.grants > 0 ? `+${admins(draft.grants)}` : null,
    draft.revokes > 0 ? `−${admins(draft.revokes)}` : null,
  ]
    .filter(Boolean)
    .join(', ');
}
