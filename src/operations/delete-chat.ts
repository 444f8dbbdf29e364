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

interface Deletion {
  schoolId: string;
  chatIds: readonly string[];
  /** False means «не создавать снова», so that no initialisation brings the chats back (G1). */
  recreate: boolean;
  by: Author;
}

/**
 * Starts the deletion of chats (G1). They show «удаляется» until Sferum confirms. Those that are being deleted already
 * are left out. Returns the id of the one operation. Throws Refusal: 409 `chat-deleting` where none is left.
 */
export async function requestDeletion(ctx: Context, deletion: Deletion): Promise<string> {
  const { schoolId, chatIds, recreate, by } = deletion;
  const id = ctx.newId();
  const at = new Date(ctx.clock.now());
  await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    await openOperation(tx, {
      id,
      schoolId,
      kind: 'delete-chat',
      params: { ...(chatIds.length === 1 ? { chatId: chatIds[0] } : {}), recreate, following: true },
      by,
      at,
    });
    const marked = await beginDeletion(tx, chatIds, {
      operationId: id,
      schoolId,
      recreate,
      cause: `deletion:${id}`,
      author: by,
      priority: 'person',
      at,
    });
    if (marked === 0) throw new Refusal(409, 'chat-deleting', 'Чат уже удаляется');
    await beginOperation(tx, id, at);
  });
  ctx.wake('chats', { schoolId });
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
