/**
 * «Отменить инициализацию?» (J4). What would be taken back is counted first. Where chats would be lost, the person
 * confirms by typing their number.
 */

import { Refusal } from '../../../src/refusal.ts';
import { classTitlesOf } from '../../read/class-titles.ts';
import { type OperationView, type UndoSize, undoSize } from '../../read/operation-views.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf } from '../form.ts';
import { type Html, html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted } from '../parts/numbers.ts';
import { ADMINS } from '../visitor.ts';
import { branchOf } from './decision-routes.ts';
import { lostChats } from './lost-chats.ts';
import { isUndoable } from './operation.ts';
import { crumbsOf, operationOf } from './operation-of.ts';
import { operationHref, operationTitle } from './operation-words.ts';
import { chats } from './words.ts';

/** The question before an initialisation is undone, and the undoing. */
export function undoRoutes(parts: ConsoleParts): void {
  const { ctx, commands, screens } = parts;
  const at = '/manage/operations/:id/undo';
  const sizeOf = (operation: OperationView) => undoSize(ctx.db.of(operation.schoolId), operation);

  screens.get(at, ADMINS, async (c) => {
    const operation = await operationOf(parts, c);
    if (!isUndoable(operation)) return goTo(c, operationHref(operation.id));
    return show(parts, c, operation, await sizeOf(operation));
  });

  screens.post(at, ADMINS, async (c) => {
    const operation = await operationOf(parts, c);
    const { schoolId, id: operationId } = operation;
    const typed = String((await formOf(c)).get('chats') ?? '').trim();
    const size = await sizeOf(operation);
    const lost = size.chats.length;
    if (isUndoable(operation) && lost > 0 && typed !== String(lost)) {
      return show(parts, c, operation, size, { typed, error: `Введите число: ${lost}` });
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

async function show(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  operation: OperationView,
  size: UndoSize,
  refused?: { typed: string; error: string },
): Promise<Response> {
  const ids = size.chats.map(({ id }) => id);
  const units = await classTitlesOf(ctx.db.of(operation.schoolId), operation.schoolId, ids);
  return page({
    c,
    title: 'Отменить инициализацию?',
    section: 'manage',
    crumbs: [...crumbsOf(operation), { label: operationTitle(operation), href: operationHref(operation.id) }],
    body: html`${question(operation, size, refused)}${treeOf(operation, size, units, branchOf(c))}`,
    styles: ['manage.css'],
    ...(refused ? { status: 422 as const } : {}),
  });
}

/** The chats that are lost, below the question. */
function treeOf(
  operation: OperationView,
  { chats: lost }: UndoSize,
  units: ReadonlyMap<string, string>,
  { type, class: unit }: ReturnType<typeof branchOf>,
): Html {
  const asked = lost.filter(
    (chat) => (!type || chat.type === type) && (!unit || units.get(chat.id) === unit),
  );
  return lostChats(asked, units, (ofType, ofUnit) =>
    hrefOf(`${operationHref(operation.id)}/undo`, { type: ofType, class: ofUnit }),
  );
}

function question(
  operation: OperationView,
  size: UndoSize,
  refused: { typed: string; error: string } | undefined,
): Html {
  const lost = size.chats.length;
  const members = size.chats.reduce((n, chat) => n + chat.members, 0);
  const href = operationHref(operation.id);
  const label = lost > 0 ? `Отменить и удалить ${chats(lost)}` : 'Отменить инициализацию';
  return html`<form method="post" action="${href}/undo" class="panel ask">
${
  lost > 0
    ? html`<p>Будут удалены вместе с перепиской, без возможности восстановления: <strong>${chats(lost)}</strong>. Мест в них: ${count(members)}.</p>`
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
