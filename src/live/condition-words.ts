/** What a chat's condition says to people (Russian): what stands in the way, and what to do where somebody must. */
import type { Failure } from './perform-steps.ts';

export const ACCOUNT_MESSAGES = {
  token: 'Токен школы в Сферуме не действует: администратор сервера должен задать новый.',
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
  'not-possible': 'Токен школы не позволяет это сделать: администратор сервера должен проверить его права.',
  defect: 'Сферум не принял запрос: сообщите администратору сервера.',
  refused: 'Сферум отказал: сообщите администратору сервера.',
  unavailable: 'Сферум долго не отвечает по этому чату: он отложен, позже попробуем ещё раз сами.',
};

/** Why a chat is set aside. */
export type AsideReason = keyof typeof ASIDE;

export const asideMessage = (reason: AsideReason): string => ASIDE[reason];

/** D14: each concerns a person, the title or the link; of whom it is, stands in the chat's journal. */
const STEPS: Partial<Record<Failure['step'], string>> = {
  rename: 'не принимает название – измените его',
  add: 'не добавляет участников – кого, видно в журнале чата',
  grant: 'не назначает администратора – назначьте его в VK Мессенджере',
  revoke: 'не снимает права администратора – снимите их в VK Мессенджере',
  remove: 'не исключает участников – исключите их в VK Мессенджере',
  'reset-link': 'не меняет ссылку-приглашение – смените её в VK Мессенджере',
  'invite-link': 'не даёт ссылку-приглашение',
};

/** One sentence about all that failed while everything else was done. Null: nothing that people could name. */
export function stepsMessage(failures: readonly Pick<Failure, 'step'>[]): string | null {
  const said = [...new Set(failures.map(({ step }) => STEPS[step]))].filter((words) => words !== undefined);
  return said.length === 0
    ? null
    : `Сферум ${said.join('; ')}. Остальное сделано; попробуем ещё раз сами, если повторится – сообщите администратору сервера.`;
}
