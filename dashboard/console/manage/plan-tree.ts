/**
 * The one view of what is done, or will be, to many chats: type → class → chat → person, with totals. A plan, what is
 * held, lists that wait to be accepted, an undo and a deletion of several chats differ only in the part of a chat.
 */
import { CHAT_TYPES, type ChatType } from '../../../src/desired/model.ts';
import { naturalCompare } from '../../../src/desired/names.ts';
import { type Content, type Html, html } from '../html.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { count } from '../parts/numbers.ts';
import { change } from './plan-words.ts';
import { chats as chatsWord } from './words.ts';

/** The sums of what is done to chats. */
export interface Sums {
  created: number;
  deleted: number;
  added: number;
  removed: number;
  /** Removals that wait for a decision; some views count them among those removed. */
  held: number;
}

export interface TreeChat extends Sums {
  id: string;
  type: ChatType;
  title: string;
  /** For a chat of a subject group: its class. Null for types with one chat for each class or school. */
  unit: string | null;
}

interface Branch extends Sums {
  /** How many chats it is about. */
  size: number;
}

interface TreeClass<Chat> extends Branch {
  title: string | null;
  chats: Chat[];
  /** The number of chats that are only counted. */
  cut: number;
}

export interface TreeType<Chat> extends Branch {
  type: ChatType;
  classes: TreeClass<Chat>[];
}

/** A page has room for so many chats: it stays below 100 KB. The heading of a class takes some of it. */
const ROOM = 160;
const HEADING_TAKES = 0.6;

/** Groups chats, and cuts what does not fit on a page. */
export function cutTree<Chat extends TreeChat>(chats: readonly Chat[]): TreeType<Chat>[] {
  const units = new Set(chats.map(({ type, unit }) => `${type} ${unit}`)).size;
  let room = ROOM - units * HEADING_TAKES;
  const classOf = (title: string | null, own: readonly Chat[]): TreeClass<Chat> => {
    // To sort what is only counted would cost more than the rest.
    const inOrder = room > 0 ? own.toSorted((a, b) => naturalCompare(a.title, b.title)) : [];
    const shown = inOrder.slice(0, Math.max(room, 0));
    room -= shown.length;
    return { title, chats: shown, cut: own.length - shown.length, ...sumsOf(own) };
  };
  return CHAT_TYPES.flatMap((type) => {
    const own = chats.filter((chat) => chat.type === type);
    if (own.length === 0) return [];
    const classes = [...Map.groupBy(own, ({ unit }) => unit)]
      .toSorted(([a], [b]) => naturalCompare(a ?? '', b ?? ''))
      .map(([title, of]) => classOf(title, of));
    return [{ type, classes, ...sumsOf(own) }];
  });
}

/** The chats that are shown, in their order. */
export function shownIn<Chat>(tree: readonly TreeType<Chat>[]): Chat[] {
  return tree.flatMap(({ classes }) => classes.flatMap(({ chats }) => chats));
}

function sumsOf(chats: readonly TreeChat[]): Branch {
  const sums = { size: chats.length, created: 0, deleted: 0, added: 0, removed: 0, held: 0 };
  for (const chat of chats) {
    sums.created += chat.created;
    sums.deleted += chat.deleted;
    sums.added += chat.added;
    sums.removed += chat.removed;
    sums.held += chat.held;
  }
  return sums;
}

export interface TreeParts<Chat> {
  /** The part of a chat, an item of a list. */
  chat: (chat: Chat) => Html;
  /** The figures beside the heading of a type or class. */
  marks: (sums: Sums) => Content;
  /** The address where a type, or a class of it, is shown by itself. What is cut is opened there. */
  href: (type: ChatType, unit?: string) => string;
  /** The chat that is opened. The class and type in which it stands are then open too. */
  open?: string | undefined;
}

/** Up to so many chats are shown at once. */
const FEW = 60;

/** Shows the tree. It is open where there is little to show: a few chats, or a few of a type that take somebody out. */
export function planTree<Chat extends TreeChat>(
  tree: readonly TreeType<Chat>[],
  parts: TreeParts<Chat>,
): Html {
  const isLittle = tree.length === 1 || tree.reduce((n, { size }) => n + size, 0) <= FEW;
  return html`${tree.map((type) => {
    const takesOut = type.removed + type.held + type.deleted > 0;
    const isOpen = isLittle || (takesOut && type.size <= FEW) || has(type.classes, parts.open);
    const isAlone = type.classes.length === 1 || (isLittle && type.size <= FEW);
    return html`<details class="sheet branch"${isOpen ? ' open data-open' : ''}><summary>${head(html`<h2>${CHAT_TYPE_LABELS[type.type]}</h2>`, type, parts)}</summary>${type.classes.map((one) => classPart(one, type.type, isAlone, parts))}</details>`;
  })}`;
}

const has = (classes: readonly TreeClass<TreeChat>[], open: string | undefined): boolean =>
  classes.some(({ chats }) => chats.some(({ id }) => id === open));

function classPart<Chat extends TreeChat>(
  one: TreeClass<Chat>,
  type: ChatType,
  isAlone: boolean,
  parts: TreeParts<Chat>,
): Html {
  const { title, chats, cut } = one;
  const href = parts.href(type, title ?? undefined);
  if (chats.length === 0) {
    const name = html`<b>${title ?? CHAT_TYPE_LABELS[type]}</b>`;
    return html`<a class="branch-link" href="${href}">${head(name, one, parts)}</a>`;
  }
  const rest = cut > 0 ? html`<li><a href="${href}">и ещё ${chatsWord(cut)}</a></li>` : '';
  const list = html`<ul class="rows">${chats.map(parts.chat)}${rest}</ul>`;
  if (title === null) return list;
  const isOpen = isAlone || has([one], parts.open);
  return html`<details class="branch"${isOpen ? ' open data-open' : ''}><summary>${head(html`<b>${title}</b>`, one, parts)}</summary>${list}</details>`;
}

function head<Chat extends TreeChat>(title: Html, branch: Branch, { marks }: TreeParts<Chat>): Html {
  return html`<span class="row-head">${title} <span class="muted">${chatsWord(branch.size)}</span><span class="row-figures">${marks(branch)}</span></span>`;
}

/** The figures of a branch; in the past where it is done. */
export function branchMarks({ created, deleted, added, removed, held }: Sums, done: boolean): Content {
  return html`${created > 0 ? html`<span class="tag good">${done ? 'создано' : 'создать'} ${count(created)}</span>` : ''}${
    deleted > 0 ? html`<span class="tag bad">${done ? 'удалено' : 'удалить'} ${count(deleted)}</span>` : ''
  }${added > 0 ? change(added, '+') : ''}${removed > 0 ? change(removed, '−') : ''}${
    held > 0 ? html`<span class="tag warn">до решения: −${count(held)}</span>` : ''
  }`;
}
