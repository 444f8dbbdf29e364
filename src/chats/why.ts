/** «Почему он здесь» and «почему его здесь нет» (J1): whole sentences about one person and one chat. Pure. */
import type { Ending, ExceptionFact } from '../desired/model.ts';
import { endingText, groundText, type Names } from '../plan/describe.ts';
import type { PersonChat, PersonRow } from '../store/queries/person-chats.ts';
import { refusedText } from './journal-words.ts';

export interface Case {
  person: PersonRow;
  chat: PersonChat;
  /** What the rules say now: that he belongs, or what ended it; null: neither. */
  rules: { wanted: boolean; ending: Ending | null } | null;
  names: Names;
  /** An instant → its day in the school's time zone, `YYYY-MM-DD`. */
  dayOf: (at: string) => string;
}

/** Every reason there is, the strongest first; never empty. */
export function whySentences(about: Case): string[] {
  return about.chat.isMember ? [...whyIn(about), ...whyNotInSferum(about)] : whyOut(about);
}

function whyIn({ chat, names, ...about }: Case): string[] {
  const grounds = chat.grounds.map((ground) => `В чате: ${groundText(ground, names)}`);
  return [
    ...(grounds.length > 0 ? grounds : ['В чате: основание не записано']),
    ...(chat.exception ? [byHand(chat.exception, { names, dayOf: about.dayOf })] : []),
    ...(chat.held ? ['Основания больше нет: исключение задержано и ждёт решения'] : []),
  ];
}

function whyNotInSferum({ chat, person }: Case): string[] {
  if (chat.sferumState === 'in') return [];
  if (!person.linked) return ['В Сферуме нет: профиль VK ID не привязан'];
  switch (chat.sferumState) {
    case 'waiting':
      return ['В Сферуме нет: приглашён, ещё не вошёл'];
    case 'refused':
      return [`В Сферуме нет: ${refusedText(chat.sferumReason)}`];
    case 'left':
      return ['В Сферуме нет: вышел из чата сам'];
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
  if (rules?.wanted) reasons.push('По спискам должен быть в чате: войдёт при следующей инициализации');
  if (chat.deleting) reasons.push('Чат удаляется');
  return reasons.length > 0 ? reasons : [noGround(about)];
}

/** What the rules of the chat's type ask for, and he is not. */
function noGround({ chat, names }: Case): string {
  const className = names.schoolClass(chat.classId ?? '');
  if (chat.origin === 'manual') return 'Никто не добавил его в этот чат';
  switch (chat.type) {
    case 'staff':
      return 'У него нет роли «Учитель», и он не администратор школы';
    case 'class':
      return `Он не зачислен в ${className} и не классный руководитель`;
    case 'parents':
      return `У него нет детей, зачисленных в ${className}, и он не классный руководитель`;
    case 'subject':
      return `Он не учится в группе «${names.group(chat.groupId ?? '')}» и не ведёт её`;
  }
}

const BY_HAND: Record<string, string> = {
  added: 'Добавлен вручную',
  excluded: 'Исключён вручную',
  granted: 'Назначен администратором вручную',
  revoked: 'Права администратора сняты вручную',
};

/** «Исключён вручную: Обмочиева Ольга Викторовна, 01.10.2026 – по заявлению». */
function byHand(
  exception: Pick<ExceptionFact, 'member' | 'admin'> & {
    authorId: string;
    reason: string | null;
    at: string;
  },
  { names, dayOf }: Pick<Case, 'names' | 'dayOf'>,
): string {
  const what = [exception.member, exception.admin].flatMap((aspect) => (aspect ? [BY_HAND[aspect]] : []));
  const day = dayOf(exception.at).split('-').reverse().join('.');
  const reason = exception.reason ? ` – ${exception.reason}` : '';
  return `${what.join('; ')}: ${names.person(exception.authorId)}, ${day}${reason}`;
}
