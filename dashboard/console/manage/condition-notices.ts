/** What a chat's condition and warnings mean, with what can be done about them, above its editor. */
import type { ApprovedChat } from '../../read/approved-chats.ts';
import type { ChatItem } from '../../read/chat-list.ts';
import type { ChatWarning } from '../../read/chat-warning.ts';
import { type Content, html } from '../html.ts';
import { linkButton, postButton } from '../parts/button.ts';
import type { SchoolNow } from '../parts/condition.ts';
import { countdown } from '../parts/countdown.ts';
import { notice } from '../parts/states.ts';

interface About {
  chat: ChatItem;
  may: { members: boolean; admins: boolean; delete: boolean };
  /** The operation that holds removals of this chat, for those who may decide. */
  heldBy: string | null;
  /** The approval of that, which can be taken back, for them too. */
  approved: ApprovedChat | null;
  now: SchoolNow;
}

/** The notices of a chat: of its condition first, then of its warning. */
export function conditionNotices(about: About): Content[] {
  return [...ofCondition(about), ...ofWarning(about)];
}

function ofCondition(about: About): Content[] {
  switch (about.chat.condition.status) {
    case 'deleting':
      return [
        notice({
          kind: 'info',
          title: 'Чат удаляется',
          text: 'Ждём подтверждения Сферума. Изменить его уже нельзя.',
        }),
      ];
    case 'failing':
      return [failing(about)];
    case 'held':
      return [held(about)];
    case 'archived':
      return [archived(about)];
    default:
      return [];
  }
}

function failing({ chat, may }: About): Content {
  const again = { label: 'Попробовать ещё раз', action: `/manage/chats/${chat.id}/try-again` };
  return notice({
    kind: 'bad',
    title: 'Не удаётся обновить чат в Сферуме',
    text: chat.condition.message ?? 'Повторяем сами.',
    ...(may.members ? { actions: postButton(again) } : {}),
  });
}

function held({ chat, heldBy, approved, now }: About): Content {
  if (approved) {
    return notice({
      kind: 'warn',
      title: 'Исключения из чата подтверждены',
      text: html`Начнём ${countdown(approved.actsAt, now.nowMs)}.`,
      actions: postButton({
        ...{
          label: 'Отменить',
          action: `/manage/operations/${approved.operationId}/take-back`,
          kind: 'primary',
        },
        fields: { approval: approved.approvalId },
      }),
    });
  }
  const href = `/manage/operations/${heldBy}#held-${chat.id}`;
  return notice({
    kind: 'warn',
    title: 'Исключения из чата ждут решения',
    text: chat.condition.message ?? 'Решает администратор школы.',
    ...(heldBy ? { actions: linkButton({ label: 'Посмотреть и решить', href }) } : {}),
  });
}

function archived({ may }: About): Content {
  return notice({
    kind: 'info',
    title: 'Чат в архиве',
    text: `Его класс или группа закончили работу. Новые люди в него не добавляются; выбывшие, отвязавшие профиль и посторонние исключаются и дальше. Переписка сохраняется.${may.delete ? ' Если чат больше не нужен, его можно удалить.' : ''}`,
  });
}

const WARNINGS: Readonly<Record<Exclude<ChatWarning, 'no-own-admin'>, { title: string; text: string }>> = {
  'same-title': {
    title: 'В школе есть ещё один чат с таким наименованием',
    text: 'Дайте одному из них другое наименование.',
  },
  'no-admin-in-sferum': {
    title: 'В Сферуме у чата нет администратора',
    text: 'Управляет только учётная запись школы. Назначьте администратора в VK Мессенджере или сообщите администратору сервера.',
  },
  'nobody-to-administer': {
    title: 'Чатом некому управлять',
    text: 'Назначьте администратора из участников чата.',
  },
};

function ofWarning({ chat, may }: About): Content[] {
  const { warning } = chat;
  if (warning === null) return [];
  if (warning === 'no-own-admin') {
    const advice = may.admins ? ' Выберите участника и нажмите «Сделать администратором».' : '';
    const text = `Его заменяет администратор школы.${advice}`;
    return [notice({ kind: 'warn', title: 'У чата нет своего администратора', text })];
  }
  return [notice({ kind: 'warn', ...WARNINGS[warning] })];
}
