import type { AwaitingApproval } from '../../read/awaiting-approvals.ts';
import { type Content, type Html, html } from '../html.ts';
import { postButton } from './button.ts';
import { countdown, secondsUntil } from './countdown.ts';
import { moment } from './numbers.ts';

interface ApprovalParts {
  approval: Pick<AwaitingApproval, 'id' | 'at' | 'actsAt'>;
  /** What the approval does to whom. */
  title: Content;
  /** Who has decided, where the name is known. */
  author?: string;
  /** The address that takes it back, and the fields that it needs besides the approval's id. */
  takeBack: { action: string; fields?: Readonly<Record<string, string>> };
  timeZone: string;
  nowMs: number;
}

/** How often a page with an approval that waits is loaded again without script, in seconds. */
const REFRESH_SECONDS = 5;
/** The option that makes a page load again by itself while approvals wait. */
export const refreshWhile = (awaiting: readonly unknown[]): { refreshSeconds?: number } =>
  awaiting.length > 0 ? { refreshSeconds: REFRESH_SECONDS } : {};

/** The address of an approval on its page, which browsers give the focus. */
export const approvalAnchor = (id: string): string => `#approval-${id}`;

/** An approval that has not acted yet, with the way back (J3).  */
export function approvalNotice({ approval, title, author, takeBack, timeZone, nowMs }: ApprovalParts): Html {
  const { id, at, actsAt } = approval;
  const isOver = secondsUntil(actsAt, nowMs) === 0;
  const by = author === undefined ? '' : html`<bdi>${author}</bdi>, `;
  return html`<section class="notice warn" id="approval-${id}" role="alert" tabindex="-1"><div><strong>${title}</strong>
<p>${isOver ? 'Начинается' : 'Начнётся'} ${countdown(actsAt, nowMs)}. Решение: ${by}${moment(at, timeZone)}.</p></div>${
    isOver
      ? ''
      : html`<div class="actions">${postButton({ label: 'Отменить', action: takeBack.action, fields: { ...takeBack.fields, approval: id }, kind: 'primary' })}</div>`
  }</section>`;
}
