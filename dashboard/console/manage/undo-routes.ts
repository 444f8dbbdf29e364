/** «Отменить инициализацию?» (J4): what it takes back is counted first; chats that are lost are confirmed by their number. */

import { Refusal } from '../../../src/refusal.ts';
import { type OperationView, type UndoSize, undoSize } from '../../read/operation-views.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf } from '../form.ts';
import { type Html, html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { textField } from '../parts/field.ts';
import { counted } from '../parts/numbers.ts';
import { ADMINS } from '../visitor.ts';
import { isUndoable } from './operation.ts';
import { crumbsOf, operationOf } from './operation-of.ts';
import { operationHref, operationTitle } from './operation-words.ts';
import { chats, people } from './words.ts';

/** The question before an initialisation is undone, and the undoing. */
export function undoRoutes(parts: ConsoleParts): void {
  const { ctx, commands, screens } = parts;
  const at = '/manage/operations/:id/undo';
  const sizeOf = (operation: OperationView) => undoSize(ctx.db.of(operation.schoolId), operation);

  screens.get(at, ADMINS, async (c) => {
    const operation = await operationOf(parts, c);
    if (!isUndoable(operation)) return goTo(c, operationHref(operation.id));
    return show(c, operation, await sizeOf(operation));
  });

  screens.post(at, ADMINS, async (c) => {
    const operation = await operationOf(parts, c);
    const { schoolId, id: operationId } = operation;
    const typed = String((await formOf(c)).get('chats') ?? '').trim();
    const size = await sizeOf(operation);
    const lost = lostChats(size);
    if (isUndoable(operation) && lost > 0 && typed !== String(lost)) {
      return show(c, operation, size, { typed, error: `Введите число: ${lost}` });
    }
    try {
      const by = authorOf(c.get('visitor').caller);
      return goTo(c, operationHref(await commands.undo({ schoolId, operationId, by })));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return goTo(c, operationHref(operationId), { kind: 'bad', title: error.title, at: 'held' });
    }
  });
}

function lostChats(size: UndoSize): number {
  return size.chats.reduce((n, of) => n + of.chats, 0);
}

function show(
  c: ConsoleContext,
  operation: OperationView,
  size: UndoSize,
  refused?: { typed: string; error: string },
): Response | Promise<Response> {
  return page({
    c,
    title: 'Отменить инициализацию?',
    section: 'manage',
    crumbs: [...crumbsOf(operation), { label: operationTitle(operation), href: operationHref(operation.id) }],
    body: question(operation, size, refused),
    styles: ['manage.css'],
    ...(refused ? { status: 422 as const } : {}),
  });
}

function question(
  operation: OperationView,
  size: UndoSize,
  refused: { typed: string; error: string } | undefined,
): Html {
  const lost = lostChats(size);
  const href = operationHref(operation.id);
  const label = lost > 0 ? `Отменить и удалить ${chats(lost)}` : 'Отменить инициализацию';
  return html`<form method="post" action="${href}/undo" class="panel ask">
${
  lost > 0
    ? html`<p>Будут удалены вместе с перепиской, без возможности восстановления: <strong>${chats(lost)}</strong>.</p><ul class="lines">${size.chats.map(
        ({ type, chats: n, members }) =>
          html`<li>${CHAT_TYPE_LABELS[type]}: ${chats(n)}, ${people(members)}</li>`,
      )}</ul>`
    : html`<p>Ни один чат удалён не будет.</p>`
}
${size.added + size.removed > 0 ? html`<p>В остальных чатах: ${otherChats(size)}.</p>` : ''}
<p class="muted">Сброшенное вручную восстановится. Выбывшие, отвязавшие профиль и посторонние не вернутся. Отменить инициализацию можно один раз.</p>
${
  lost > 0
    ? textField({
        label: 'Введите число удаляемых чатов',
        name: 'chats',
        required: true,
        ...(refused ? { value: refused.typed, error: refused.error } : {}),
      })
    : ''
}
<div class="actions">${submitButton({ label, kind: 'danger' })}${linkButton({ label: 'Не отменять', href })}</div></form>`;
}

function otherChats({ added, removed }: UndoSize): string {
  return [
    added > 0 ? counted(added, 'добавленный выйдет', 'добавленных выйдут', 'добавленных выйдут') : '',
    removed > 0
      ? counted(removed, 'исключённый вернётся', 'исключённых вернутся', 'исключённых вернутся')
      : '',
  ]
    .filter(Boolean)
    .join(', ');
}
