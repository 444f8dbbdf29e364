/** What runs now, in the header of every page of an administrator (console.js keeps it fresh). */
import type { RunningWork } from '../../read/running.ts';
import { type Html, html } from '../html.ts';
import { OPERATION_LABELS } from '../manage/words.ts';
import { count } from './numbers.ts';

/** The address of this part, which an open page asks for again while something runs. */
export const RUNNING_PATH = '/operations/running';

/** Shows nothing where nothing runs. A page that shows no work asks for none. */
export function runningPart(running: RunningWork | null): Html {
  if (!running) return html``;
  const { id, kind, dryRun, done, total, others } = running;
  const label = kind === 'initialization' && dryRun ? 'План инициализации' : OPERATION_LABELS[kind];
  const share = total > 0 ? Math.floor((done * 100) / total) : null;
  const more = others > 0 ? html` <span class="muted">и ещё ${count(others)}</span>` : '';
  return html`<div class="running" data-runs="${RUNNING_PATH}"><a href="${others > 0 ? '/operations' : `/manage/operations/${id}`}"><span class="running-name">${label}</span>${
    share === null
      ? html` <span>выполняется</span>`
      : html` <span class="running-share">${share} %</span> <progress aria-label="${label}" value="${done}" max="${total}"></progress>`
  }${more}</a></div>`;
}
