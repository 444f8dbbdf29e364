/** Why Sferum does not take a person in (J8), for people. */
const REFUSED: Readonly<Record<string, string>> = {
  privacy: 'настройки VK не дают добавить в чат',
  blocked: 'профиль VK закрыл доступ учётной записи школы',
  'chat-full': 'в чате нет места',
  'unknown-profile': 'такого профиля VK нет',
  unavailable: 'Сферум не отвечает, попробуем ещё раз сами',
};

/** Gives the words for the reason that stands in `sferum_member.reason`. */
export function refusedText(reason: string | null): string {
  return REFUSED[reason ?? ''] ?? 'добавить в Сферуме нельзя';
}
