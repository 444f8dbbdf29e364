/** Words that several pages of «Управление чатами» share. */
import type { Action } from '../../../src/plan/model.ts';
import type { OperationKind } from '../../../src/store/entities.ts';
import type { Sex, ShownRole } from '../../../src/store/queries/person-columns.ts';
import { counted } from '../parts/numbers.ts';

/** C3: «Роли». */
export const ROLE_LABELS: Readonly<Record<ShownRole, string>> = {
  staff: 'Сотрудники',
  student: 'Ученики',
  parent: 'Родители',
};

/** The word in «Выбрано учащихся» and «Выбрать учащихся на всех страницах» for each role (C3). */
export const ROLE_GENITIVES: Readonly<Record<ShownRole, string>> = {
  staff: 'сотрудников',
  student: 'учащихся',
  parent: 'родителей',
};

/** What a person is at the school, in one word. */
export function roleWord(person: { role: ShownRole; sex: Sex | null; isTeacher?: boolean }): string {
  const { role, sex, isTeacher = false } = person;
  if (role === 'student') return sex === 'female' ? 'ученица' : 'ученик';
  if (role === 'parent') return 'родитель';
  return isTeacher ? 'учитель' : 'сотрудник';
}

export const OPERATION_LABELS: Readonly<Record<OperationKind, string>> = {
  'roster-import': 'Загрузка списков из СГО',
  'roster-validation': 'Проверка файла со списками',
  'account-replacement': 'Замена учётной записи Сферума',
  'class-match': 'Классы под новыми номерами',
  adoption: 'Сверка после восстановления базы',
  initialization: 'Инициализация списка чатов',
  events: 'Изменения из СГО',
  check: 'Сверка по просьбе',
  'delete-chat': 'Удаление чата',
  undo: 'Отмена инициализации',
  drift: 'Сверка со Сферумом',
};

export const people = (n: number) => counted(n, 'участник', 'участника', 'участников');
export const chats = (n: number) => counted(n, 'чат', 'чата', 'чатов');
/** Removals that the guard holds (F4). */
export const stopped = (n: number) =>
  counted(n, 'исключение остановлено', 'исключения остановлены', 'исключений остановлено');
export const requests = (n: number) => counted(n, 'запрос', 'запроса', 'запросов');

/** Says for people how long something takes: «≈ 40 с», «≈ 3 мин». */
export function duration(seconds: number): string {
  if (seconds < 1) return 'меньше секунды';
  if (seconds < 90) return `≈\u00a0${Math.round(seconds)}\u00a0с`;
  return `≈\u00a0${Math.round(seconds / 60)}\u00a0мин`;
}

export const ACTION_WORDS: Readonly<Record<Action['action'], string>> = {
  create: 'создать',
  rename: 'переименовать',
  add: 'добавить',
  remove: 'исключить',
  grant: 'сделать администратором',
  revoke: 'снять права администратора',
  delete: 'удалить',
};
