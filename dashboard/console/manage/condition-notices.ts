/** What a chat's condition and warnings mean, with what can be done about them, above its editor. */
import type { ChatItem } from '../../read/chat-list.ts';
import type { Content } from '../html.ts';
import { linkButton, postButton } from '../parts/button.ts';
import { notice } from '../parts/states.ts';

interface About {
  chat: ChatItem;
  may: { members: boolean; admins: boolean; delete: boolean };
  /** The operation that holds removals of this chat, for those who may decide. */
  heldBy: string | null;
}

export function conditionNotices(about: About): Content[] {
  return [...ofCondition(about), ...ofWarning(about)];
}

function ofCondition({ chat, may, heldBy }: About): Content[] {
  const { status, message } = chat.condition;
  switch (status) {
    case 'deleting':
      return [
        notice({
          kind: 'info',
          title: 'Чат удаляется',
          text: 'Ждём подтверждения Сферума. Изменить его уже нельзя.',
        }),
      ];
    case 'failing':
      return [
        notice({
          kind: 'bad',
          title: 'Не удаётся обновить чат в Сферуме',
          text: message ?? 'Повторяем сами.',
          ...(may.members
            ? {
                actions: postButton({
                  label: 'Попробовать ещё раз',
                  action: `/manage/chats/${chat.id}/try-again`,
                }),
              }
            : {}),
        }),
      ];
    case 'held':
      return [
        notice({
          kind: 'warn',
          title: 'Исключения из чата ждут решения',
          text: message ?? 'Решает администратор школы.',
          ...(heldBy
            ? {
                actions: linkButton({
                  label: 'Посмотреть и решить',
                  href: `/manage/operations/${heldBy}#held-${chat.id}`,
                }),
              }
            : {}),
        }),
      ];
    case 'archived':
      return [
        notice({
          kind: 'info',
          title: 'Чат в архиве',
          text: `Его класс или группа закончили работу. Новые люди в него не добавляются; выбывшие, отвязавшие профиль и посторонние исключаются и дальше. Переписка сохраняется.${may.delete ? ' Если чат больше не нужен, его можно удалить.' : ''}`,
        }),
      ];
    default:
      return [];
  }
}

function ofWarning({ chat, may }: About): Content[] {
  return [
    ...(chat.warning === 'no-own-admin'
      ? [
          notice({
            kind: 'warn',
            title: 'У чата нет своего администратора',
            text: may.admins
              ? 'Его заменяет администратор школы. Выберите участника и нажмите «Сделать администратором».'
              : 'Его заменяет администратор школы.',
          }),
        ]
      : []),
    ...(chat.warning === 'same-title'
      ? [
          notice({
            kind: 'warn',
            title: 'В школе есть ещё один чат с таким наименованием',
            text: 'Дайте одному из них другое наименование.',
          }),
        ]
      : []),
    ...(chat.warning === 'no-admin-in-sferum'
      ? [
          notice({
            kind: 'warn',
            title: 'В Сферуме у чата нет администратора',
            text: 'Управляет только учётная запись школы. Назначьте администратора в VK Мессенджере или сообщите администратору сервера.',
          }),
        ]
      : []),
    ...(chat.warning === 'nobody-to-administer'
      ? [
          notice({
            kind: 'warn',
            title: 'Чатом некому управлять',
            text: 'Назначьте администратора из участников чата.',
          }),
        ]
      : []),
  ];
}
