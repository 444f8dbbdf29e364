/**
 * Puts the journal into words (J1): what a line says and what it comes from. Pure: the names are given when it is
 * read.
 */

import type { Author } from '../author.ts';
import type { Ending, Ground } from '../desired/model.ts';
import { describe, type Names } from '../plan/describe.ts';
import type { Action, ActionKind } from '../plan/model.ts';
import { refusedText } from '../plan/refused-words.ts';
import { count } from '../text/numbers.ts';
import { changesText, connectionText } from './settings-words.ts';

/** What a line says besides its columns. It depends on `what`; these fields mean the same in all lines. */
interface LineDetails {
  readonly grounds?: readonly Ground[];
  readonly ending?: Ending;
  /** For an exception: whether the person is in. */
  readonly member?: unknown;
  readonly admin?: unknown;
  readonly [field: string]: unknown;
}

/** A line as it is stored. */
export interface JournalLine {
  chatId: string | null;
  /** The chat's name of today. */
  chatTitle: string | null;
  personId: string | null;
  what: string;
  cause: string;
  details: LineDetails;
  /** What people wrote. Null: nothing, or it has been erased. */
  text: LineText | null;
}

export interface LineText {
  /** The reason given for the change that the line is, or followed from. */
  reason: string | null;
  /** The name given by hand, and the one before. */
  title: string | null;
  titleBefore: string | null;
}

/** The person who has a messenger profile. Undefined: nobody of the school. */
type ProfileNames = (vkUserId: number) => string | undefined;

const DECIDED: readonly ActionKind[] = ['create', 'rename', 'add', 'remove', 'grant', 'revoke', 'delete'];
const HOLD = 'hold-';
const ANSWER = 'sferum-';

const STEPS: Readonly<Record<string, string>> = {
  create: 'чат создан',
  adopt: 'найден созданный ранее чат',
  duplicate: 'найден лишний чат с тем же названием, из него все исключены',
  rename: 'переименование',
  add: 'добавление',
  grant: 'назначение администратором',
  revoke: 'снятие прав администратора',
  remove: 'исключение',
  'reset-link': 'прежняя ссылка-приглашение отменена',
};

/** J6: breaches that must never be and were found all the same. */
const INVARIANTS: Readonly<Record<string, string>> = {
  'pupil-in-parents-chat': 'По правилам в чате родителей оказались учащиеся',
  'parent-without-child': 'В чате родителей есть люди, чьих детей в этом классе нет',
  'no-admin': 'В чате некому быть администратором: назначьте администратора школы в СГО',
  'removal-before-addition': 'План исключает людей раньше, чем добавляет: сообщите администратору сервера',
  stranger: 'В чате в мессенджере найден посторонний',
};

const WEBHOOK_ACTS: Readonly<Record<string, string>> = {
  added: 'Вебхук добавлен',
  secret: 'Секрет вебхука сменён',
  removed: 'Вебхук удалён',
};

/** Lines that say the same of everything. A call that we cannot end runs on until the last person leaves it (I8). */
const FIXED_WORDS: Readonly<Record<string, string>> = {
  'removal-rejected': 'Остановленные исключения отклонены: люди остаются',
  continue: 'Чат продолжен с классом или группой под новым номером: состав и переписка те же',
  undone: 'Инициализация отменена',
  cancelled: 'Работа отменена до её начала',
  'meeting-create': 'Дистанционный урок создан',
  'meeting-delete': 'Дистанционный урок удалён',
  'call-start': 'Сферум: звонок урока начат',
  'call-end': 'Сферум: звонок урока завершён для всех',
};
const LOST_CALLS: Readonly<Record<string, string>> = {
  unanswered:
    'Сферум не ответил, начат ли звонок урока: его ссылки ни у кого нет, вместо него создаётся другой',
  'no-id': 'Звонок урока завершить нельзя: Сферум не назвал его идентификатор',
  refused: 'Сферум не завершает звонок урока: будем просить его снова, пока звонок не закончится',
};

/**
 * Gives one line as a sentence. A line of an unknown kind is shown by its own word, because the journal outlives
 * versions.
 */
export function journalSentence(line: JournalLine, names: Names, profiles: ProfileNames): string {
  const { what, details } = line;
  const kind = what.startsWith(HOLD) ? what.slice(HOLD.length) : what;
  const decided = DECIDED.find((one) => one === kind);
  if (decided) return describe(actionOf(line, decided), names);
  if (what.startsWith(ANSWER)) return answerText(what.slice(ANSWER.length), details, profiles);
  const who = line.personId === null ? '' : names.person(line.personId);
  switch (what) {
    case 'exception':
      return `Решено вручную: ${who} – ${exceptionText(details)}`;
    case 'exception-dropped':
      return `Строго по спискам СГО снято: ${who} – ${exceptionText(details)}`;
    case 'change':
      return changeText(line);
    case 'invariant':
      return INVARIANTS[String(details.code)] ?? 'Нарушено правило чата';
    case 'connected':
      return connectionText(details);
    case 'erased':
      return `Удалены данные выбывших: ${count(Number(details.people))}`;
    case 'settings':
      return `Настройки школы изменены: ${changesText(details)}`;
    case 'webhook':
      return `${WEBHOOK_ACTS[String(details.act)] ?? 'Вебхук изменён'}: ${String(details.host)}`;
    case 'decision':
      return decisionText(details);
    case 'approval-taken-back':
      return `Подтверждение отменено, никто не исключён: ${decidedAbout(details)}`;
    case 'class-match':
      return `Класс ${details.newId} ${details.continues ? 'продолжает чаты' : '– не продолжение'} класса ${details.oldId}`;
    case 'person-match':
      return `${who}: человек под новым номером – ${details.same ? 'тот же, что' : 'не тот, что'} под номером ${details.oldId}`;
    case 'profile-linked':
      return `Профиль VK ID привязан: ${who}`;
    case 'profile-unlinked':
      return `Привязка профиля VK ID отменена: ${who}`;
    case 'call-lost':
      return LOST_CALLS[String(details.reason)] ?? 'Звонок урока завершить нельзя';
    default:
      return FIXED_WORDS[what] ?? (who ? `${what}: ${who}` : what);
  }
}

function actionOf({ what, chatId, chatTitle, personId, details }: JournalLine, action: ActionKind): Action {
  return {
    ...details,
    ...{ action, chatId: chatId ?? '', title: chatTitle ?? '' },
    grounds: details.grounds ?? [],
    ...(personId === null ? {} : { personId }),
    ...(typeof details.stranger === 'number' ? { strangerId: details.stranger } : {}),
    ...(what.startsWith(HOLD) ? { held: true as const } : {}),
  };
}

function answerText(
  step: string,
  { userId, result, reason }: JournalLine['details'],
  profiles: ProfileNames,
): string {
  const who = typeof userId === 'number' ? ` – ${profiles(userId) ?? `профиль ${userId}`}` : '';
  const end =
    result === 'refused'
      ? `: отказ${step === 'add' ? `, ${refusedText(typeof reason === 'string' ? reason : null)}` : ''}`
      : result === 'waiting'
        ? ': отправлено приглашение'
        : '';
  return `Сферум: ${STEPS[step] ?? step}${who}${end}`;
}

/** What is decided by hand about a person (D7), both aspects: «исключение вручную». */
export function exceptionText({ member, admin }: { member?: unknown; admin?: unknown }): string {
  const parts = [
    ...(member === 'added' ? ['добавление вручную'] : []),
    ...(member === 'excluded' ? ['исключение вручную'] : []),
    ...(admin === 'granted' ? ['назначение администратором вручную'] : []),
    ...(admin === 'revoked' ? ['снятие прав администратора вручную'] : []),
  ];
  return parts.length === 0 ? 'по правилам, без ручных изменений' : parts.join(', ');
}

function changeText({ details, text }: JournalLine): string {
  const titles = text?.title ? `: «${text.titleBefore}» → «${text.title}»` : '';
  if (details.again) return 'Ещё одна попытка обновить чат';
  const what = details.renamed ? `Переименование вручную${titles}` : 'Правка вручную';
  return text?.reason ? `${what} – ${text.reason}` : what;
}

/**
 * The author of a line, as pages say it. A person whom the roster knows is called by name, whatever token they came
 * with.
 */
export function authorName({ id, kind }: Author, names: Names): string {
  const name = names.person(id);
  switch (kind) {
    case 'operator':
      return `оператор ${name}`;
    case 'service':
      return `служба ${name}`;
    case 'system':
      return 'система';
    default:
      return name;
  }
}

const DECIDED_ABOUT: Readonly<Record<string, string>> = {
  'roster-import': 'список из СГО, который выглядит неполным',
  'account-replacement': 'замена учётной записи Сферума',
  'class-match': 'продолжение чатов классов под новыми номерами',
  adoption: 'работа после восстановления базы',
};

function decidedAbout({ kind }: JournalLine['details']): string {
  return DECIDED_ABOUT[String(kind)] ?? 'остановленные исключения';
}

function decisionText(details: JournalLine['details']): string {
  return `${details.decision === 'approve' ? 'Подтверждено' : 'Отклонено'}: ${decidedAbout(details)}`;
}

const CAUSES: Readonly<Record<string, string>> = {
  initialization: 'Инициализация',
  import: 'Импорт списков',
  event: 'Событие СГО',
  day: 'Наступил новый день',
  edit: 'Правка чата',
  creation: 'Создание чата вручную',
  deletion: 'Удаление чата',
  cancellation: 'Отмена работы',
  settings: 'Настройки школы',
  webhook: 'Вебхуки',
  approval: 'Остановленные исключения подтверждены',
  rejection: 'Остановленные исключения отклонены',
  'take-back': 'Решение отменено',
  undo: 'Отмена инициализации',
  drift: 'Сверка с мессенджером',
  profile: 'Профиль VK ID',
  lesson: 'Дистанционный урок',
  erasure: 'Срок хранения истёк',
  connection: 'Подключение к Сферуму',
  people: 'Люди под новыми номерами',
  classes: 'Классы под новыми номерами',
};

/** Splits `edit:<id>` into kind, id and name. Ids may hold colons. */
export function causeOf(cause: string): { kind: string; id: string; text: string } {
  const at = cause.indexOf(':');
  const kind = at < 0 ? cause : cause.slice(0, at);
  return { kind, id: at < 0 ? '' : cause.slice(at + 1), text: CAUSES[kind] ?? kind };
}
