import { createHash } from 'node:crypto';
import type { Plan } from '../plan/model.ts';

/**
 * Two plans with the same digest have the same actions for the same chats in the same order. So a plan that is shown and
 * applied later need not be read back, which takes longer than to make it (F3).
 */
export function digestOf({ chats }: Plan): string {
  const hash = createHash('sha256');
  for (const { chatId, actions } of chats) {
    if (actions.length > 0) hash.update(`${chatId}${JSON.stringify(actions)}\n`);
  }
  return hash.digest('hex');
}
