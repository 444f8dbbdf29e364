/** «Удалить» (G1): a person confirms by typing the chat's name, because it cannot be undone. */

import { forbidden, Refusal } from '../../../src/refusal.ts';
import { plural } from '../../../src/text/plural.ts';
import { isTypedAs } from '../../../src/text/title-key.ts';
import type { ChatItem } from '../../read/chat-list.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf } from '../form.ts';
import { type Html, html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { checkField, textField } from '../parts/field.ts';
import { STAFF } from '../visitor.ts';
import { type Desk, deskOf } from './desk.ts';
import { people } from './words.ts';

/** The question before a deletion, and the deletion. */
export function deleteRoutes({ ctx, commands, screens }: ConsoleParts): void {
  screens.get('/manage/chats/:id/delete', STAFF, async (c) => show(c, deletable(await deskOf(ctx, c))));

  screens.post('/manage/chats/:id/delete', STAFF, async (c) => {
    const desk = deletable(await deskOf(ctx, c));
    const body = await formOf(c);
    const typed = String(body.get('title') ?? '');
    if (!isTypedAs(typed, desk.chat.title)) {
      const error = 'Название не совпадает. Введите его так, как оно написано выше.';
      return show(c, desk, { error, typed, never: body.get('never') !== null });
    }
    try {
      await commands.removeChats({
        viewer: desk.viewer,
        by: authorOf(c.get('visitor').caller),
        chatIds: [desk.chat.id],
        recreate: body.get('never') === null,
      });
    } catch (error) {
      if (error instanceof Refusal && error.status === 409) {
        return show(c, desk, { error: error.title, typed, never: body.get('never') !== null });
      }
      throw error;
    }
    return goTo(c, '/manage', {
      kind: 'info',
      title: `Чат «${desk.chat.title}» удаляется`,
      text: 'Он исчезнет из списка, когда Сферум подтвердит удаление.',
    });
  });
}

function deletable(desk: Desk): Desk {
  if (!desk.may.delete) throw forbidden();
  return desk;
}

interface Refused {
  error: string;
  typed: string;
  never: boolean;
}

function show(c: ConsoleContext, { chat }: Desk, refused?: Refused): Response | Promise<Response> {
  return page({
    c,
    title: 'Удалить чат?',
    section: 'manage',
    crumbs: [{ label: 'Управление чатами', href: '/manage' }],
    body: chat.condition.status === 'deleting' ? already(chat) : ask(chat, refused),
    styles: ['manage.css'],
    ...(refused ? { status: 422 as const } : {}),
  });
}

function already({ title }: ChatItem): Html {
  return html`<section class="panel ask"><p>Чат «<bdi>${title}</bdi>» уже удаляется: ждём подтверждения Сферума.</p>
<div class="actions">${linkButton({ label: 'К списку чатов', href: '/manage' })}</div></section>`;
}

function ask(chat: ChatItem, refused: Refused | undefined): Html {
  return html`<form method="post" action="/manage/chats/${chat.id}/delete" class="panel ask">
<p class="subject-of"><bdi>${chat.title}</bdi></p>
<p>Чат удаляется из СГО и из Сферума без возможности восстановления: ${people(chat.memberCount)} ${plural(chat.memberCount, 'потеряет', 'потеряют', 'потеряют')} доступ к переписке.</p>
${textField({ label: 'Введите наименование чата', name: 'title', required: true, ...(refused ? { error: refused.error, value: refused.typed } : {}) })}
${
  chat.origin === 'automatic'
    ? html`<div>${checkField({ label: 'Не создавать снова', name: 'never', checked: refused?.never ?? false })}<p class="hint">Без этой отметки чат вернётся при следующей инициализации его типа, с новой перепиской.</p></div>`
    : ''
}
<div class="actions">${submitButton({ label: 'Удалить', kind: 'danger' })}${linkButton({ label: 'Отмена', href: '/manage' })}</div></form>`;
}
