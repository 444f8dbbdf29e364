/** The Russian sentences of a chat's condition. Each says what is wrong and, where a person must act, what to do. */
import type { Failure } from './perform-steps.ts';

export const ACCOUNT_MESSAGES = {
  token: 'Ключ школы в Сферуме не действует: администратор сервера должен задать новый.',
  account: 'Учётная запись школы в Сферуме заблокирована: обратитесь к администратору сервера.',
};

export const RETRIES = {
  unavailable: 'Сферум не отвечает; попробуем ещё раз сами.',
  unexpected: 'Внутренняя ошибка; попробуем ещё раз сами.',
};

const ASIDE = {
  unexpected:
    'Внутренняя ошибка: чат отложен, позже попробуем ещё раз сами; сообщите администратору сервера.',
  'chat-lost':
    'Чат удалён в мессенджере или у школы нет прав в нём: удалите его здесь, и он будет создан заново.',
  'not-possible': 'Ключ школы не позволяет это сделать: администратор сервера должен проверить его права.',
  defect: 'Сферум не принял запрос: сообщите администратору сервера.',
  refused: 'Сферум отказал: сообщите администратору сервера.',
  unavailable: 'Сферум долго не отвечает по этому чату: он отложен, позже попробуем ещё раз сами.',
};

/** The reason why a chat is set aside. */
export type AsideReason = keyof typeof ASIDE;

/** Says why a chat is set aside, and what to do. */
export const asideMessage = (reason: AsideReason): string => ASIDE[reason];

/** A failed step concerns a person, the title or the link alone (D14). The chat's journal names the person. */
const STEPS: Partial<Record<Failure['step'], string>> = {
  rename: 'не принимает название – измените его',
  add: 'не добавляет участников – кого, видно в журнале чата',
  grant: 'не назначает администратора – назначьте его в VK Мессенджере',
  revoke: 'не снимает права администратора – снимите их в VK Мессенджере',
  remove: 'не исключает участников – исключите их в VK Мессенджере',
  'reset-link': 'не меняет ссылку-приглашение – смените её в VK Мессенджере',
  'invite-link': 'не даёт ссылку-приглашение',
};

/** Tells people in one sentence which steps failed. Null where only a read failed, which has no words for people. */
export function stepsMessage(failures: readonly Pick<Failure, 'step'>[]): string | null {
  const said = [...new Set(failures.map(({ step }) => STEPS[step]))].filter((words) => words !== undefined);
  return said.length === 0
    ? null
    : `Сферум ${said.join('; ')}. Остальное сделано; попробуем ещё раз сами, если повторится – сообщите администратору сервера.`;
}
