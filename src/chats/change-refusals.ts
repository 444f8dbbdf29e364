/** The reasons why a change to a chat cannot be done, each said once. People are named by id alone. */

import { Refusal } from '../refusal.ts';
import type { Viewer } from '../store/queries/viewer.ts';
import { count } from '../text/numbers.ts';

/** How many members a chat of Sferum can hold (D12). */
export const CHAT_MAX_PEOPLE = 1000;

const REFUSALS = {
  'chat-deleting': [409, 'Чат удаляется'],
  'chat-archived': [409, 'Класс закрыт: в чат больше никого не добавить'],
  'chat-full': [422, `В чате не может быть больше ${count(CHAT_MAX_PEOPLE)} участников`],
  contradictory: [422, 'Один и тот же человек назван в запросе дважды по-разному'],
  'person-unknown': [422, 'Таких людей в школе нет'],
  'person-departed': [422, 'Эти люди уже выбыли из школы'],
  'person-out-of-reach': [403, 'Этих людей вы добавлять и изменять не можете'],
  'not-a-member': [422, 'Назначить администратором можно только участника чата'],
  'pupil-admin': [422, 'Ученик не может быть администратором чата'],
  'default-admin': [403, 'Администратора по умолчанию меняет только администратор школы'],
  'last-admin': [422, 'Это последний администратор чата: сначала назначьте другого'],
  'no-members': [422, 'Выберите участников чата'],
  'title-missing': [422, 'Укажите наименование чата'],
  'unit-missing': [422, 'Укажите класс'],
  'unit-unknown': [422, 'Такого класса или группы в школе нет'],
  'unit-over': [422, 'Класс или группа уже закрыты'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

/** `personIds`: the people the refusal is about. */
export function refuse(type: keyof typeof REFUSALS, personIds?: Iterable<string>): Refusal {
  const [status, title] = REFUSALS[type];
  return new Refusal(status, type, title, personIds ? { personIds: [...new Set(personIds)].sort() } : {});
}

/**
 * Refuses people who are not known. A teacher is not told whether a person outside their circle is there (contract,
 * «Who calls»).
 */
export function unknownPeople(viewer: Pick<Viewer, 'sees'>, personIds: Iterable<string>): Refusal {
  if (viewer.sees === 'school') return refuse('person-unknown', personIds);
  const title = 'Таких людей нет, или вам они не видны';
  return new Refusal(404, 'person-unknown', title, { personIds: [...new Set(personIds)].sort() });
}

/** E3: refuses a name that the school has already. The page offers to open that chat. */
export function chatExists(chatId: string): Refusal {
  return new Refusal(409, 'chat-exists', 'Такой чат уже есть', { chatId });
}
