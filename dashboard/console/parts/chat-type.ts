import type { ChatType } from '../../../src/desired/model.ts';
import { type Html, html } from '../html.ts';

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
