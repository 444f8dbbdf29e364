/** The choice of chats in the list: a tick in each row, and the bar of actions on the ticked ones. */
import type { ChatItem } from '../../read/chat-list.ts';
import { type Html, html } from '../html.ts';
import { submitButton } from '../parts/button.ts';
import { hiddenField } from '../parts/field.ts';
import { count } from '../parts/numbers.ts';

/** What the choice needs to know of the list. */
export interface Choosing {
  items: readonly ChatItem[];
  /** The chats that the visitor may delete. Null: all. */
  deletable: ReadonlySet<string> | null;
  /** The person who edits only chats of their own from here. Null: every chat that the visitor sees can be edited. */
  administeredBy: string | null;
  /** The message about the last button that was pressed beside the list. */
  said: Html;
}

/** Teachers choose the chats that they administer or have made. An administrator of the school chooses any. */
export function isChoosable(chat: ChatItem, { deletable, administeredBy }: Choosing): boolean {
  return deletable === null || deletable.has(chat.id) || chat.admins.some(({ id }) => id === administeredBy);
}

/** A row is chosen by a click on it (with script) or on its number. */
export function chooser(chat: ChatItem, number: number): Html {
  return html`<label class="choose"><input type="checkbox" name="chat" value="${chat.id}" aria-label="Выбрать чат ${chat.title}"><span>${count(number)}</span></label>`;
}

/**
 * Makes Enter on a ticked row open its chat, because Enter presses the first button of a form. «Delete» presses
 * «Удалить», with script.
 */
const OPENS_CHOSEN: Html = html`<button type="submit" formaction="/manage/open" class="unseen" tabindex="-1" aria-hidden="true">Открыть</button>`;

/** `back`: the address of the list, where each button leads back. */
export function choiceBar(view: Choosing, back: string): Html {
  const { items, deletable, said } = view;
  if (!items.some((chat) => isChoosable(chat, view))) return said;
  const post = { formmethod: 'post', needs: 'choice' } as const;
  return html`${OPENS_CHOSEN}${hiddenField('back', back)}${said}<div class="selection choice-bar"><div class="selection-count needs-script"><label class="check"><input type="checkbox" data-tick-page><span>Выбрать все на странице</span></label><span aria-live="polite">Выбрано чатов (<span data-selected>0</span>)</span></div>
<div class="actions">${submitButton({ label: 'Сверить сейчас', formaction: '/manage/check', ...post })}${submitButton({ label: 'Попробовать ещё раз', formaction: '/manage/try-again', ...post })}${
    deletable === null || deletable.size > 0
      ? submitButton({ label: 'Удалить', kind: 'danger', id: 'delete-chosen', needs: 'choice' })
      : ''
  }</div></div>`;
}
