import { sql } from 'kysely';
import type { Sql } from './store/database.ts';

/**
 * Work on chats that is under way in jobs of many chats in this process. The calls of bulk work may wait for seconds so
 * that requests fill. When an event or a person changes such a chat meanwhile, the work lets go of what is not sent yet,
 * and the chat comes again at once in its new state. Only urgency overtakes bulk; nothing else is interrupted.
 */
export class ChatsInHand {
  /** The work by school and chat, so that finding overtaken work costs as much as the schools with news. */
  readonly #schools = new Map<string, Map<string, Hold>>();

  /**
   * Runs `work`. The signal of bulk work is aborted when the chat has become urgent. Work on a chat that is in hand
   * already begins after that work has ended: a long job may have been taken for lost, and its chats given out again.
   */
  async hold(
    { schoolId, chatId, isBulk }: { schoolId: string; chatId: string; isBulk: boolean },
    work: (overtaken: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const inHand = () => this.#schools.get(schoolId)?.get(chatId);
    for (let before = inHand(); before; before = inHand()) await before.ended;
    const chats = this.#schools.get(schoolId) ?? new Map<string, Hold>();
    this.#schools.set(schoolId, chats);
    const overtaken = new AbortController();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    chats.set(chatId, { isBulk, overtaken, ended });
    try {
      await work(overtaken.signal);
    } finally {
      chats.delete(chatId);
      if (chats.size === 0) this.#schools.delete(schoolId);
      end();
    }
  }

  /**
   * Aborts the bulk work whose chats have become urgent. It takes one look by key, or none if no bulk is in hand.
   * `schoolIds`: those that have news, or null for all.
   */
  async letGoOvertaken(db: Sql, schoolIds: readonly string[] | null): Promise<void> {
    const asked = schoolIds ?? [...this.#schools.keys()];
    const held = asked.flatMap((schoolId) => [...(this.#schools.get(schoolId) ?? [])]);
    const chats = new Map(held.filter(([, { isBulk }]) => isBulk));
    if (chats.size === 0) return;
    const { rows } = await sql<{ id: string }>`
      select id from chat where id = any(${[...chats.keys()]}::uuid[])
        and generation > settled_generation and priority <> 'bulk'`.execute(db);
    for (const { id } of rows) chats.get(id)?.overtaken.abort();
  }
}

interface Hold {
  isBulk: boolean;
  overtaken: AbortController;
  ended: Promise<void>;
}
