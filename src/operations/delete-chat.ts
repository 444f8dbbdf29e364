import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { markDeleting } from '../rows/chat.ts';
import { moveGenerations } from '../rows/chat-outbox.ts';
import { noteLines } from '../rows/journal.ts';
import { beginOperation, openOperation } from '../rows/operation.ts';
import { addDeletions } from '../rows/operation-chat.ts';
import { moveRevision } from '../rows/school.ts';
import type { Sql } from '../store/database.ts';

export interface Deletion {
  schoolId: string;
  chatId: string;
  /** False means «не создавать снова», so that no initialisation brings the chat back (G1). */
  recreate: boolean;
  by: Author;
}

/** Starts the deletion of a chat (G1). It shows «удаляется» until Sferum confirms. Returns the operation's id. */
export async function requestDeletion(ctx: Context, deletion: Deletion): Promise<string> {
  const id = ctx.newId();
  const at = new Date(ctx.clock.now());
  await ctx.db.holdingSchool(deletion.schoolId, async ({ sql: tx }) => {
    await openOperation(tx, {
      id,
      schoolId: deletion.schoolId,
      kind: 'delete-chat',
      params: { chatId: deletion.chatId, recreate: deletion.recreate, following: true },
      by: deletion.by,
      at,
    });
    const marked = await beginDeletion(tx, [deletion.chatId], {
      operationId: id,
      schoolId: deletion.schoolId,
      recreate: deletion.recreate,
      cause: `deletion:${id}`,
      author: deletion.by,
      priority: 'person',
      at,
    });
    if (marked === 0) throw new Refusal(409, 'chat-deleting', 'Чат уже удаляется');
    await beginOperation(tx, id, at);
  });
  ctx.wake('chats', { schoolId: deletion.schoolId });
  return id;
}

/** Marks chats as being deleted, so that their jobs take them down under an operation. Returns how many were marked. */
export async function beginDeletion(
  tx: Sql,
  chatIds: readonly string[],
  how: {
    operationId: string;
    schoolId: string;
    recreate: boolean;
    cause: string;
    author: Author;
    priority: 'person' | 'bulk';
    at: Date;
  },
): Promise<number> {
  const ids = await markDeleting(tx, how.schoolId, chatIds, how);
  await moveGenerations(tx, ids, how);
  await addDeletions(tx, { schoolId: how.schoolId, id: how.operationId }, ids);
  const details = { recreate: how.recreate };
  await noteLines(
    tx,
    how,
    ids.map((chatId) => ({ what: 'delete', chatId, details })),
  );
  await moveRevision(tx, how.schoolId);
  return ids.length;
}
