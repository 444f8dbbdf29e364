/** What pages of all schools say of a school (K1). */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/clock.ts';
import type { SchoolItem, SchoolState } from '../../read/schools.ts';
import { type Html, html } from '../html.ts';
import { state, type Tone } from '../parts/condition.ts';
import { count } from '../parts/numbers.ts';

/** The filter's words, in the order of the states. */
export const STATE_FILTERS: Readonly<Record<SchoolState, string>> = {
  broken: 'Не обновляются',
  failing: 'Не удаётся',
  held: 'Ждут решения',
  behind: 'Отстают',
  overdue: 'Старые списки',
  paused: 'На паузе',
  fine: 'В порядке',
};

const STATES: Readonly<Record<SchoolState, readonly [Tone, string]>> = {
  broken: ['bad', 'не обновляется'],
  failing: ['bad', 'не удаётся'],
  held: ['warn', 'ждёт решения'],
  behind: ['warn', 'отстаёт'],
  overdue: ['warn', 'старые списки'],
  paused: ['calm', 'пауза'],
  fine: ['calm', 'в порядке'],
};
const UNCONNECTED = 'sferum-not-connected';

const REASONS: Readonly<Record<string, string>> = {
  token: 'ключ не принят',
  account: 'учётная запись заблокирована',
  'restore-unconfirmed': 'сверка после восстановления',
  'replacement-unconfirmed': 'замена учётной записи',
  'chat-lost': 'чат удалён в мессенджере',
  'not-possible': 'ключу не хватает прав',
  defect: 'Сферум не принял запрос',
  refused: 'Сферум отказал',
  unavailable: 'Сферум не отвечает',
  unexpected: 'внутренняя ошибка',
  'sferum-not-connected': 'нет ключа',
  'sferum-account-broken': 'ключ не принят',
  'roster-import': 'списки из СГО',
  initialization: 'инициализация',
  events: 'изменения из СГО',
  drift: 'сверка со Сферумом',
  'delete-chat': 'удаление чата',
  undo: 'отмена',
  'account-replacement': 'замена учётной записи',
  'class-match': 'классы под новыми номерами',
  adoption: 'сверка после восстановления',
  'roster-old': 'нет больше полутора суток',
  'roster-never': 'не приходили',
};

/** The state in one word, with its reason below. */
export function schoolState({ state: is, reason }: Pick<SchoolItem, 'state' | 'reason'>): Html {
  const [tone, word] = reason === UNCONNECTED ? (['warn', 'не подключена'] as const) : STATES[is];
  const why = reason === null || reason === UNCONNECTED ? undefined : REASONS[reason];
  return html`<div>${state(tone, word)}${why ? html`<span class="muted small why">${why}</span>` : ''}</div>`;
}

/** The school's key for Sferum. */
export function keyState({ account, reason }: Pick<SchoolItem, 'account' | 'reason'>): Html {
  if (account === 'ok') return html`<span class="muted">принят</span>`;
  if (account === null) return html`<span class="muted">нет</span>`;
  return reason?.endsWith('-unconfirmed') ? state('warn', 'ждёт подтверждения') : state('bad', 'не принят');
}

/** An empty cell. On a phone its line is left out. */
export const NONE: Html = html`<span class="muted none">–</span>`;

/** How long ago an instant was, or how long something waits: «40 с», «20 мин», «6 ч 12 мин», «3 дн.». */
export function span(ms: number): string {
  const whole = (unitMs: number) => Math.floor(Math.max(0, ms) / unitMs);
  if (ms < MINUTE_MS) return `${whole(1000)}\u00a0с`;
  if (ms < HOUR_MS) return `${whole(MINUTE_MS)}\u00a0мин`;
  if (ms >= 2 * DAY_MS) return `${count(whole(DAY_MS))}\u00a0дн.`;
  const minutes = whole(MINUTE_MS) % 60;
  return `${whole(HOUR_MS)}\u00a0ч${minutes > 0 ? `\u00a0${minutes}\u00a0мин` : ''}`;
}
