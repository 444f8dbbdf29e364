import { plural } from '../../../src/text/plural.ts';
import { findOwnChats, type OwnChat } from '../../read/own-chats.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { nowRegion } from '../lessons/now.ts';
import { type ConsoleContext, page } from '../page.ts';
import { linkButton, postButton } from '../parts/button.ts';
import { chatTypeTag } from '../parts/chat-type.ts';
import { state } from '../parts/condition.ts';
import { count, counted } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import { EVERYBODY, type Visitor } from '../visitor.ts';
import { UNLINK_DIALOG, unlinkDialog } from './unlink.ts';

/** «Чаты» (A1–A8): everybody's first screen. */
export function ownChatsRoutes({ screens, ctx }: ConsoleParts): void {
  screens.get('/', EVERYBODY, async (c) => {
    const visitor = c.get('visitor');
    if (visitor.personId === null) return strangerPage(c, visitor);
    const { linked, chats } = await findOwnChats(ctx, visitor.school.id, visitor.personId);
    const body = linked ? linkedBody(chats) : unlinkedBody(chats, visitor);
    const now = await nowRegion(ctx, visitor);
    return page({
      c,
      section: 'chats',
      title: 'Чаты',
      ...(linked ? { subtitle: 'Ваша учётная запись связана с учебным профилем Сферума' } : {}),
      actions: pageActions(visitor, linked, c.get('frame').messengerUrl),
      body: html`${now?.region ?? ''}${body}`,
      ...(now
        ? { styles: ['lessons.css'], scripts: ['lessons.js'], refreshSeconds: now.refreshSeconds }
        : {}),
    });
  });
}

function pageActions(visitor: Visitor, linked: boolean, messengerUrl: string): Html {
  const manage = visitor.staff ? linkButton({ label: 'Управление чатами', href: '/manage' }) : '';
  if (!linked) return html`${manage}`;
  const unlink = linkButton({
    label: 'Отменить привязку учебного профиля VK ID',
    href: '/profile/unlink',
    opens: UNLINK_DIALOG,
  });
  return html`${linkButton({ label: 'Перейти в VK Мессенджер', href: messengerUrl, kind: 'primary', external: true })}${manage}${unlink}`;
}

function linkedBody(chats: readonly OwnChat[]): Html {
  if (chats.length === 0) {
    const text = 'Они появятся сами, когда школа создаст чаты вашего класса, группы или Учительскую.';
    return html`${emptyState({ title: 'Чатов пока нет', text })}${unlinkDialog(0)}`;
  }
  return html`<h2 class="unseen">Ваши чаты</h2><ul class="chats">${chats.map((chat) => card(chat, true))}</ul>${unlinkDialog(chats.length)}`;
}

function unlinkedBody(chats: readonly OwnChat[], { name, description }: Visitor): Html {
  const account = [name, description].filter(Boolean).join(', ');
  return html`<section class="sheet welcome" aria-labelledby="link-title">
<h2 id="link-title">Чтобы переписываться в школьных чатах, нужен учебный профиль</h2>
<p>Привяжите его один раз: войдите в VK ID или зарегистрируйтесь по номеру телефона. Страница ВКонтакте для этого не нужна. Отменить привязку можно в любое время.</p>
<p>Профиль будет привязан к учётной записи: <b>${account}</b>.</p>
${postButton({ label: 'Привязать учебный профиль VK ID', action: '/profile/link', kind: 'primary' })}
</section>${
    chats.length > 0
      ? html`<h2>После привязки вас ${plural(chats.length, 'ждёт', 'ждут', 'ждут')} ${counted(chats.length, 'чат', 'чата', 'чатов')}</h2>
<ul class="chats">${chats.map((chat) => card(chat, false))}</ul>`
      : NOTHING
  }`;
}

function card(chat: OwnChat, linked: boolean): Html {
  const admins = chat.admins.map((admin) => admin.name).join(', ');
  return html`<li class="sheet chat"><div class="title"><h3>${chat.title}</h3>${chatTypeTag(chat.type)}</div>
<p>Администраторы чата: ${admins || 'не назначены'}</p>
<div class="foot"><span>Участников чата: ${count(chat.memberCount)}</span>${linked ? whereabouts(chat) : ''}</div>${
    chat.inviteLink
      ? html`<div class="actions">${linkButton({ label: 'Войти в чат', href: chat.inviteLink, external: true })}</div>`
      : ''
  }</li>`;
}

/** Says why the person is not in the chat in Sferum, and what they can do. Where all is well it says nothing. */
function whereabouts(chat: OwnChat): Html {
  switch (chat.sferumState) {
    case 'in':
      return NOTHING;
    case 'waiting':
      return state('warn', 'примите приглашение в VK Мессенджере');
    case 'refused':
      return state('bad', 'настройки VK не дают вас добавить');
    case 'left':
      return state('calm', 'вы вышли из чата');
    case null:
      return chat.archived
        ? state('calm', 'в архиве')
        : state('calm', chat.inviteLink ? 'войдите по ссылке' : 'вас добавляют');
  }
}

/** The page of an operator, or of an administrator whom the roster does not have. Neither can have chats. */
function strangerPage(c: ConsoleContext, visitor: Visitor): Response | Promise<Response> {
  return page({
    c,
    section: 'chats',
    title: 'Чаты',
    body: emptyState({
      title: 'Своих чатов у вас нет',
      text: 'Вас нет в списках школы, поэтому и в чаты вы не входите.',
      ...(visitor.staff
        ? { actions: linkButton({ label: 'Управление чатами', href: '/manage', kind: 'primary' }) }
        : {}),
    }),
  });
}
