import { type Html, html } from '../html.ts';
import { postButton } from '../parts/button.ts';
import { dialog } from '../parts/dialog.ts';
import { counted } from '../parts/numbers.ts';

export const UNLINK_DIALOG = 'unlink';

/** Asks before unlinking, because that takes the person out of every chat (A5). */
export function unlinkDialog(chats: number): Html {
  return dialog({
    id: UNLINK_DIALOG,
    title: 'Отменить привязку учебного профиля VK ID?',
    body: unlinkText(chats),
    actions: unlinkButton(),
  });
}

/** Says what unlinking does. `chats`: how many chats the person is in. */
export function unlinkText(chats: number): Html {
  const where = chats > 0 ? ` (${counted(chats, 'чат', 'чата', 'чатов')})` : '';
  return html`<p>Вы выйдете из всех школьных чатов в Сферуме${where}. Переписка останется у других участников.</p>
<p class="muted">Если привязать профиль снова, вы вернётесь во все свои чаты.</p>`;
}

/** The button that confirms unlinking. */
export function unlinkButton(): Html {
  return postButton({ label: 'Отменить привязку', action: '/profile/unlink', kind: 'danger' });
}
