import { type Attention, attentionOf } from '../../read/attention.ts';
import { findSferumAccount, type SferumAccountItem } from '../../read/sferum-account.ts';
import { findWorkList, type WorkList } from '../../read/work-list.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Content, type Html, html } from '../html.ts';
import { lessonPath } from '../lessons/parts.ts';
import { OPERATION_LABELS } from '../manage/words.ts';
import { page } from '../page.ts';
import { linkButton } from '../parts/button.ts';
import { state, type Tone } from '../parts/condition.ts';
import { counted, moment } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import { ADMINS } from '../visitor.ts';
import { QUESTIONS, unconfirmed } from './unconfirmed.ts';

/** «Требует внимания»: everything of the school that waits for a person, with what to do about it. */
export function attentionRoutes({ screens, ctx }: ConsoleParts): void {
  screens.get('/attention', ADMINS, async (c) => {
    const { school } = c.get('visitor');
    const [attention, work, account] = await Promise.all([
      attentionOf(ctx.db.of(school.id), school.id),
      findWorkList(ctx.db.of(school.id), school.id, new Date(ctx.clock.now())),
      findSferumAccount(ctx.db.of(school.id), school.id),
    ]);
    const items = [
      ...accountItems(account, attention),
      ...heldItems(attention),
      ...failedItems(work),
      ...failingItems(work),
      ...callItems(work),
      ...warningItems(work),
      ...profileItems(work),
    ];
    return page({
      c,
      section: 'overview',
      title: 'Требует внимания',
      subtitle: items.length > 0 ? 'Остальное обновляется само.' : undefined,
      body:
        items.length === 0
          ? emptyState({
              title: 'Всё идёт само',
              text: 'Здесь появится то, что без человека не решить: исключения, которые ждут решения, чаты без администратора, потерянный доступ.',
            })
          : html`<ol class="stack">${items.map((item) => itemView(item, school.timeZone))}</ol>`,
    });
  });
}

interface Item {
  tone: Tone;
  word: string;
  title: string;
  text: Content;
  since?: string;
  action?: Html;
}

function itemView({ tone, word, title, text, since, action }: Item, timeZone: string): Html {
  return html`<li class="sheet task"><div><div class="task-head">${state(tone, word)}${
    since ? html`<span class="muted small">с ${moment(since, timeZone)}</span>` : ''
  }</div><h2>${title}</h2><div class="task-text">${text}</div></div>${action ? html`<div class="actions">${action}</div>` : ''}</li>`;
}

function accountItems(account: SferumAccountItem | null, { held }: Attention): Item[] {
  if (!account || (account.status === 'ok' && account.creationsConfirmed)) return [];
  // The operation that waits for the confirmation already says so.
  if (!account.creationsConfirmed && held.some(({ kind }) => QUESTIONS[kind])) return [];
  const open = linkButton({ label: 'Настройки школы', href: '/settings' });
  if (!account.creationsConfirmed) {
    return [
      {
        tone: 'warn',
        word: 'ждёт решения',
        ...unconfirmed(account),
        action: open,
      },
    ];
  }
  if (account.status === 'broken') {
    return [
      {
        tone: 'bad',
        word: 'нет связи',
        title: 'Сферум не принимает ключ школы',
        text: 'Чаты не обновляются. Администратору сервера нужно подключить школу заново.',
        since: account.statusSince,
        action: open,
      },
    ];
  }
  return [
    {
      tone: 'warn',
      word: 'пауза',
      title: 'VK просит подождать',
      text: 'Работа продолжится сама, когда VK разрешит.',
      since: account.statusSince,
    },
  ];
}

function heldItems({ held }: Attention): Item[] {
  return held.map(({ operationId, kind, since, chats, people }) => ({
    tone: 'warn',
    word: 'ждёт решения',
    title:
      QUESTIONS[kind]?.title ??
      (chats > 0
        ? `Исключение остановлено: ${counted(people, 'человек', 'человека', 'человек')} в ${counted(chats, 'чате', 'чатах', 'чатах')}`
        : 'Списки из СГО приняты не полностью'),
    text:
      QUESTIONS[kind]?.text ??
      (chats > 0
        ? `${OPERATION_LABELS[kind]}: исключений больше, чем бывает обычно. Добавления выполнены.`
        : 'В новых списках заметно меньше людей, чем было. Новые добавлены, никто не исключён.'),
    since,
    action: linkButton({
      label: 'Посмотреть и решить',
      href: `/manage/operations/${operationId}`,
      kind: 'primary',
    }),
  }));
}

function failedItems({ failed }: WorkList): Item[] {
  return failed.map(({ operationId, kind, finishedAt, problems }) => ({
    tone: 'bad',
    word: 'не выполнено',
    title: OPERATION_LABELS[kind],
    text: problems[0]?.message ?? 'Причина не названа.',
    since: finishedAt,
    action: linkButton({ label: 'Подробнее', href: `/manage/operations/${operationId}` }),
  }));
}

function failingItems({ failing }: WorkList): Item[] {
  return failing.map(({ message, since, chats, total }) => ({
    tone: 'bad',
    word: 'не удаётся',
    title: `${counted(total, 'чат не обновляется', 'чата не обновляются', 'чатов не обновляются')}`,
    text: html`${message ? html`<p>${message}</p>` : ''}${chatLinks(chats, total)}`,
    since,
    action:
      total > 1 ? linkButton({ label: 'Показать чаты', href: '/manage?condition=failing' }) : openChat(chats),
  }));
}

function callItems({ calls }: WorkList): Item[] {
  return calls.map(({ message, since, total, lessonId }) => ({
    tone: 'bad',
    word: 'не удаётся',
    title: `Звонок не начинается: ${counted(total, 'дистанционный урок', 'дистанционных урока', 'дистанционных уроков')}`,
    text: message ?? 'Причина не названа.',
    since,
    action: linkButton({ label: 'Открыть урок', href: lessonPath(lessonId) }),
  }));
}

const WARNINGS: Readonly<
  Record<WorkList['warnings'][number]['warning'], { title: (n: string) => string; text: string }>
> = {
  'no-own-admin': {
    title: (chats) => `Администратор школы замещает: ${chats} без своего администратора`,
    text: 'Назначьте администратора чата или укажите в СГО классного руководителя или учителя группы: замещение закончится само.',
  },
  'no-admin-in-sferum': {
    title: (chats) => `Нет администратора в Сферуме: ${chats}`,
    text: 'Управляет только учётная запись школы: Сферум не сделал администратора чата администратором. Назначьте его в VK Мессенджере или сообщите администратору сервера.',
  },
  'same-title': {
    title: (chats) => `Одинаковое наименование: ${chats}`,
    text: 'Так бывает, когда класс или группу переименовали. Дайте одному из чатов другое наименование.',
  },
  'nobody-to-administer': {
    title: (chats) => `Некому управлять: ${chats} без администратора`,
    text: 'В школе нет администратора, который мог бы заместить. Назначьте администратора чата.',
  },
};

function warningItems({ warnings }: WorkList): Item[] {
  return warnings.map(({ warning, chats, total }) => ({
    tone: 'warn',
    word: warning === 'same-title' ? 'одно имя' : 'нет администратора',
    title: WARNINGS[warning].title(counted(total, 'чат', 'чата', 'чатов')),
    text: html`<p>${WARNINGS[warning].text}</p>${chatLinks(chats, total)}`,
    action: openChat(chats),
  }));
}

/** Profiles that are claimed for two people here of whom one is a pupil (A7). */
function profileItems({ takenProfiles: { people, total } }: WorkList): Item[] {
  if (total === 0) return [];
  const more = total - people.length;
  return [
    {
      tone: 'warn',
      word: 'профиль занят',
      title: `Профиль VK занят другим человеком: ${counted(total, 'человек', 'человека', 'человек')}`,
      text: html`<p>В Сферум они попадут, когда другой человек отменит привязку или выбудет. Если профиль указан неверно, исправьте его в СГО.</p><ul class="inline-list">${people.map(
        ({ id, name }) => html`<li><a href="/people/${encodeURIComponent(id)}">${name}</a></li>`,
      )}${more > 0 ? html`<li class="muted">и ещё ${more}</li>` : ''}</ul>`,
    },
  ];
}

function openChat([first]: { id: string; title: string }[]): Html {
  return first ? linkButton({ label: 'Открыть чат', href: `/manage/chats/${first.id}` }) : html``;
}

function chatLinks(chats: readonly { id: string; title: string }[], total: number): Html {
  const more = total - chats.length;
  return html`<ul class="inline-list">${chats.map(
    ({ id, title }) => html`<li><a href="/manage/chats/${id}">${title}</a></li>`,
  )}${more > 0 ? html`<li class="muted">и ещё ${more}</li>` : ''}</ul>`;
}
