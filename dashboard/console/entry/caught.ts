/** Letters and webhooks that the demonstration's own receivers have caught, as pages. */
import { type Html, html } from '../html.ts';
import { moment } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';

interface Mail {
  to: string;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  text: string;
}
interface Hook {
  /** When it came, an instant. */
  at: string;
  id: string;
  text: string;
}

/** In the order of their arrival. */
export interface Caught {
  mails: readonly Mail[];
  hooks: readonly Hook[];
}

const NOT_YET = 'Сервис пишет в течение пяти минут после того, как что-то случилось. Обновите страницу.';

/** The letters, the newest first. */
export function mailsBody({ mails }: Caught): Html {
  if (mails.length === 0) return emptyState({ title: 'Писем ещё нет', text: NOT_YET });
  return html`<ol class="stack caught">${mails
    .toReversed()
    .map(
      ({ to, headers, text }) =>
        html`<li class="sheet padded"><h2>${headers.subject ?? ''}</h2><p class="muted small">Кому: ${to}</p><pre tabindex="0">${text.trim()}</pre></li>`,
    )}</ol>`;
}

/** The webhooks, the newest first. */
export function hooksBody({ hooks }: Caught, timeZone: string): Html {
  if (hooks.length === 0) return emptyState({ title: 'Вебхуков ещё не было', text: NOT_YET });
  return html`<ol class="stack caught">${hooks
    .toReversed()
    .map(
      ({ at, id, text }) =>
        html`<li class="sheet padded"><h2>${moment(at, timeZone)}</h2><p class="muted small">webhook-id: <code>${id}</code></p><pre tabindex="0">${readable(text)}</pre></li>`,
    )}</ol>`;
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
