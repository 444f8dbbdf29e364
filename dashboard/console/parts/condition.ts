import { type Html, html } from '../html.ts';

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

export type ConditionStatus = keyof typeof CONDITIONS;

/** Shows a chat's condition (B2). `message` says what is wrong and what to do. */
export function condition(chat: { status: ConditionStatus; message: string | null }): Html {
  const [tone, word] = CONDITIONS[chat.status];
  return state(tone, word, chat.message);
}

export function conditionWord(status: ConditionStatus): string {
  return CONDITIONS[status][1];
}
