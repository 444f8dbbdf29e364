import type { ChatItem } from '../../read/chat-list.ts';
import { type Html, html } from '../html.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { checkField, hiddenField, textField } from '../parts/field.ts';
import { count } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import type { Chosen } from './chosen.ts';
import { lostChats } from './lost-chats.ts';
import { chats } from './words.ts';

/** Says what is lost, in figures and names. The button carries the number. */
export function deletionQuestion(
  { chatIds, back }: Chosen,
  found: readonly ChatItem[],
  units: ReadonlyMap<string, string>,
  refused: { typed: string; never: boolean; error: string } | undefined,
): Html {
  if (found.length === 0) {
    return emptyState({
      ...{ title: 'Удалять нечего', text: 'Эти чаты уже удаляются или удалены.' },
      actions: linkButton({ label: 'К списку чатов', href: back }),
    });
  }
  const n = found.length;
  const members = found.reduce((sum, { memberCount }) => sum + memberCount, 0);
  const others = chatIds.length - n;
  const isByLists = found.some(({ origin }) => origin === 'automatic');
  return html`<form method="post" action="/manage/delete" class="panel ask">${found.map(({ id }) => hiddenField('chat', id))}${hiddenField('back', back)}
<p>Будут удалены из СГО и из Сферума вместе с перепиской, без возможности восстановления: <strong>${chats(n)}</strong>. Мест в них: ${count(members)}.</p>
${others > 0 ? html`<p class="muted">Остальные выбранные не удаляются: ${chats(others)}. Они уже удаляются, или удалить их вам нельзя.</p>` : ''}
${textField({ label: `Чтобы удалить, введите число ${n}`, name: 'typed', required: true, ...(refused ? { error: refused.error, value: refused.typed } : {}) })}
${
  isByLists
    ? html`<div>${checkField({ label: 'Не создавать снова', name: 'never', checked: refused?.never ?? false })}<p class="hint">Без этой отметки чаты по спискам СГО вернутся при следующей инициализации их типов, с новой перепиской.</p></div>`
    : ''
}
<div class="actions">${submitButton({ label: `Удалить ${chats(n)}`, kind: 'danger' })}${linkButton({ label: 'Отмена', href: back })}</div></form>
${lostChats(
  found.map(({ id, type, title, memberCount }) => ({ id, type, title, members: memberCount })),
  units,
  () => back,
)}`;
}
