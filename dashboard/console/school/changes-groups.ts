/** The journal by what was done: «02:00 Списки из СГО: +12 −3 в 9 чатах; 2 приказа», each opened into its lines. */
import { authorName, causeOf } from '../../../src/chats/journal-words.ts';
import { dayIn } from '../../../src/clock.ts';
import type { Names } from '../../../src/plan/describe.ts';
import type { JournalGroup } from '../../read/journal-groups.ts';
import { type Html, html } from '../html.ts';
import { change } from '../manage/plan-words.ts';
import { stopped } from '../manage/words.ts';
import { count, counted, day, hour } from '../parts/numbers.ts';
import { changesHref, type Filter } from './changes-filter.ts';

const TITLES: Readonly<Record<string, string>> = {
  import: 'Списки из СГО',
  event: 'Приказы и изменения из СГО',
  edit: 'Правки чатов',
  creation: 'Созданы чаты вручную',
  deletion: 'Удалены чаты',
  profile: 'Профили VK ID',
  lesson: 'Дистанционные уроки',
  drift: 'Сверка со Сферумом',
  cancellation: 'Отменена работа до её начала',
};

interface GroupsView {
  groups: readonly JournalGroup[];
  filter: Filter;
  names: Names;
  timeZone: string;
}

/** What was done, by day. */
export function groupsList({ groups, ...view }: GroupsView): Html {
  const days = Map.groupBy(groups, ({ to }) => dayIn(view.timeZone, Date.parse(to)));
  return html`<div class="stack">${[...days].map(
    ([on, of]) =>
      html`<section class="sheet" aria-labelledby="day-${on}"><div class="sheet-head"><h2 id="day-${on}">${day(on)}</h2></div><ol class="timeline">${of.map((group) => row(group, view))}</ol></section>`,
  )}</div>`;
}

function row(group: JournalGroup, { filter, names, timeZone }: Omit<GroupsView, 'groups'>): Html {
  const { kind, cause, newestId, oldestId, to, by, added, removed } = group;
  const href = changesHref(filter, {
    ...{ view: 'lines', cause: cause ?? kind, since: oldestId },
    before: String(BigInt(newestId) + 1n),
  });
  const who = by && by.kind !== 'system' ? authorName(by, names) : '';
  return html`<li>${hour(to, timeZone)}<p><a href="${href}">${TITLES[kind] ?? causeOf(kind).text}</a> <span>${[...figures(group), who].filter(Boolean).join('; ')}</span></p><span class="sum">${
    added > 0 ? change(added, '+') : ''
  }${removed > 0 ? change(removed, '−') : ''}</span></li>`;
}

function figures(group: JournalGroup): string[] {
  const { chats, created, held, kept, orders, added, waiting, removed, lines } = group;
  const moved = added + removed + waiting + held + kept;
  return [
    created > 0 ? `новых чатов: ${count(created)}` : '',
    moved > 0 && chats > created ? `в ${counted(chats, 'чате', 'чатах', 'чатах')}` : '',
    waiting > 0 ? `мест, которые ждут привязки: ${count(waiting)}` : '',
    held > 0 ? stopped(held) : '',
    kept > 0 ? `оставлены в чатах: ${count(kept)}` : '',
    orders > 0 ? counted(orders, 'приказ', 'приказа', 'приказов') : '',
    moved + created === 0 && lines > 1 ? counted(lines, 'запись', 'записи', 'записей') : '',
  ];
}
