import { type Html, html } from './html.ts';
import { type IconName, icon } from './parts/icon.ts';
import { count } from './parts/numbers.ts';
import { isAdmin, type Visitor } from './visitor.ts';

export type Section =
  | 'schools'
  | 'held'
  | 'server'
  | 'docs'
  | 'overview'
  | 'chats'
  | 'journal'
  | 'diary'
  | 'manage'
  | 'operations'
  | 'rosters'
  | 'readiness'
  | 'unreachable'
  | 'changes'
  | 'settings'
  | 'connection'
  | 'queues';

interface Item {
  section: Section;
  label: string;
  href: string;
  icon: IconName;
  shown: (visitor: Visitor) => boolean;
  /** The number of things that wait there. */
  waiting?: (visitor: Visitor) => number;
  /** The word below the icon on a phone. Items without one stand behind «Ещё». */
  short?: (visitor: Visitor) => string | null;
  /** Below a heading, «Школа» or «Сервер». */
  group?: 'school' | 'server';
}

const isPupilOrParent = ({ caller }: Visitor): boolean => ['student', 'parent'].includes(caller.role);

/** On pages of all schools together. */
const OF_REGION: readonly Item[] = [
  {
    ...{ section: 'schools', label: 'Школы', href: '/schools', icon: 'schools', shown: () => true },
    short: () => 'Школы',
  },
  {
    ...{ section: 'held', label: 'Ждут решения', href: '/schools/held', icon: 'held', shown: () => true },
    short: () => 'Решения',
  },
  {
    ...{ section: 'readiness', label: 'Готовность', href: '/schools/readiness', icon: 'calendar' },
    shown: () => true,
    short: () => 'Готовность',
  },
  {
    ...{ section: 'server', label: 'Нагрузка', href: '/server', icon: 'server', shown: () => true },
    short: () => 'Сервер',
    group: 'server',
  },
  {
    ...{ section: 'queues', label: 'Очереди', href: '/admin/queues', icon: 'queues', shown: () => true },
    group: 'server',
  },
  {
    ...{ section: 'connection', label: 'Подключение СГО', href: '/server/connection', icon: 'link' },
    shown: () => true,
    group: 'server',
  },
  {
    ...{ section: 'docs', label: 'Описание API', href: '/docs', icon: 'file', shown: () => true },
    group: 'server',
  },
];

/** On pages of a school, in the order in which they are shown. */
const ITEMS: readonly Item[] = [
  {
    ...{ section: 'schools', label: 'Все школы', href: '/schools', icon: 'schools' },
    shown: (v) => v.boundToNoSchool,
    short: () => 'Школы',
  },
  {
    ...{ section: 'overview', label: 'Обзор', href: '/overview', icon: 'home', shown: isAdmin },
    waiting: (v) => v.waits.length,
    short: () => 'Обзор',
  },
  {
    ...{ section: 'chats', label: 'Чаты', href: '/', icon: 'chat', shown: () => true },
    short: (v) => (isAdmin(v) ? null : 'Чаты'),
  },
  {
    ...{ section: 'diary', label: 'Дневник', href: '/diary', icon: 'calendar', shown: isPupilOrParent },
    short: () => 'Дневник',
  },
  {
    ...{ section: 'manage', label: 'Управление чатами', href: '/manage', icon: 'list' },
    shown: (v) => v.staff,
    short: () => 'Управление',
  },
  { section: 'operations', label: 'Работы', href: '/operations', icon: 'work', shown: isAdmin },
  {
    ...{ section: 'journal', label: 'Классный журнал', href: '/journal', icon: 'book' },
    shown: (v) => v.staff,
    short: (v) => (v.boundToNoSchool ? null : 'Журнал'),
  },
  {
    ...{ section: 'rosters', label: 'Списки из СГО', href: '/rosters', icon: 'file', shown: isAdmin },
    group: 'school',
  },
  {
    ...{ section: 'readiness', label: 'Готовность', href: '/readiness', icon: 'calendar', shown: isAdmin },
    group: 'school',
  },
  {
    ...{ section: 'unreachable', label: 'Кого нет в Сферуме', href: '/unreachable', icon: 'unlinked' },
    shown: (v) => v.staff,
    group: 'school',
  },
  {
    ...{ section: 'changes', label: 'Изменения', href: '/changes', icon: 'changes', shown: isAdmin },
    group: 'school',
  },
  {
    ...{ section: 'connection', label: 'Подключение СГО', href: '/connection', icon: 'link', shown: isAdmin },
    group: 'school',
  },
  {
    ...{ section: 'settings', label: 'Настройки школы', href: '/settings', icon: 'settings', shown: isAdmin },
    group: 'school',
  },
];

const GROUPS = [
  ['school', 'Школа'],
  ['server', 'Сервер'],
] as const;

/** Gives the visitor's items. Where a school is not connected, an operator keeps the way back to all schools. */
function itemsOf(visitor: Visitor): Item[] {
  if (visitor.atRegion) return [...OF_REGION];
  const shown = ITEMS.filter((item) => item.shown(visitor));
  return visitor.school.connected ? shown : shown.filter(({ section }) => section === 'schools');
}

/**
 * Lists what the visitor may open: at the left edge on a desktop, and as a row below on a phone, where «Ещё» opens the
 * whole list. Where one thing alone may be opened, there is nothing to choose, so nothing is shown.
 */
export function navigation(visitor: Visitor, current: Section | undefined): Html {
  const items = itemsOf(visitor);
  if (items.length < 2 && !visitor.boundToNoSchool) return html``;
  const entry = (item: Item, label: string) => entryOf(item, label, visitor, current);
  const below = items.flatMap((item) => {
    const short = item.short?.(visitor) ?? null;
    return short === null ? [] : [entry(item, short)];
  });
  const isWhole = below.length === items.length;
  return html`<nav class="rail" id="rail" aria-label="Разделы">
<a class="close" href="#content">${icon('close')} Закрыть</a>
<ul>${items.filter(({ group }) => !group).map((item) => entry(item, item.label))}</ul>
${GROUPS.map(([of, heading]) => {
  const inside = items.filter(({ group }) => group === of);
  return inside.length > 0
    ? html`<p>${heading}</p><ul>${inside.map((item) => entry(item, item.label))}</ul>`
    : '';
})}</nav>
<nav class="below" aria-label="Главные разделы"><ul>${below}${
    isWhole ? '' : html`<li><a href="#rail">${icon('more')}<span>Ещё</span></a></li>`
  }</ul></nav>`;
}

function entryOf(item: Item, label: string, visitor: Visitor, current: Section | undefined): Html {
  const waiting = item.waiting?.(visitor) ?? 0;
  return html`<li><a href="${item.href}"${item.section === current ? html` aria-current="page"` : ''}>${icon(item.icon)}<span>${label}</span>${
    waiting > 0 ? html` <span class="badge">${count(waiting)}</span>` : ''
  }</a></li>`;
}
