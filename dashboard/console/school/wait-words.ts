/** What waits for a person, in the words that all pages share. */
import type { Wait } from '../../read/waits.ts';
import { type Content, type Html, html } from '../html.ts';
import { lessonPath } from '../lessons/parts.ts';
import { SAME_PEOPLE } from '../manage/held.ts';
import { OPERATION_LABELS } from '../manage/words.ts';
import { linkButton } from '../parts/button.ts';
import type { Tone } from '../parts/condition.ts';
import { count, counted } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import { QUESTIONS, unconfirmed } from './unconfirmed.ts';

export interface Said {
  tone: Tone;
  /** The state in a word or two. */
  word: string;
  /** What is the matter, short enough for a row. */
  title: string;
  /** What a row adds to the title; null: nothing. */
  brief: string | null;
  /** Why, and what to do. */
  text: Content;
  /** The link or button that leads to where it is decided or mended. */
  action: Html | null;
}

/** Says what waits, why, and where it is settled. */
export function said(wait: Wait): Said {
  switch (wait.kind) {
    case 'account':
      return account(wait);
    case 'held':
      return held(wait);
    case 'failed':
      return failed(wait);
    case 'failing':
      return failing(wait);
    case 'call':
      return call(wait);
    case 'warning':
      return warning(wait);
    case 'profiles':
      return profiles(wait);
  }
}

type Of<Kind extends Wait['kind']> = Wait & { kind: Kind };

const chatsOf = (n: number) => counted(n, 'чат', 'чата', 'чатов');
const operationPath = (id: string) => `/manage/operations/${id}`;

function account({ state }: Of<'account'>): Said {
  const action = linkButton({ label: 'Настройки школы', href: '/settings' });
  if (state === 'broken') {
    return {
      ...{ tone: 'bad', word: 'нет связи', title: 'Сферум не принимает ключ школы', action },
      brief: 'чаты не обновляются',
      text: 'Чаты не обновляются. Скопируйте идентификатор сообщества VK в настройках школы и отправьте его администратору сервера: он подключит школу заново.',
    };
  }
  return { tone: 'warn', word: 'ждёт решения', ...unconfirmed(state), brief: null, action };
}

function held(wait: Of<'held'>): Said {
  const { operation, operationId, chats, places, chat, people } = wait;
  const base = {
    ...({ tone: 'warn', word: 'ждёт решения' } as const),
    action: linkButton({ label: 'Посмотреть и решить', href: operationPath(operationId) }),
  };
  const question = QUESTIONS[operation];
  if (question) {
    const { title, text, href = operationPath(operationId) } = question;
    return { ...base, title, text, brief: null, action: linkButton({ label: 'Посмотреть и решить', href }) };
  }
  if (people > 0) {
    return {
      ...base,
      title: `Под новыми номерами ${counted(people, 'человек', 'человека', 'человек')}`,
      brief: 'прежние остаются в чатах',
      text: 'В списках из СГО эти люди стоят под новыми номерами. Решите, прежние ли это люди: до этого прежние остаются в чатах, а новые не добавлены.',
      action: linkButton({ label: 'Посмотреть и решить', href: SAME_PEOPLE }),
    };
  }
  if (chats === 0) {
    return {
      ...base,
      title: 'Списки из СГО приняты не полностью',
      brief: 'похожи на неполные, никто не исключён',
      text: 'В новых списках заметно меньше людей, чем было. Новые добавлены, никто не исключён.',
    };
  }
  return {
    ...base,
    title: chat
      ? `${chat.title}: ${counted(places, 'человек', 'человека', 'человек')} из ${count(chat.members)} больше не в списках`
      : `Остановлено: ${counted(places, 'исключение', 'исключения', 'исключений')} в ${counted(chats, 'чате', 'чатах', 'чатах')}`,
    brief: 'добавления выполнены',
    text: `${OPERATION_LABELS[operation]}: исключений больше, чем бывает обычно. Добавления выполнены.`,
  };
}

function failed({ operation, operationId, message }: Of<'failed'>): Said {
  return {
    ...{ tone: 'bad', word: 'не выполнено', title: `${OPERATION_LABELS[operation]}: не выполнено` },
    ...reasonOf(message),
    action: linkButton({ label: 'Подробнее', href: operationPath(operationId) }),
  };
}

function failing({ message, chats, total }: Of<'failing'>): Said {
  return {
    ...{ tone: 'bad', word: 'не удаётся' },
    title: counted(total, 'чат не обновляется', 'чата не обновляются', 'чатов не обновляются'),
    brief: message,
    text: html`${message ? html`<p>${message}</p>` : ''}${chatLinks(chats, total)}`,
    action:
      total > 1 ? linkButton({ label: 'Показать чаты', href: '/manage?condition=failing' }) : openChat(chats),
  };
}

function call({ message, total, lessonId }: Of<'call'>): Said {
  return {
    ...{ tone: 'bad', word: 'не удаётся' },
    title: `Звонок не начинается: ${counted(total, 'дистанционный урок', 'дистанционных урока', 'дистанционных уроков')}`,
    ...reasonOf(message),
    action: linkButton({ label: 'Открыть урок', href: lessonPath(lessonId) }),
  };
}

function reasonOf(message: string | null): Pick<Said, 'brief' | 'text'> {
  return { brief: message, text: message ?? 'Причина не названа.' };
}

const WARNINGS: Readonly<
  Record<Of<'warning'>['warning'], { word: string; title: (n: string) => string; text: string }>
> = {
  'no-own-admin': {
    word: 'нет администратора',
    title: (chats) => `Администратор школы замещает: ${chats} без своего администратора`,
    text: 'Назначьте администратора чата или укажите в СГО классного руководителя или учителя группы: замещение закончится само.',
  },
  'no-admin-in-sferum': {
    word: 'нет администратора',
    title: (chats) => `Нет администратора в Сферуме: ${chats}`,
    text: 'Управляет только учётная запись школы: Сферум не сделал администратора чата администратором. Назначьте его в VK Мессенджере или сообщите администратору сервера.',
  },
  'same-title': {
    word: 'одно имя',
    title: (chats) => `Одинаковое наименование: ${chats}`,
    text: 'Так бывает, когда класс или группу переименовали. Дайте одному из чатов другое наименование.',
  },
  'nobody-to-administer': {
    word: 'нет администратора',
    title: (chats) => `Некому управлять: ${chats} без администратора`,
    text: 'В школе нет администратора, который мог бы заместить. Назначьте администратора чата.',
  },
};

function warning({ warning: which, chats, total }: Of<'warning'>): Said {
  const { word, title, text } = WARNINGS[which];
  return {
    ...{ tone: 'warn', word, title: title(chatsOf(total)) },
    brief: namesOf(
      chats.map((chat) => chat.title),
      total,
    ),
    text: html`<p>${text}</p>${chatLinks(chats, total)}`,
    action: openChat(chats),
  };
}

/** Profiles that are claimed for two people here of whom one is a pupil (A7). */
function profiles({ people, total }: Of<'profiles'>): Said {
  const more = total - people.length;
  return {
    ...{ tone: 'warn', word: 'профиль занят', action: null },
    title: `Профиль VK занят другим человеком: ${counted(total, 'человек', 'человека', 'человек')}`,
    brief: namesOf(
      people.map(({ name }) => name),
      total,
    ),
    text: html`<p>В Сферум они попадут, когда другой человек отменит привязку или выбудет. Если профиль указан неверно, исправьте его в СГО.</p><ul class="inline-list">${people.map(
      (person) => html`<li>${personLink(person)}</li>`,
    )}${more > 0 ? html`<li class="muted">и ещё ${count(more)}</li>` : ''}</ul>`,
  };
}

const NAMED_IN_A_ROW = 3;

function namesOf(names: readonly string[], total: number): string {
  const shown = names.slice(0, NAMED_IN_A_ROW);
  const more = total - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` и ещё ${count(more)}` : ''}`;
}

function openChat([first]: { id: string; title: string }[]): Html | null {
  return first ? linkButton({ label: 'Открыть чат', href: `/manage/chats/${first.id}` }) : null;
}

function chatLinks(chats: readonly { id: string; title: string }[], total: number): Html {
  const more = total - chats.length;
  return html`<ul class="inline-list">${chats.map(
    ({ id, title }) => html`<li><a href="/manage/chats/${id}">${title}</a></li>`,
  )}${more > 0 ? html`<li class="muted">и ещё ${count(more)}</li>` : ''}</ul>`;
}
