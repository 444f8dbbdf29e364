/** The chats of a plan that is held in memory, as `planTree` shows them: each opened into its people. */
import { describe, type Names } from '../../../src/plan/describe.ts';
import type { Action, ActionKind, ChatPlan } from '../../../src/plan/model.ts';
import { plural } from '../../../src/text/plural.ts';
import { type Content, type Html, html } from '../html.ts';
import { count } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import type { Sums, TreeChat } from './plan-tree.ts';
import { byKindAndName, change, why } from './plan-words.ts';

export interface PlannedChat extends TreeChat {
  actions: readonly Action[];
}

/** So many actions of one chat are shown. The others are counted. */
export const ACTIONS_OF_CHAT = 100;

/** `classOf`: the class's title, by a group's id. */
export function plannedChat(
  { chatId, type, key, title, actions }: ChatPlan,
  classOf: ReadonlyMap<string, string | null>,
): PlannedChat {
  const n = (of: (action: Action) => boolean) => actions.filter(of).length;
  return {
    ...{ id: chatId, type, title, actions },
    unit: type === 'subject' ? (classOf.get(key?.slice('subject:'.length) ?? '') ?? null) : null,
    created: n(({ action }) => action === 'create'),
    deleted: 0,
    added: n(({ action }) => action === 'add'),
    removed: n(({ action }) => action === 'remove'),
    held: n(({ held }) => held === true),
  };
}

export interface ShownPlan {
  names: Names;
  /** True where all removals wait for a decision, which is said once above. */
  allHeld: boolean;
  /** The actions that are shown of each chat, by its id. */
  shown: ReadonlyMap<string, readonly Action[]>;
}

/** Shows the figures of a branch. People whose removal waits are counted among those who leave. */
export function plannedMarks({ created, added, removed, held }: Sums, allHeld: boolean): Content {
  return html`${created > 0 ? html`<span class="tag good">создать${created > 1 ? ` ${count(created)}` : ''}</span>` : ''}${
    added > 0 ? change(added, '+') : ''
  }${removed > 0 ? change(removed, '−') : ''}${
    held > 0 && !allHeld ? html`<span class="tag warn">из них до решения: ${count(held)}</span>` : ''
  }`;
}

/** A chat that opens into what is done about its people. */
export function plannedPart(chat: PlannedChat, how: ShownPlan): Html {
  const shown = how.shown.get(chat.id) ?? [];
  const cut = chat.actions.length - shown.length;
  return html`<li><details class="row-details"><summary><span class="row-head"><span class="row-name"><bdi>${chat.title}</bdi></span><span class="row-figures">${plannedMarks(chat, how.allHeld)}</span></span></summary><ul class="row-body">${byKindAndName(
    shown,
    how.names,
  ).map(
    (action) => html`<li class="does-${action.held ? 'wait' : action.action}">${line(action, how)}</li>`,
  )}${cut > 0 ? html`<li class="muted">${shown.length > 0 ? 'и ещё ' : ''}${count(cut)} ${plural(cut, 'действие', 'действия', 'действий')}: найдите чат по наименованию</li>` : ''}</ul></details></li>`;
}

const WORDS: Partial<Record<ActionKind, string>> = {
  add: 'Добавить',
  remove: 'Исключить',
  grant: 'Сделать администратором',
  revoke: 'Снять права администратора',
};

function line(action: Action, { names, allHeld }: ShownPlan): Content {
  const { personId, held } = action;
  const word = WORDS[action.action];
  if (personId === undefined || word === undefined) return html`<bdi>${describe(action, names)}</bdi>`;
  const person = personLink({ id: personId, name: names.person(personId) });
  return html`${word}: ${person}${why(action, names)}${held && !allHeld ? html` <span class="tag warn">остановится до решения</span>` : ''}`;
}
