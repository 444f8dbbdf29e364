/** The one view of a plan that is held in memory: type → class → chat → person, with totals, cut to a page's size. */
import { CHAT_TYPES, type ChatType } from '../../../src/desired/model.ts';
import { naturalCompare } from '../../../src/desired/names.ts';
import { describe, type Names } from '../../../src/plan/describe.ts';
import type { Action, ChatPlan } from '../../../src/plan/model.ts';
import { type Content, type Html, html } from '../html.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { count, plural } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import { byKindAndName, change, why } from './plan.ts';
import { chats as chatsWord } from './words.ts';

export interface TreeType extends Sums {
  type: ChatType;
  classes: TreeClass[];
}

/** The chats of a class; of none where a type's chats are one for a class or the school. */
interface TreeClass extends Sums {
  title: string | null;
  chats: TreeChat[];
  /** Chats that are only counted. */
  cut: number;
}

interface TreeChat extends Sums {
  id: string;
  title: string;
  /** The actions that are shown; the others are only counted. */
  shown: readonly Action[];
  cut: number;
}

interface Sums {
  /** How many chats it is about. */
  size: number;
  created: number;
  added: number;
  removed: number;
  /** Of those removed, so many wait for a decision of their own. */
  held: number;
}

/** A page holds so many chats and actions: it stays below 100 KB. What is cut is found by the filter. */
const CHATS_SHOWN = 150;
const ACTIONS_SHOWN = 300;
const ACTIONS_OF_CHAT = 100;

/** Groups a plan's chats and cuts what does not fit on a page. `classOf`: the class's title, by a group's id. */
export function cutTree(plan: readonly ChatPlan[], classOf: ReadonlyMap<string, string | null>): TreeType[] {
  const room = { chats: CHATS_SHOWN, actions: ACTIONS_SHOWN };
  return CHAT_TYPES.flatMap((type) => {
    const own = plan.filter((chat) => chat.type === type);
    if (own.length === 0) return [];
    const byClass = Map.groupBy(own, (chat) => classTitle(chat, classOf));
    const classes = [...byClass]
      .toSorted(([a], [b]) => naturalCompare(a ?? '', b ?? ''))
      .map(([title, chats]) => cutClass(title, chats, room));
    return [{ type, classes, ...sumsOf(own) }];
  });
}

function classTitle({ type, key }: ChatPlan, classOf: ReadonlyMap<string, string | null>): string | null {
  return type === 'subject' ? (classOf.get(key?.slice('subject:'.length) ?? '') ?? null) : null;
}

type Room = Record<'chats' | 'actions', number>;

function cutClass(title: string | null, plans: readonly ChatPlan[], room: Room): TreeClass {
  const taken = plans.toSorted((a, b) => naturalCompare(a.title, b.title)).slice(0, Math.max(room.chats, 0));
  room.chats -= taken.length;
  const chats = taken.map((chat) => {
    const shown = chat.actions.slice(0, Math.max(0, Math.min(ACTIONS_OF_CHAT, room.actions)));
    room.actions -= shown.length;
    const cut = chat.actions.length - shown.length;
    return { id: chat.chatId, title: chat.title, shown, cut, ...sumsOf([chat]) };
  });
  return { title, chats, cut: plans.length - taken.length, ...sumsOf(plans) };
}

function sumsOf(plans: readonly ChatPlan[]): Sums {
  const sums: Sums = { size: plans.length, created: 0, added: 0, removed: 0, held: 0 };
  for (const { action, held } of plans.flatMap(({ actions }) => actions)) {
    if (action === 'create') sums.created += 1;
    if (action === 'add') sums.added += 1;
    if (action === 'remove') sums.removed += 1;
    if (held) sums.held += 1;
  }
  return sums;
}

/** `allHeld`: every removal waits for a decision, which a sentence above says once for all. */
export function planTree(tree: readonly TreeType[], names: Names, allHeld: boolean): Html {
  const shown = { names, allHeld };
  const isOne = tree.length === 1;
  return html`${tree.map(
    (type) =>
      html`<details class="sheet branch"${isOne || type.removed > 0 ? ' open data-open' : ''}><summary>${head(html`<h2>${CHAT_TYPE_LABELS[type.type]}</h2> <span class="muted">${chatsWord(type.size)}</span>`, type, shown)}</summary>${type.classes.map((one) => classPart(one, shown))}</details>`,
  )}`;
}

interface Shown {
  names: Names;
  allHeld: boolean;
}

function classPart(one: TreeClass, how: Shown): Html {
  const list = html`<ul class="rows">${one.chats.map((chat) => chatPart(chat, how))}${
    one.cut > 0
      ? html`<li class="muted">и ещё ${chatsWord(one.cut)}: найдите их по типу или наименованию</li>`
      : ''
  }</ul>`;
  if (one.title === null) return list;
  return html`<details class="branch"><summary>${head(html`<b>${one.title}</b> <span class="muted">${chatsWord(one.size)}</span>`, one, how)}</summary>${list}</details>`;
}

function chatPart(chat: TreeChat, how: Shown): Html {
  const { shown, cut } = chat;
  return html`<li><details class="row-details"><summary>${head(html`<span class="row-name"><bdi>${chat.title}</bdi></span>`, chat, how)}</summary><ul class="row-body">${byKindAndName(
    shown,
    how.names,
  ).map(
    (action) => html`<li class="does-${action.held ? 'wait' : action.action}">${line(action, how)}</li>`,
  )}${cut > 0 ? html`<li class="muted">${shown.length > 0 ? 'и ещё ' : ''}${count(cut)} ${plural(cut, 'действие', 'действия', 'действий')}: найдите чат по наименованию</li>` : ''}</ul></details></li>`;
}

const WORDS = {
  add: 'Добавить',
  remove: 'Исключить',
  grant: 'Сделать администратором',
  revoke: 'Снять права администратора',
} as const;

function line(action: Action, { names, allHeld }: Shown): Content {
  const { personId, held } = action;
  const word = WORDS[action.action as keyof typeof WORDS];
  if (personId === undefined || word === undefined) return html`<bdi>${describe(action, names)}</bdi>`;
  const person = personLink({ id: personId, name: names.person(personId) });
  return html`${word}: ${person}${why(action, names)}${held && !allHeld ? html` <span class="tag warn">остановится до решения</span>` : ''}`;
}

function head(title: Html, { created, added, removed, held }: Sums, { allHeld }: Shown): Html {
  return html`<span class="row-head">${title}<span class="row-figures">${
    created > 0 ? html`<span class="tag good">создать${created > 1 ? ` ${count(created)}` : ''}</span>` : ''
  }${added > 0 ? change(added, '+') : ''}${removed > 0 ? change(removed, '−') : ''}${
    held > 0 && !allHeld ? html`<span class="tag warn">из них до решения: ${count(held)}</span>` : ''
  }</span></span>`;
}
