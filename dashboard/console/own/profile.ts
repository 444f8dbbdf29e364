import { CALLBACK_PATH, type Question } from '../../../src/profile/linking.ts';
import { forbidden, Refusal } from '../../../src/refusal.ts';
import { findOwnChats } from '../../read/own-chats.ts';
import type { ConsoleParts } from '../console-parts.ts';
import type { Flash } from '../flash.ts';
import { formOf } from '../form.ts';
import { html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { linkButton, postButton } from '../parts/button.ts';
import { EVERYBODY } from '../visitor.ts';
import { unlinkButton, unlinkText } from './unlink.ts';

/**
 * Linking by VK ID and unlinking (A2, A5–A7). Whatever happens there, the person comes back to «Чаты» and is told the
 * result.
 */
export function profileRoutes(parts: ConsoleParts): void {
  linkingRoutes(parts);
  unlinkingRoutes(parts);
}

/**
 * A linking starts by a POST, comes back to a question and is confirmed by another POST. So no link, and no page of
 * another site, can link anybody.
 */
function linkingRoutes({ screens, linking }: ConsoleParts): void {
  screens.post('/profile/link', EVERYBODY, async (c) => {
    const url = await linking.start(personOf(c));
    // A redirect will not do, because `form-action` would have to name every host that VK ID goes on to.
    c.header('Refresh', `0; url=${url}`);
    return page({
      c,
      section: 'chats',
      title: 'Переход в VK ID',
      body: html`<div class="explained"><p>Сейчас откроется страница VK ID. Если она не открылась, нажмите кнопку.</p><div class="actions">${linkButton({ label: 'Открыть VK ID', href: url, kind: 'primary' })}</div></div>`,
    });
  });

  screens.get(CALLBACK_PATH, EVERYBODY, async (c) => {
    const { state, code, device_id: deviceId, error } = c.req.query();
    if (error !== undefined) return goTo(c, '/', error === 'access_denied' ? CANCELLED : FAILED);
    if (!state || !code || !deviceId) return goTo(c, '/', FAILED);
    return toldOf(c, async () => {
      await linking.receive(personOf(c), { state, code, deviceId });
      return goTo(c, CONFIRM_PATH);
    });
  });

  screens.get(CONFIRM_PATH, EVERYBODY, async (c) => {
    const question = await linking.question(personOf(c));
    return question ? questionPage(c, question) : goTo(c, '/');
  });

  screens.post(CONFIRM_PATH, EVERYBODY, async (c) =>
    toldOf(c, async () => {
      await linking.confirm(personOf(c), await linkingOf(c));
      return goTo(c, '/', LINKED);
    }),
  );

  screens.post('/profile/decline', EVERYBODY, async (c) => {
    await linking.decline(personOf(c), await linkingOf(c));
    return goTo(c, '/', DECLINED);
  });
}

/** Gives the linking that a form answers for, because a person may have begun several. */
async function linkingOf(c: ConsoleContext): Promise<string> {
  return String((await formOf(c)).get('linking') ?? '');
}

async function toldOf(c: ConsoleContext, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return goTo(c, '/', told(refusal));
  }
}

function questionPage(c: ConsoleContext, { id, profile }: Question): Response | Promise<Response> {
  const { name, description, school } = c.get('visitor');
  const number = `VK ID ${profile.vkUserId}`;
  const whose = profile.name === '' ? number : `«${profile.name}» (${number})`;
  const fields = { linking: id };
  return page({
    c,
    section: 'chats',
    title: `Привязать профиль ${whose} к учётной записи «${name}»?`,
    crumbs: [{ label: 'Чаты', href: '/' }],
    body: html`<div class="sheet padded"><p>Учётная запись: ${[name, description, school.name].filter(Boolean).join(', ')}.</p>
<p>Школьные чаты откроются тому, кто пользуется этим профилем VK. Если он не ваш, нажмите «Не привязывать» и войдите в VK ID под своим.</p>
<div class="actions">${postButton({ label: 'Привязать', action: CONFIRM_PATH, kind: 'primary', fields })}${postButton({ label: 'Не привязывать', action: '/profile/decline', fields })}</div></div>`,
  });
}

function unlinkingRoutes({ screens, ctx, commands }: ConsoleParts): void {
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

/**
 * Gives the visitor as a person of the school.
 * @throws Refusal(403) where the roster does not have them
 */
function personOf(c: ConsoleContext): { schoolId: string; personId: string } {
  const { personId, school } = c.get('visitor');
  if (personId === null) throw forbidden();
  return { schoolId: school.id, personId };
}

const CONFIRM_PATH = '/profile/confirm';

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
const UNCHANGED = 'Ничего не изменилось. Привязать профиль можно в любое время.';
const CANCELLED: Flash = {
  kind: 'info',
  title: 'Вы не дали согласия в VK ID',
  text: UNCHANGED,
};
const DECLINED: Flash = {
  kind: 'info',
  title: 'Профиль не привязан',
  text: UNCHANGED,
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
    'linking-used': 'Если профиль не привязан, нажмите «Привязать учебный профиль VK ID» ещё раз.',
    'linking-of-another':
      'Профиль не привязан ни к кому. Войдите из «Сетевого города» под своим именем и начните привязку сами.',
    'vk-id-unavailable': 'Профиль не привязан. Попробуйте через несколько минут.',
  };
  const text = advice[type];
  return { kind: 'warn', title, ...(text ? { text } : {}) };
}
