import { type Html, html } from './html.ts';
import { count } from './parts/numbers.ts';
import { isAdmin, type Visitor } from './visitor.ts';

export type Section =
  | 'chats'
  | 'journal'
  | 'diary'
  | 'manage'
  | 'attention'
  | 'unreachable'
  | 'changes'
  | 'settings'
  | 'queues';

interface Item {
  section: Section;
  label: string;
  href: string;
  shown: (visitor: Visitor) => boolean;
  /** The number of things that wait there. */
  waiting?: (visitor: Visitor) => number;
}

const ITEMS: readonly Item[] = [
  { section: 'chats', label: 'Чаты', href: '/', shown: () => true },
  {
    section: 'diary',
    label: 'Дневник',
    href: '/diary',
    shown: ({ caller }) => ['student', 'parent'].includes(caller.role),
  },
  { section: 'journal', label: 'Классный журнал', href: '/journal', shown: (v) => v.staff },
  { section: 'manage', label: 'Управление чатами', href: '/manage', shown: (v) => v.staff },
  {
    section: 'attention',
    label: 'Требует внимания',
    href: '/attention',
    shown: isAdmin,
    waiting: (v) => v.attention,
  },
  { section: 'unreachable', label: 'Кого нет в Сферуме', href: '/unreachable', shown: (v) => v.staff },
  { section: 'changes', label: 'Изменения', href: '/changes', shown: isAdmin },
  { section: 'settings', label: 'Настройки школы', href: '/settings', shown: isAdmin },
  { section: 'queues', label: 'Очереди', href: '/admin/queues', shown: (v) => v.boundToNoSchool },
];

/**
 * Lists what the visitor may open. Where that is one thing alone, there is nothing to choose, so nothing is shown.
 */
export function navigation(visitor: Visitor, current: Section | undefined): Html {
  const items = visitor.school.connected ? ITEMS.filter((item) => item.shown(visitor)) : [];
  if (items.length < 2) return html``;
  return html`<nav class="sections" aria-label="Разделы"><ul>${items.map((item) => {
    const waiting = item.waiting?.(visitor) ?? 0;
    return html`<li><a href="${item.href}"${item.section === current ? html` aria-current="page"` : ''}>${item.label}${
      waiting > 0 ? html` <span class="badge">${count(waiting)}</span>` : ''
    }</a></li>`;
  })}</ul></nav>`;
}
