/** What follows when a meeting's step fails: when to try again, and what the teacher is told. Pure. */
import { NOT_CONNECTED_WORDS, NotConnected } from '../live/accounts.ts';
import type { SferumError } from '../sferum/gateway.ts';

const FIRST_RETRY_MS = 1_000;
/** Lessons are short, so no try waits longer than this. */
const LONGEST_RETRY_MS = 30_000;
const ATTEMPTS_UNTIL_FAILING = 4;

export interface Condition {
  status: 'synced' | 'behind' | 'failing';
  reason: string | null;
  message: string | null;
}

export const NO_TROUBLE: Condition = { status: 'synced', reason: null, message: null };

interface Trouble {
  retryAfterMs: number;
  condition: Condition;
}

/** `attempts`: how often the step failed in a row, this time included. */
export function troubleOf(error: SferumError | NotConnected, attempts: number): Trouble {
  const backoffMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
  const failing = (reason: string): Trouble => ({
    retryAfterMs: LONGEST_RETRY_MS,
    condition: { status: 'failing', reason, message: messageOf(reason) },
  });
  if (error instanceof NotConnected) return failing(error.code);
  switch (error.kind) {
    case 'slow-down':
      return {
        retryAfterMs: Math.min(error.retryAfterMs ?? LONGEST_RETRY_MS, LONGEST_RETRY_MS),
        condition: { status: 'behind', reason: 'slow-down', message: messageOf('slow-down') },
      };
    case 'never-ran':
    case 'unknown':
      return {
        retryAfterMs: backoffMs,
        condition: {
          status: attempts >= ATTEMPTS_UNTIL_FAILING ? 'failing' : 'behind',
          reason: 'unavailable',
          message: messageOf('unavailable'),
        },
      };
    default:
      return failing(error.kind);
  }
}

const MESSAGES: Readonly<Record<string, string>> = {
  'slow-down': 'Сферум просит подождать: звонок будет создан, как только он разрешит.',
  unavailable: 'Сферум не отвечает: попробуем ещё раз сами.',
  token: 'Ключ школы для звонков не действует: администратор сервера должен задать новый.',
  account: 'Учётная запись школы в Сферуме заблокирована: обратитесь к администратору сервера.',
  'not-possible':
    'Школа подключена к Сферуму без права на звонки: администратор сервера должен задать ключ пользователя.',
  ...NOT_CONNECTED_WORDS,
};
const DEFECT = 'Сферум не принял запрос: сообщите администратору сервера.';

function messageOf(reason: string): string {
  return MESSAGES[reason] ?? DEFECT;
}
