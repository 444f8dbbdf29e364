import { z } from 'zod';
import { findPerson, listPersonChats, type PersonRow } from '../../../src/chats/person-chats.ts';
import { notFound } from '../../../src/refusal.ts';
import { journalViews } from '../../api/journal-view.ts';
import { type ExplainedChat, explained } from '../../api/person-grounds.ts';
import { listJournal } from '../../read/journal.ts';
import { findPersonKin } from '../../read/person-kin.ts';
import { assertSeen } from '../../read/person-seen.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { roleWord } from '../manage/words.ts';
import { page } from '../page.ts';
import { linkButton, postButton } from '../parts/button.ts';
import { chatTypeTag } from '../parts/chat-type.ts';
import { state } from '../parts/condition.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted, moment } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { isAdmin, STAFF, viewerIn } from '../visitor.ts';
import { elsewherePart, findElsewhere } from './person-elsewhere.ts';
import { exportPath } from './person-export.ts';
import { personFacts } from './person-facts.ts';

type Entry = Awaited<ReturnType<typeof journalViews>>['entries'][number];

const CHANGES_SHOWN = 20;
/** A pupil joins some thirty chats at once. */
const LINES_READ = 100;
/** Further chats of one change are counted. */
const CHATS_NAMED = 4;

/** A person's page (J1): all their chats, why they are in each or why not, and what was changed lately. */
export function personRoutes({ screens, ctx }: ConsoleParts): void {
  screens.get('/people/:id', STAFF, async (c) => {
    const visitor = c.get('visitor');
    const { id: schoolId, timeZone } = visitor.school;
    const viewer = await viewerIn(ctx, visitor);
    const person = await findPerson(ctx.db.of(schoolId), schoolId, c.req.param('id') ?? '');
    if (!person) throw notFound();
    const stored = await listPersonChats(ctx.db.of(viewer.schoolId), viewer, person.id, undefined);
    await assertSeen(ctx, viewer, person, stored);
    const { chats, people } = await explained(ctx, viewer, person, stored);
    const lines = isAdmin(visitor)
      ? await listJournal(
          ctx.db.of(schoolId),
          { schoolId, timeZone },
          { personId: person.id, perPage: LINES_READ },
        )
      : null;
    const journal = lines ? await journalViews(ctx.db.of(schoolId), viewer, lines.items) : null;
    const entries = journal?.entries ?? [];
    const kin = await findPersonKin(ctx.db.of(schoolId), viewer, person.id);
    const elsewhere = await findElsewhere(ctx, viewer, person, query.parse(c.req.query()).title);
    noteShown(c, schoolId, [
      ...[...people, ...(journal?.people ?? []), ...elsewhere.people],
      ...[...kin.parents.map(({ id }) => id), ...kin.classes.flatMap(({ childId }) => childId ?? [])],
    ]);
    const changesHref = hrefOf('/changes', { personId: person.id });
    return page({
      c,
      title: person.name,
      subtitle: subtitle(person, chats),
      actions: html`${postButton({ label: 'Сверить сейчас', action: `/people/${encodeURIComponent(person.id)}/check`, kind: 'quiet' })}${
        lines
          ? html`${linkButton({ label: 'Все изменения', href: changesHref })}${linkButton({ label: 'Данные о человеке', href: exportPath(person.id) })}`
          : ''
      }`,
      body: html`${personFacts(kin)}${chatsTable(person, chats)}${elsewherePart(person.id, elsewhere)}${entries.length > 0 ? lately(entries, timeZone) : ''}`,
    });
  });
}

const query = z.object({ title: z.string().trim().max(200).catch('') });

function subtitle(person: PersonRow, chats: readonly ExplainedChat[]): Html {
  const member = chats.filter(({ isMember }) => isMember).length;
  const link = person.linked
    ? state('good', 'учебный профиль привязан')
    : state('calm', 'учебный профиль не привязан');
  const taken = person.profileTaken ? state('warn', 'профиль VK занят другим человеком') : '';
  return html`<span class="inline-list"><span>${roleWord(person)}${person.present ? '' : ', нет в списках школы'}</span>${link}${taken}<span>${counted(member, 'чат', 'чата', 'чатов')}</span></span>`;
}

function chatsTable(person: PersonRow, chats: readonly ExplainedChat[]): Html {
  if (chats.length === 0) {
    return emptyState({
      title: 'Чатов нет',
      text: person.present ? 'Ни одно основание не ведёт в чаты школы.' : 'Человека нет в списках школы.',
    });
  }
  return dataTable({
    caption: `Чаты: ${person.name}`,
    rows: chats,
    columns: [
      {
        head: 'Чат',
        phone: 'title',
        cell: (chat) => html`<a href="/manage/chats/${chat.chatId}"><bdi>${chat.title}</bdi></a>`,
      },
      { head: 'Тип чата', cell: (chat) => chatTypeTag(chat.type) },
      { head: 'Почему', cell: (chat) => whyOf(chat) },
      { head: 'Админ', cell: (chat) => (chat.admin ? 'Да' : '') },
      { head: 'В Сферуме', cell: (chat) => inSferum(person, chat) },
    ],
  });
}

/** Says why a person is in a chat, by the grounds, or why not. What Sferum says has a column of its own. */
function whyOf({ isMember, grounds, why, exception }: ExplainedChat): Html {
  if (!isMember) return html`<ul>${why.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
  const by = exception
    ? [exception.author.name, exception.reason && `«${exception.reason}»`].filter(Boolean).join(': ')
    : '';
  return html`<ul>${grounds.map(({ text }) => html`<li>${text}</li>`)}${by ? html`<li class="muted small">${by}</li>` : ''}</ul>`;
}

function inSferum({ linked }: PersonRow, { isMember, sferumState, held }: ExplainedChat): Html {
  if (held) return state('warn', 'исключение ждёт решения');
  if (!isMember) return sferumState === 'in' ? state('calm', 'выходит') : state('calm', 'не в чате');
  if (!linked) return state('calm', 'не привязан');
  switch (sferumState) {
    case 'in':
      return state('good', 'в чате');
    case 'waiting':
      return state('warn', 'ждём входа');
    case 'refused':
      return state('bad', 'нельзя добавить');
    case 'left':
      return state('warn', 'чат покинут');
    case null:
      return state('calm', 'добавляется');
  }
}

/** What was done at one time for one reason, in one chat or several. */
interface Change extends Pick<Entry, 'id' | 'at' | 'what' | 'sentence' | 'cause'> {
  chats: string[];
}

/**
 * The sentence for the same change in several chats. Each chat has grounds of its own, and those stand in the table of
 * chats.
 */
const IN_SEVERAL: Readonly<Record<string, string>> = {
  add: 'Добавление в чаты',
  remove: 'Исключение из чатов',
  grant: 'Назначение администратором чатов',
  revoke: 'Снятие прав администратора чатов',
};

/** Joins neighbours that tell of the same, newest first. */
function joined(entries: readonly Entry[]): Change[] {
  const changes: Change[] = [];
  for (const { id, at, what, sentence, cause, chatTitle } of entries) {
    const last = changes.at(-1);
    const isSame = last?.what === what && last.cause.id === cause.id && last.cause.kind === cause.kind;
    const general = IN_SEVERAL[what];
    if (isSame && chatTitle !== null && (general !== undefined || last.sentence === sentence)) {
      last.chats.push(chatTitle);
      last.sentence = general ?? sentence;
    } else changes.push({ id, at, what, sentence, cause, chats: chatTitle === null ? [] : [chatTitle] });
  }
  return changes;
}

function chatsOf({ chats }: Change): string {
  if (chats.length === 0) return '–';
  const more = chats.length - CHATS_NAMED;
  return more > 0 ? `${chats.slice(0, CHATS_NAMED).join(', ')} и ещё ${count(more)}` : chats.join(', ');
}

function lately(entries: readonly Entry[], timeZone: string): Html {
  return html`<h2>Последние изменения</h2>${dataTable({
    caption: 'Последние изменения, новые сверху',
    rows: joined(entries).slice(0, CHANGES_SHOWN),
    columns: [
      { head: 'Когда', narrow: true, cell: ({ at }) => moment(at, timeZone) },
      { head: 'Что', phone: 'title', cell: ({ sentence }) => sentence },
      { head: 'Чаты', cell: chatsOf },
      {
        head: 'Почему',
        cell: ({ cause }) =>
          [cause.text, cause.by?.kind === 'system' ? null : cause.by?.name].filter(Boolean).join(', '),
      },
    ],
  })}`;
}
