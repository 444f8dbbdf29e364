import { Hono } from 'hono';
import { html } from 'hono/html';
import { isAdminOf } from './chat.ts';
import { page } from './pages.ts';
import type { SandboxWorld } from './sandbox-world.ts';

/** The page that «Перейти в VK Мессенджер» leads to: the chats of a profile, as a person would find them there. */
export function messengerPage(world: SandboxWorld): Hono {
  const app = new Hono();
  app.get('/messenger', (c) => {
    const user = Number(c.req.query('user'));
    const ask = html`<form><label>Идентификатор VK <input type="text" name="user" value="${c.req.query('user') ?? ''}"
 inputmode="numeric" required pattern="[0-9]{1,16}"></label><button>Войти</button></form>`;
    if (!world.accounts.isUser(user)) return c.html(page('VK Мессенджер', ask));
    const chats = [...world.chats.values()].filter((chat) => chat.members.has(user));
    const collator = new Intl.Collator('ru', { numeric: true });
    chats.sort((a, b) => collator.compare(a.title, b.title));
    return c.html(
      page(
        'VK Мессенджер',
        html`${ask}<p>Чатов: ${chats.length}</p><ul>${chats.map(
          (chat) =>
            html`<li>${chat.title} – участников: ${chat.members.size}${isAdminOf(chat, user) ? ', вы администратор' : ''}${
              chat.members.get(user)?.isRequest ? ', ждёт вашего согласия' : ''
            }</li>`,
        )}</ul>`,
      ),
    );
  });
  return app;
}
