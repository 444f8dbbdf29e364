/** The old address of a deleted chat says who deleted it and when. */
import { z } from 'zod';
import { findGoneChat, type GoneChat } from '../../read/gone-chats.ts';
import { findNames } from '../../read/names.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { html } from '../html.ts';
import { type ConsoleContext, page } from '../page.ts';
import { linkButton } from '../parts/button.ts';
import { moment } from '../parts/numbers.ts';
import { isAdmin } from '../visitor.ts';

const STATUS_GONE = 410;

/** Null where the chat exists, never existed, or is hidden from this visitor. */
export async function goneChatOf(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
): Promise<(GoneChat & { by: string | null }) | null> {
  const visitor = c.get('visitor');
  const id = z.uuid().safeParse(c.req.param('id')).data;
  if (id === undefined || !isAdmin(visitor)) return null;
  const schoolId = visitor.school.id;
  const db = ctx.db.of(schoolId);
  const gone = await findGoneChat(db, schoolId, id);
  if (!gone) return null;
  const people = gone.authorId === null ? [] : [gone.authorId];
  const names = await findNames(
    db,
    { sees: 'school', schoolId },
    { people, classes: [], groups: [], orders: [] },
  );
  return { ...gone, by: gone.authorId === null ? null : names.person(gone.authorId) };
}

/** Answers 410 with who deleted the chat and when. */
export function goneChatPage(
  c: ConsoleContext,
  gone: GoneChat & { by: string | null },
): Response | Promise<Response> {
  const { school } = c.get('visitor');
  noteShown(c, school.id, []);
  return page({
    c,
    title: 'Чат удалён',
    section: 'manage',
    status: STATUS_GONE,
    crumbs: [{ label: 'Управление чатами', href: '/manage' }],
    body: html`<div class="explained"><p>«<bdi>${gone.title}</bdi>» удалён ${moment(gone.at, school.timeZone)}${
      gone.by ? html`. Кто удалил: <bdi>${gone.by}</bdi>` : ''
    }.</p><p>${
      gone.returns
        ? 'Следующая инициализация его типа создаст его снова, с новой перепиской.'
        : 'Инициализация его не вернёт.'
    }</p><div class="actions">${linkButton({ label: 'К списку чатов', href: '/manage' })}${linkButton({ label: 'Что с ним было', href: `/changes?chatId=${gone.id}` })}</div></div>`,
  });
}
