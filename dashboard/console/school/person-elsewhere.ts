/** «Почему нет в чате»: why a person is not in chats that are found by their names (J1). */
import { listPersonChats, type PersonRow } from '../../../src/chats/person-chats.ts';
import type { Context } from '../../../src/context.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { lowerFirst } from '../../../src/text/first-letter.ts';
import { type ExplainedChat, explained } from '../../api/person-grounds.ts';
import { listChats } from '../../read/chat-list.ts';
import { type Html, html } from '../html.ts';
import { submitButton } from '../parts/button.ts';
import { textField } from '../parts/field.ts';
import { count } from '../parts/numbers.ts';

/** At most so many chats are explained. */
const EXPLAINED = 5;

interface Elsewhere {
  /** What was asked for; empty before somebody asks. */
  title: string;
  chats: readonly ExplainedChat[];
  /** How many further chats have such a name. */
  more: number;
  /** The people whom the answers name. */
  people: readonly string[];
}

/** Finds the chats of that name which the viewer may see, and why the person is not in them. */
export async function findElsewhere(
  ctx: Context,
  viewer: Viewer,
  person: PersonRow,
  title: string,
): Promise<Elsewhere> {
  if (title === '') return { title, chats: [], more: 0, people: [] };
  const db = ctx.db.of(viewer.schoolId);
  const { items, total } = await listChats(db, viewer, {
    ...{ title, page: 1, perPage: EXPLAINED, descending: false },
  });
  const stored = [];
  for (const { id } of items) stored.push(...(await listPersonChats(db, viewer, person.id, id)));
  const { chats, people } = await explained(ctx, viewer, person, stored);
  return { title, chats, more: total - items.length, people };
}

export function elsewherePart(personId: string, { title, chats, more }: Elsewhere): Html {
  return html`<section class="stack" aria-labelledby="elsewhere"><h2 id="elsewhere">Почему нет в чате</h2>
<form method="get" action="/people/${encodeURIComponent(personId)}#elsewhere" class="filters" role="search" aria-label="Почему нет в чате">${textField(
    { label: 'Наименование чата', name: 'title', value: title, maxLength: 200, required: true },
  )}<div class="filters-go">${submitButton({ label: 'Узнать' })}</div></form>${
    title === '' ? '' : answer(chats, more)
  }</section>`;
}

function answer(chats: readonly ExplainedChat[], more: number): Html {
  if (chats.length === 0) return html`<p>Чата с таким наименованием нет.</p>`;
  return html`<ul class="sheet padded stack">${chats.map(
    ({ chatId, title, isMember, why }) =>
      html`<li><a href="/manage/chats/${chatId}"><bdi>${title}</bdi></a>: ${
        isMember ? 'состоит в этом чате' : why.map(lowerFirst).join('; ')
      }.</li>`,
  )}</ul>${more > 0 ? html`<p class="muted">и ещё ${count(more)}: уточните название</p>` : ''}`;
}
