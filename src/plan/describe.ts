/**
 * Gives one Russian sentence for each action, for people who read a plan or ask why (J1). Names enter here and
 * nowhere earlier: plans, jobs and the journal hold ids.
 */

import type { Day, Ending, Ground } from '../desired/model.ts';
import { shownDay } from '../text/days.ts';
import type { Action, Pending } from './model.ts';

/** Looks up what people call things. For an id that is not known any more it returns the id or a dash. */
export interface Names {
  person(id: string): string;
  schoolClass(id: string): string;
  group(id: string): string;
  order(id: string): { number: string | null; issuedOn: Day | null } | undefined;
}

const MONTHS = [
  ...['января', 'февраля', 'марта', 'апреля', 'мая', 'июня'],
  ...['июля', 'августа', 'сентября', 'октября', 'ноября', 'декабря'],
];

const PENDING_TEXT: Record<Pending, string> = {
  notLinked: 'не привязан',
  invited: 'приглашение отправлено, входа ещё не было',
  refused: 'добавить в Сферуме нельзя',
};

/** How an action is told: `done` once it is carried out, `decision` where somebody decided about a held removal. */
interface Tense {
  done?: boolean;
  decision?: 'approve' | 'reject' | undefined;
}

const PLANNED: Readonly<Record<Action['action'], string>> = {
  create: 'Создать чат',
  rename: 'Переименовать чат в',
  delete: 'Удалить чат',
  add: 'Добавить',
  grant: 'Сделать администратором',
  revoke: 'Снять права администратора',
  remove: 'Исключить',
};
const DONE: Readonly<Record<Action['action'], string>> = {
  create: 'Создан чат',
  rename: 'Чат переименован в',
  delete: 'Чат удалён',
  add: 'Добавление',
  grant: 'Назначение администратором',
  revoke: 'Снятие прав администратора',
  remove: 'Исключение',
};

/** E.g. «Добавить: Абаев Марк – учится в 5А с 1 сентября (приказ № 12 от 30.08.2026)». */
export function describe(action: Action, names: Names, tense: Tense = {}): string {
  const { personId, strangerId, title = '' } = action;
  const who = personId === undefined ? `профиль ${strangerId}` : names.person(personId);
  const word = actionWord(action, tense);
  switch (action.action) {
    case 'create':
    case 'rename':
      return `${word} «${title}»`;
    case 'delete':
      return word;
    case 'add':
    case 'grant':
      return `${word}: ${who}${because(action, names)}${pendingText(action)}`;
    case 'revoke':
      return `${word}: ${who}`;
    case 'remove':
      return `${word}: ${who} – ${whyOut(action, names)}`;
  }
}

/** «Добавить», «Добавление», «Исключить (ждёт решения)». */
export function actionWord({ action, held }: Action, { done = false, decision }: Tense = {}): string {
  if (held && decision) return decision === 'approve' ? DONE[action] : 'Решено оставить';
  return `${(done ? DONE : PLANNED)[action]}${held ? ' (ждёт решения)' : ''}`;
}

/** Why a person is in: «учится в 5А с 1 сентября (приказ № 12 от 30.08.2026)». */
export function groundText(ground: Ground, names: Names): string {
  const classTitle = ground.classId === undefined ? '' : names.schoolClass(ground.classId);
  const groupName = ground.groupId === undefined ? '' : `«${names.group(ground.groupId)}»`;
  switch (ground.kind) {
    case 'teacher':
      return 'учитель';
    case 'school-admin':
      return 'администратор школы';
    case 'homeroom':
      return `классный руководитель ${classTitle}`;
    case 'enrollment':
      return `учится в ${classTitle}${sinceText(ground, names)}`;
    case 'guardian':
      return `родитель: ${names.person(ground.studentId ?? '')}, ${classTitle}${sinceText(ground, names)}`;
    case 'teaching':
      return `учитель группы ${groupName}`;
    case 'study':
      return `учится в группе ${groupName}${sinceText(ground, names)}`;
    case 'added':
      return 'добавление вручную';
    case 'no-other-admin':
      return 'нет другого администратора';
    case 'archived':
      return 'участник на день отправки чата в архив';
  }
}

/** Why a person is out: «по приказу № 12 от 30.08.2026», «исключение вручную». */
export function endingText(ending: Ending, names: Names): string {
  if (ending.kind === 'excluded') return 'исключение вручную';
  if (ending.kind === 'unlinked') return 'профиль отвязан';
  return `по ${orderText(ending.orderId, names, 'приказу')}`;
}

function because({ grounds }: Action, names: Names): string {
  return grounds.length === 0 ? '' : ` – ${grounds.map((ground) => groundText(ground, names)).join('; ')}`;
}

function pendingText({ pending }: Action): string {
  return pending ? ` (${PENDING_TEXT[pending]})` : '';
}

function whyOut({ ending, grounds, strangerId }: Action, names: Names): string {
  if (ending) return endingText(ending, names);
  if (strangerId !== undefined) return 'посторонний, в СГО его нет';
  const former = grounds.filter(({ kind }) => kind !== 'archived');
  if (former.length === 0) return 'нет оснований быть в чате';
  return `нет больше основания: ${former.map((ground) => groundText(ground, names)).join('; ')}`;
}

function sinceText({ since, orderId }: Ground, names: Names): string {
  const issuedOn = orderId === undefined ? null : (names.order(orderId)?.issuedOn ?? null);
  const order = orderId === undefined ? '' : ` (${orderText(orderId, names)})`;
  if (since === undefined) return order;
  // The order's own date already shows the year.
  const year = issuedOn?.slice(0, 4) === since.slice(0, 4) ? '' : ` ${since.slice(0, 4)}`;
  return ` с ${Number(since.slice(8))} ${MONTHS[Number(since.slice(5, 7)) - 1]}${year}${order}`;
}

function orderText(orderId: string | undefined, names: Names, word = 'приказ'): string {
  const order = orderId === undefined ? undefined : names.order(orderId);
  const number = order?.number ? ` № ${order.number}` : '';
  const date = order?.issuedOn ? ` от ${shownDay(order.issuedOn)}` : '';
  return `${word}${number}${date}`;
}
