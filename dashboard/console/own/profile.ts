import { CALLBACK_PATH } from '../../../src/profile/linking.ts';
import { Refusal } from '../../../src/refusal.ts';
import { findOwnChats } from '../../../src/store/queries/own-chats.ts';
import { forbidden } from '../../rights.ts';
import type { ConsoleParts } from '../console.ts';
import type { Flash } from '../flash.ts';
import { html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { linkButton } from '../parts/button.ts';
import { EVERYBODY } from '../visitor.ts';
import { unlinkButton, unlinkText } from './unlink.ts';

/** Linking by VK ID and unlinking (A2, A5–A7). Whatever happens there, one is back at «Чаты» and told so. */
export function profileRoutes({ screens, ctx, commands, linking }: ConsoleParts): void {
  screens.get('/profile/link', EVERYBODY, async (c) => c.redirect(await linking.start(personOf(c)), 303));

  screens.get(CALLBACK_PATH, EVERYBODY, async (c) => {
    const { state, code, device_id: deviceId, error } = c.req.query();
    if (error !== undefined) return goTo(c, '/', error === 'access_denied' ? CANCELLED : FAILED);
    if (!state || !code || !deviceId) return goTo(c, '/', FAILED);
    try {
      await linking.finish(personOf(c), { state, code, deviceId });
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return goTo(c, '/', told(refusal));
    }
    return goTo(c, '/', LINKED);
  });

  screens.get('/profile/unlink', EVERYBODY, async (c) => {
    const { schoolId, personId } = personOf(c);
    const { linked, chats } = await findOwnChats(ctx, schoolId, personId);
    if (!linked) return goTo(c, '/');
    return page({
      c,
      section: 'chats',
      title: 'Отменить привязку учебного профиля VK ID?',
      crumbs: [{ label: 'Чаты', href: '/' }],
      body: html`<div class="sheet padded">${unlinkText(chats.length)}<div class="actions">${unlinkButton()}${linkButton({ label: 'Отмена', href: '/' })}</div></div>`,
    });
  });

  screens.post('/profile/unlink', EVERYBODY, async (c) => {
    const gone = await commands.unlinkProfile(personOf(c));
    return goTo(c, '/', gone ? UNLINKED : undefined);
  });
}

/** Throws Refusal(403) for those the roster does not have. */
function personOf(c: ConsoleContext): { schoolId: string; personId: string } {
  const { personId, school } = c.get('visitor');
  if (personId === null) throw forbidden();
  return { schoolId: school.id, personId };
}

const LINKED: Flash = {
  kind: 'good',
  title: 'Профиль привязан',
  text: 'Вас добавляют в чаты Сферума: обычно это занимает меньше минуты.',
};
const UNLINKED: Flash = {
  kind: 'good',
  title: 'Привязка отменена',
  text: 'Вы выходите из школьных чатов в Сферуме. Вернуться можно в любое время: привяжите профиль снова.',
};
const CANCELLED: Flash = {
  kind: 'info',
  title: 'Вы не дали согласия в VK ID',
  text: 'Ничего не изменилось. Привязать профиль можно в любое время.',
};
const FAILED: Flash = {
  kind: 'warn',
  title: 'VK ID не завершил вход',
  text: 'Профиль не привязан. Попробуйте ещё раз.',
};

function told({ type, title }: Refusal): Flash {
  const advice: Record<string, string> = {
    'profile-taken':
      'Войдите в VK ID под своим профилем. Если чужой профиль привязан по ошибке, его владелец может отменить привязку у себя.',
    'linking-over': 'Нажмите «Привязать учебный профиль VK ID» ещё раз.',
    'vk-id-unavailable': 'Профиль не привязан. Попробуйте через несколько минут.',
  };
  return { kind: 'warn', title, ...(type in advice ? { text: advice[type]! } : {}) };
}
