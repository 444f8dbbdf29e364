/** «Удалить» for several chats (G1): they are named and counted first, and confirmed by their number. */

import { forbidden, Refusal } from '../../../src/refusal.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { type ChatItem, listChats } from '../../read/chat-list.ts';
import { classTitlesOf } from '../../read/class-titles.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { STAFF, viewerIn } from '../visitor.ts';
import { type Chosen, chosenInQuery, chosenOf, NOTHING_CHOSEN } from './chosen.ts';
import { deletionQuestion } from './delete-many.ts';
import { deletableOf } from './list-rights.ts';
import { chats } from './words.ts';

/** The question before several chats are deleted, and the deletion. */
export function deleteManyRoutes(parts: ConsoleParts): void {
  const { ctx, commands, screens } = parts;
  screens.get('/manage/delete', STAFF, async (c) => {
    const chosen = chosenInQuery(c);
    if (chosen.chatIds.length === 0) return goTo(c, chosen.back, NOTHING_CHOSEN);
    if (chosen.chatIds.length === 1) return goTo(c, `/manage/chats/${chosen.chatIds[0]}/delete`);
    return show(parts, c, chosen, await findDeletable(parts, await viewerIn(ctx, c.get('visitor')), chosen));
  });

  screens.post('/manage/delete', STAFF, async (c) => {
    const { form, ...chosen } = await chosenOf(c);
    const viewer = await viewerIn(ctx, c.get('visitor'));
    const found = await findDeletable(parts, viewer, chosen);
    const n = found.length;
    if (n === 0) return goTo(c, chosen.back, NOTHING_CHOSEN);
    const typed = String(form.get('typed') ?? '').trim();
    const never = form.get('never') !== null;
    if (typed !== String(n))
      return show(parts, c, chosen, found, { typed, never, error: `Введите число ${n}.` });
    try {
      await commands.removeChats({
        ...{ viewer, by: authorOf(c.get('visitor').caller), recreate: !never },
        chatIds: found.map(({ id }) => id),
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      return show(parts, c, chosen, found, { typed, never, error: error.title });
    }
    return goTo(c, chosen.back, {
      ...{ kind: 'info', title: `Удаляем ${chats(n)}`, at: 'chosen' },
      text: 'Каждый исчезнет из списка, когда Сферум подтвердит удаление.',
    });
  });
}

/** The chosen chats that may be deleted and are not being deleted yet. Throws Refusal(403) where the viewer may delete none. */
async function findDeletable(
  { ctx }: ConsoleParts,
  viewer: Viewer,
  { chatIds }: Chosen,
): Promise<ChatItem[]> {
  const db = ctx.db.of(viewer.schoolId);
  const deletable = await deletableOf(db, viewer);
  const allowed = deletable === null ? chatIds : chatIds.filter((id) => deletable.has(id));
  if (allowed.length === 0) throw forbidden();
  const { items } = await listChats(db, viewer, {
    ...{ ids: allowed, descending: false, page: 1, perPage: allowed.length },
  });
  return items.filter(({ condition }) => condition.status !== 'deleting');
}

async function show(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  chosen: Chosen,
  found: readonly ChatItem[],
  refused?: { typed: string; never: boolean; error: string },
): Promise<Response> {
  const { id: schoolId } = c.get('visitor').school;
  const ids = found.map(({ id }) => id);
  const units = await classTitlesOf(ctx.db.of(schoolId), schoolId, ids);
  return page({
    c,
    title: `Удалить ${chats(found.length)}?`,
    section: 'manage',
    crumbs: [{ label: 'Управление чатами', href: chosen.back }],
    body: deletionQuestion(chosen, found, units, refused),
    styles: ['manage.css'],
    ...(refused ? { status: 422 as const } : {}),
  });
}
