/** Says «почему он здесь» and «почему его здесь нет» (J1) in whole sentences about one person and one chat. Pure. */

import type { ExceptionFact } from '../desired/model.ts';
import { endingText, groundText, type Names } from '../plan/describe.ts';
import { refusedText } from '../plan/refused-words.ts';
import { shownDay } from '../text/days.ts';
import { upperFirst } from '../text/first-letter.ts';
import { exceptionText } from './journal-words.ts';
import type { PersonChat, PersonRow } from './person-chats.ts';
import type { RulesOnAbsence } from './rules-on-absence.ts';

export interface Case {
  person: PersonRow;
  chat: PersonChat;
  /** What the rules say now: that the person belongs, or what ended it. Null: neither. */
  rules: RulesOnAbsence | null;
  names: Names;
  /** Gives the day of an instant in the school's time zone, `YYYY-MM-DD`. */
  dayOf: (at: string) => string;
  /** The last day of the pause of the school's lists (K3). Null where they are not paused. */
  pausedUntil: string | null;
}

/** Gives every reason, the strongest first; never empty. */
export function whySentences(about: Case): string[] {
  return about.chat.isMember ? [...whyIn(about), ...whyNotInSferum(about)] : whyOut(about);
}

function whyIn({ chat, names, ...about }: Case): string[] {
  const grounds = chat.grounds.map((ground) => `В чате: ${groundText(ground, names)}`);
  return [
    ...(grounds.length > 0 ? grounds : ['В чате: основание не записано']),
    ...(chat.exception ? [byHand(chat.exception, { names, dayOf: about.dayOf })] : []),
    ...(chat.held ? ['Основания больше нет: исключение остановлено и ждёт решения'] : []),
  ];
}

function whyNotInSferum({ chat, person }: Case): string[] {
  if (chat.sferumState === 'in') return [];
  if (!person.linked && person.profileTaken) return ['В Сферуме нет: профиль VK ID занят другим человеком'];
  if (!person.linked) return ['В Сферуме нет: профиль VK ID не привязан'];
  switch (chat.sferumState) {
    case 'waiting':
      return ['В Сферуме нет: приглашение отправлено, входа ещё не было'];
    case 'refused':
      return [`В Сферуме нет: ${refusedText(chat.sferumReason)}`];
    case 'left':
      return ['В Сферуме нет: самостоятельный выход из чата'];
    default:
      return ['В Сферуме пока нет: чат ещё обновляется'];
  }
}

function whyOut(about: Case): string[] {
  const { chat, person, rules, names } = about;
  const reasons: string[] = [];
  if (chat.exception) reasons.push(byHand(chat.exception, about));
  if (rules?.ending?.kind === 'order') reasons.push(`Не в чате ${endingText(rules.ending, names)}`);
  if (!person.present) reasons.push('Нет в списках школы');
  if (rules?.wanted) reasons.push(waitsFor(about));
  if (chat.deleting) reasons.push('Чат удаляется');
  return reasons.length > 0 ? reasons : [noGround(about)];
}

/** Says what a place waits for that the rules give and the list does not have yet. */
function waitsFor({ pausedUntil }: Case): string {
  const until = pausedUntil && shownDay(pausedUntil);
  return `По спискам место в чате есть: добавим ${until ? `после паузы, которая идёт до ${until}` : 'при следующей инициализации'}`;
}

/** Says what the rules of the chat's type ask for, where the person does not meet it. */
function noGround({ chat, names }: Case): string {
  const classTitle = names.schoolClass(chat.classId ?? '');
  if (chat.origin === 'manual') return 'В этот чат добавляют вручную, и добавления не было';
  switch (chat.type) {
    case 'staff':
      return 'Нет ни роли «Учитель», ни прав администратора школы';
    case 'class':
      return `Не учится в ${classTitle} и не руководит этим классом`;
    case 'parents':
      return `Нет детей, которые учатся в ${classTitle}, и не руководит этим классом`;
    case 'subject':
      return `Не учится в группе «${names.group(chat.groupId ?? '')}» и не ведёт её`;
  }
}

/** «Исключение вручную: Обмочиева Ольга Викторовна, 01.10.2026 – по заявлению». */
function byHand(
  exception: Pick<ExceptionFact, 'member' | 'admin'> & {
    authorId: string;
    reason: string | null;
    at: string;
  },
  { names, dayOf }: Pick<Case, 'names' | 'dayOf'>,
): string {
  const what = exceptionText(exception);
  const day = shownDay(dayOf(exception.at));
  const reason = exception.reason ? ` – ${exception.reason}` : '';
  return `${upperFirst(what)}: ${names.person(exception.authorId)}, ${day}${reason}`;
}
