import { type Html, html } from '../html.ts';
import { countdown } from './countdown.ts';
import { moment } from './numbers.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'calm';

/** Shows a state as a word with a dot. The colour repeats the word and never says more. */
export function state(tone: Tone, word: string, detail?: string | null): Html {
  return html`<span class="state ${tone}"${detail ? html` title="${detail}"` : ''}>${word}</span>`;
}

const CONDITIONS = {
  synced: ['good', 'актуален'],
  behind: ['calm', 'обновляется'],
  held: ['warn', 'ждёт решения'],
  failing: ['bad', 'не удаётся'],
  archived: ['calm', 'в архиве'],
  deleting: ['calm', 'удаляется'],
} as const satisfies Record<string, readonly [Tone, string]>;

type ConditionStatus = keyof typeof CONDITIONS;

/** Shows a chat's condition (B2). `message` says what is wrong and what to do. */
function condition(chat: { status: ConditionStatus; message: string | null }): Html {
  const [tone, word] = CONDITIONS[chat.status];
  return state(tone, word, chat.message);
}

/** A condition in a word, as its dot says it. */
export function conditionWord(status: ConditionStatus): string {
  return CONDITIONS[status][1];
}

/** The conditions as a filter offers them. */
export const CONDITION_OPTIONS = Object.entries(CONDITIONS).map(([value, [, label]]) => ({ value, label }));

/** These conditions are true only while Sferum can be asked. */
const DEPENDS_ON_SFERUM: readonly ConditionStatus[] = ['synced', 'behind'];

/** The state of the school that decides how a chat's condition is shown. */
export interface SchoolNow {
  /**
   * True while nothing may go to Sferum. A condition that depends on Sferum is then unknown, and is dated by the chat's
   * last look.
   */
  isAway: boolean;
  timeZone: string;
  /** Chats whose held removals are approved and about to be done, by their ids. */
  approved: ReadonlyMap<string, { actsAt: string }>;
  nowMs: number;
}

/** Shows a chat's condition as it is in its school now. `seenAt`: an instant; null where it is not known for sure. */
export function datedCondition(
  id: string,
  chat: { status: ConditionStatus; message: string | null; seenAt: string | null },
  { isAway, timeZone, approved, nowMs }: SchoolNow,
): Html {
  const approval = chat.status === 'held' ? approved.get(id) : undefined;
  if (approval) {
    return html`${state('warn', 'решено')} <span class="dated muted small">исключим ${countdown(approval.actsAt, nowMs)}</span>`;
  }
  if (!isAway || !DEPENDS_ON_SFERUM.includes(chat.status)) return condition(chat);
  const when = chat.seenAt === null ? 'сверить не успели' : html`сверено в ${moment(chat.seenAt, timeZone)}`;
  return html`${state('calm', 'неизвестно')} <span class="dated muted small">${when}</span>`;
}
