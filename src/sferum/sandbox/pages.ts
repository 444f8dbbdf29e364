import { Hono } from 'hono';
import { html } from 'hono/html';
import type { SandboxWorld } from './sandbox-world.ts';

type Content = ReturnType<typeof html>;

/** The sandbox's own plain page. It says that nothing here is real. */
export const page = (title: string, content: Content) => html`<!doctype html>
<html lang="ru">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 2rem auto; padding: 0 1rem; color: #1a1d21; }
.note { color: #5c6370; font-size: .875rem; }
fieldset { border: 1px solid #c9ced6; border-radius: 8px; max-height: 20rem; overflow: auto; }
label { display: block; padding: .25rem 0; }
input[type=text] { font: inherit; padding: .375rem .5rem; width: 14rem; }
button { font: inherit; padding: .5rem 1rem; margin: 1rem .5rem 0 0; }
</style>
</head>
<body>
<h1>${title}</h1>
${content}
<p class="note">Учебный Сферум: в VK ничего не отправляется.</p>
</body>
</html>`;

const notFound = (text: string) => page('Ссылка не работает', html`<p>${text}</p>`);

/** The pages that call links and invite links lead to. */
export function linkPages(world: SandboxWorld): Hono {
  const app = new Hono();
  app.get('/call/join/:code', (c) => {
    const code = c.req.param('code');
    const call = world.calls.values().find((candidate) => candidate.code === code);
    if (!call) return c.html(notFound('Такого звонка нет.'), 404);
    return c.html(
      call.ended
        ? page('Звонок завершён', html`<p>Звонок закончился для всех участников.</p>`)
        : page('Звонок Сферума', html`<p>Звонок идёт. Здесь был бы видеозвонок.</p>`),
    );
  });
  app.get('/join/:code', (c) => {
    const chat = world.chatByInvite(c.req.param('code'));
    if (!chat) return c.html(notFound('Ссылку-приглашение сбросили, или её не было.'), 404);
    return c.html(
      page(
        'Приглашение в чат',
        html`<p>Чат «${chat.title}», участников: ${chat.members.size}.</p>
<form method="post"><label>Ваш идентификатор VK <input type="text" name="user_id" inputmode="numeric" required
  pattern="[0-9]{1,16}"></label><button>Войти в чат</button></form>`,
      ),
    );
  });
  app.post('/join/:code', async (c) => {
    const user = Number((await c.req.parseBody()).user_id);
    if (!world.accounts.isUser(user)) return c.html(notFound('Такого пользователя нет.'), 400);
    if (!world.enterByLink(c.req.param('code'), user))
      return c.html(notFound('Ссылку-приглашение сбросили.'), 404);
    return c.html(page('Вы в чате', html`<p>Готово.</p>`));
  });
  return app;
}
