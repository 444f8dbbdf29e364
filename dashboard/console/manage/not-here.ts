/** Answers «Почему не здесь?» where a surname is looked for in a chat that has nobody of that name (J1). */

import { findPerson, listPersonChats } from '../../../src/chats/person-chats.ts';
import type { Context } from '../../../src/context.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { lowerFirst } from '../../../src/text/first-letter.ts';
import { explained } from '../../api/person-grounds.ts';
import type { ChatItem } from '../../read/chat-list.ts';
import { listPeople, type PersonItem } from '../../read/people.ts';
import { childrenIn, findPersonClasses } from '../../read/person-classes.ts';
import { type Html, html } from '../html.ts';
import { submitButton } from '../parts/button.ts';
import { hiddenField } from '../parts/field.ts';
import { count } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import { emptyState } from '../parts/states.ts';
import { isOut, ofClassesText } from './picker.ts';
import { roleWord } from './words.ts';

/** At most so many people of that name are explained. */
const EXPLAINED = 3;

export interface NotHere {
  total: number;
  people: { person: PersonItem; of: string; why: string[] }[];
  /** The people whom it names. */
  named: readonly string[];
}

/** Finds the people of the school with this surname whom the viewer may see, and why they are not in the chat. */
export async function findNotHere(
  ctx: Context,
  viewer: Viewer,
  { id: chatId, type }: ChatItem,
  lastName: string,
): Promise<NotHere> {
  const db = ctx.db.of(viewer.schoolId);
  const asked = { lastName, chatId, into: type, page: 1, perPage: EXPLAINED };
  const { items, total } = await listPeople(db, viewer, asked);
  const ofClasses = await findPersonClasses(
    db,
    viewer,
    items.map(({ id }) => id),
  );
  const people: NotHere['people'] = [];
  const named = childrenIn(ofClasses);
  for (const person of items) {
    const row = await findPerson(db, viewer.schoolId, person.id);
    if (!row) continue;
    const chats = await listPersonChats(db, viewer, person.id, chatId);
    const why = await explained(ctx, viewer, row, chats);
    named.push(...why.people);
    const of = ofClassesText(ofClasses.get(person.id) ?? []) || roleWord(person);
    people.push({ person, of, why: why.chats[0]?.why ?? [] });
  }
  return { total, people, named };
}

const formOf = (at: number) => `add-not-here-${at}`;

/** Stands in place of the members' table. The buttons belong to forms beside the editor's (`addForms`). */
export function notHerePart({ total, people }: NotHere, mayAdd: boolean): Html {
  if (people.length === 0) {
    return emptyState({
      title: 'Никого с такой фамилией',
      text: 'Ни в этом чате, ни среди людей школы, которые вам видны. Проверьте написание фамилии.',
    });
  }
  const more = total - people.length;
  return html`<div class="sheet padded not-here"><h2>В этом чате таких нет</h2><ul class="stack">${people.map(
    ({ person, of, why }, at) =>
      html`<li><p>В школе есть ${personLink(person)}, <bdi>${of}</bdi>. В этом чате нет: ${whyText(why)}.</p>${
        mayAdd && !isOut(person, undefined)
          ? submitButton({ label: 'Добавить', form: formOf(at), name: 'do', value: 'add' })
          : ''
      }</li>`,
  )}</ul>${more > 0 ? html`<p class="muted">С такой фамилией есть и другие (${count(more)}): допишите имя.</p>` : ''}</div>`;
}

/** «Добавить» picks one person as the picker does: staged until «Сохранить». A form cannot stand in another. */
export function addForms(chatId: string, { people }: NotHere): Html[] {
  return people.map(
    ({ person }, at) =>
      html`<form method="post" action="/manage/chats/${chatId}/pick" id="${formOf(at)}">${hiddenField('shown', person.id)}${hiddenField('on', person.id)}</form>`,
  );
}

/** Puts sentences of `whySentences` into one. */
function whyText(why: readonly string[]): string {
  return why.map(lowerFirst).join('; ');
}
