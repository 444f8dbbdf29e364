import { sql } from 'kysely';
import type { Sql } from './store/database.ts';

/**
 * Bulk work on chats that is under way in this process. Its calls may wait for seconds so that requests fill. When an
 * event or a person changes such a chat meanwhile, the work lets go of what is not sent yet, and the chat comes again
 * at once in its new state. Only urgency overtakes; bulk never interrupts bulk.
 */
export class BulkInHand {
  readonly #chats = new Map<string, { overtaken: AbortController; ended: Promise<void> }>();

  /**
   * Runs `work`. Its signal is aborted when the chat has become urgent. Work on a chat that is in hand already begins
   * after that work has ended: a long job may have been taken for lost, and its chats given out again.
   */
  async hold(chatId: string, work: (overtaken: AbortSignal) => Promise<void>): Promise<void> {
    for (let before = this.#chats.get(chatId); before; before = this.#chats.get(chatId)) await before.ended;
    const overtaken = new AbortController();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    this.#chats.set(chatId, { overtaken, ended });
    try {
      await work(overtaken.signal);
    } finally {
      this.#chats.delete(chatId);
      end();
    }
  }

  /** Aborts the work whose chats have become urgent. It takes one look by key, or none where nothing is in hand. */
  async letGoOvertaken(db: Sql): Promise<void> {
    if (this.#chats.size === 0) return;
    const { rows } = await sql<{ id: string }>`
      select id from chat where id = any(${[...this.#chats.keys()]}::uuid[])
        and generation > settled_generation and priority <> 'bulk'`.execute(db);
    for (const { id } of rows) this.#chats.get(id)?.overtaken.abort();
  }
}
