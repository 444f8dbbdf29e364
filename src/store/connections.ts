/** Shares out the connections to PostgreSQL that one process may have (LIMIT_DATABASE_CONNECTIONS). */

/** The share for the queue's commands, where the queue lives in PostgreSQL. */
const QUEUE_SHARE = 1 / 3;
/** One for a page and one for work, so that neither waits for the other. */
const DATABASE_LEAST = 2;

export interface Connections {
  database: number;
  /** 0 where the queue lives elsewhere. */
  queue: number;
  /** Both together. It is more than was allowed only where BullMQ does not work with fewer. */
  total: number;
}

/** `listening`: the number of workers of queues in PostgreSQL, because BullMQ keeps a connection for each. */
export function shareOut(
  allowed: number,
  { queueInPostgres, listening }: { queueInPostgres: boolean; listening: number },
): Connections {
  const others = allowed - listening;
  const queue = queueInPostgres ? listening + Math.max(1, Math.floor(others * QUEUE_SHARE)) : 0;
  const database = Math.max(DATABASE_LEAST, allowed - queue);
  return { database, queue, total: database + queue };
}
