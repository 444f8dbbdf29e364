import { z } from 'zod';
import { naturalCompare } from '../../../src/desired/names.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { searchFold } from '../../../src/text/title-key.ts';
import { type ChatItem, listChats } from '../../read/chat-list.ts';
import { type ClassChat, chatsOfClasses } from '../../read/class-chats.ts';
import { listPeople, type PersonItem } from '../../read/people.ts';
import { childrenIn, findPersonClasses, type PersonClass } from '../../read/person-classes.ts';
import { type ClassItem, classesOf } from '../../read/units.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { roleWord } from '../manage/words.ts';
import { page } from '../page.ts';
import { submitButton } from '../parts/button.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { datedCondition, type SchoolNow, state } from '../parts/condition.ts';
import { textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted } from '../parts/numbers.ts';
import { pager } from '../parts/pager.ts';
import { personLink } from '../parts/person-link.ts';
import { SEARCH_PATH } from '../parts/search-box.ts';
import { emptyState } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { schoolNow } from '../school-now.ts';
import { findForm, withSought } from '../sought.ts';
import { STAFF, viewerIn } from '../visitor.ts';

const PEOPLE_SHOWN = 25;
const CHATS_SHOWN = 10;
const CLASSES_SHOWN = 10;

const query = z.object({
  text: z.string().trim().max(200).optional().catch(undefined),
  sought: z.string().max(2000).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
});
type Query = z.infer<typeof query>;

interface Found {
  people: { items: readonly PersonItem[]; total: number; classes: ReadonlyMap<string, PersonClass[]> };
  chats: { items: readonly ChatItem[]; total: number };
  classes: { items: readonly ClassItem[]; total: number; chats: readonly ClassChat[] };
}

/** The search of people with their class and role, of chats and of classes, among what the visitor may see. */
export function searchRoutes({ screens, ctx }: ConsoleParts): void {
  screens.get(SEARCH_PATH, STAFF, async (c) => {
    const asked = query.parse(withSought(c, c.req.query(), 'text'));
    const { school } = c.get('visitor');
    const viewer = await viewerIn(ctx, c.get('visitor'));
    const now = await schoolNow(ctx, school);
    const found = asked.text ? await find(ctx.db.of(viewer.schoolId), viewer, asked.text, asked.page) : null;
    noteShown(
      c,
      viewer.schoolId,
      found ? [...found.people.items.map(({ id }) => id), ...childrenIn(found.people.classes)] : [],
    );
    return page({
      c,
      title: 'Поиск',
      ...(found ? { subtitle: totals(found) } : {}),
      body: html`${searchForm(asked)}${found ? results(found, asked, now) : ''}`,
    });
  });
}

async function find(
  db: Parameters<typeof listPeople>[0],
  viewer: Viewer,
  text: string,
  page: number,
): Promise<Found> {
  const [people, chats, ofViewer] = await Promise.all([
    listPeople(db, viewer, { lastName: text, page, perPage: PEOPLE_SHOWN }),
    listChats(db, viewer, { title: text, page: 1, perPage: CHATS_SHOWN, descending: false }),
    classesOf(db, viewer),
  ]);
  const sought = searchFold(text);
  const classes = ofViewer
    .filter(({ title }) => searchFold(title).includes(sought))
    .sort((a, b) => naturalCompare(a.title, b.title));
  const shown = classes.slice(0, CLASSES_SHOWN);
  const ids = shown.map(({ id }) => id);
  return {
    people: {
      ...people,
      classes: await findPersonClasses(
        db,
        viewer,
        people.items.map(({ id }) => id),
      ),
    },
    chats,
    classes: { items: shown, total: classes.length, chats: await chatsOfClasses(db, viewer, ids) },
  };
}

function totals({ people, chats, classes }: Found): string {
  return [
    counted(people.total, 'человек', 'человека', 'человек'),
    counted(chats.total, 'чат', 'чата', 'чатов'),
    counted(classes.total, 'класс', 'класса', 'классов'),
  ].join(', ');
}

function searchForm({ text }: Query): Html {
  return findForm(
    SEARCH_PATH,
    'Поиск на этой странице',
    html`${textField({ label: 'Фамилия, имя, чат или класс', name: 'text', type: 'search', value: text, maxLength: 200 })}
<div class="filters-go">${submitButton({ label: 'Найти', kind: 'primary' })}</div>`,
  );
}

function results({ people, chats, classes }: Found, asked: Query, school: SchoolNow): Html {
  if (people.total + chats.total + classes.total === 0) {
    return emptyState({
      title: 'Ничего не найдено',
      text: 'Ищется по началу фамилии, имени или отчества, по названию чата и класса. Проверьте написание.',
    });
  }
  return html`${people.total > 0 ? peoplePart(people, asked) : ''}${classes.total > 0 ? classesPart(classes) : ''}${
    chats.total > 0 ? chatsPart(chats, school) : ''
  }`;
}

function peoplePart({ items, total, classes }: Found['people'], { sought, page: n }: Query): Html {
  return html`<section class="stack" aria-labelledby="people"><h2 id="people">Люди</h2>${dataTable<PersonItem>(
    {
      caption: 'Найденные люди',
      rows: items,
      columns: [
        {
          head: 'Имя',
          phone: 'title',
          cell: (person) => personLink(person),
        },
        { head: 'Кто', cell: (person) => roleWord(person) },
        { head: 'Класс', cell: ({ id }) => classWords(classes.get(id) ?? []) },
        {
          head: 'Сферум',
          cell: ({ linked }) => (linked ? state('good', 'привязан') : state('calm', 'не привязан')),
        },
      ],
    },
  )}${pager({ page: n, perPage: PEOPLE_SHOWN, total, href: (p) => hrefOf(SEARCH_PATH, { sought, page: p === 1 ? undefined : p }) })}</section>`;
}

/** «5А», and of a parent «Абаев Марк, 5А». */
function classWords(classes: readonly PersonClass[]): Html {
  const words = classes.map(({ child, classTitle }) => [child, classTitle].filter(Boolean).join(', '));
  return html`${words.filter((word) => word !== '').map((word) => html`<div><bdi>${word}</bdi></div>`)}`;
}

function classesPart({ items, total, chats }: Found['classes']): Html {
  return html`<section class="stack" aria-labelledby="classes"><h2 id="classes">Классы</h2><div class="compact">${dataTable<ClassItem>(
    {
      caption: 'Найденные классы',
      rows: items,
      columns: [
        {
          head: 'Класс',
          phone: 'title',
          cell: ({ id, title }) =>
            html`<a href="${hrefOf('/unreachable', { classId: id })}"><bdi>${title}</bdi></a>`,
        },
        {
          head: 'Чаты',
          cell: ({ id }) =>
            html`<span class="inline-list">${chats
              .filter(({ classId }) => classId === id)
              .map(
                (chat) => html`<a href="/manage/chats/${chat.id}">${CHAT_TYPE_LABELS[chat.type]}</a>`,
              )}</span>`,
        },
      ],
    },
  )}</div>${more(total - items.length)}</section>`;
}

function chatsPart({ items, total }: Found['chats'], school: SchoolNow): Html {
  return html`<section class="stack" aria-labelledby="chats"><h2 id="chats">Чаты</h2>${dataTable<ChatItem>({
    caption: 'Найденные чаты',
    rows: items,
    columns: [
      {
        head: 'Наименование чата',
        phone: 'title',
        cell: ({ id, title }) => html`<a href="/manage/chats/${id}"><bdi>${title}</bdi></a>`,
      },
      { head: 'Тип чата', cell: ({ type }) => CHAT_TYPE_LABELS[type] },
      { head: 'Кол-во участников', numeric: true, cell: ({ memberCount }) => count(memberCount) },
      { head: 'Состояние', cell: (chat) => datedCondition(chat.id, chat.condition, school) },
    ],
  })}${more(total - items.length)}</section>`;
}

function more(rest: number): Html | string {
  return rest > 0 ? html`<p class="muted">и ещё ${count(rest)}: уточните название</p>` : '';
}
