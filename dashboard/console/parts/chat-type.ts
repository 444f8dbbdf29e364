import { CHAT_TYPES, type ChatType } from '../../../src/desired/model.ts';
import { type Html, html } from '../html.ts';
import { selectField } from './field.ts';

/** The manual's words (A4, B1). */
export const CHAT_TYPE_LABELS: Readonly<Record<ChatType, string>> = {
  staff: 'Учительская',
  class: 'Класс',
  parents: 'Родители',
  subject: 'Предметы',
};

/** The type of a chat as a label. */
export function chatTypeTag(type: ChatType): Html {
  return html`<span class="tag">${CHAT_TYPE_LABELS[type]}</span>`;
}

/** The filter of a list by the type of its chats. */
export function chatTypeFilter(value: string | undefined): Html {
  const options = CHAT_TYPES.map((type) => ({ value: type, label: CHAT_TYPE_LABELS[type] }));
  return selectField({
    ...{ label: 'Тип чата', name: 'type', value },
    options: [{ value: '', label: 'Все' }, ...options],
  });
}
