/** How one process shares out the connections to PostgreSQL that it may have (LIMIT_DATABASE_CONNECTIONS). */

/** Of them for the queue's commands, where the queue lives in PostgreSQL. */
const QUEUE_SHARE = 1 / 3;
/** A page and the work: neither waits for the other. */
const DATABASE_LEAST = 2;

export interface Connections {
  database: number;
  /** 0: the queue lives elsewhere. */
  queue: number;
  /** Both; more than was allowed only where BullMQ does not work with fewer. */
  total: number;
}

/** `listening`: workers of queues in PostgreSQL; BullMQ keeps a connection for each. */
export function shareOut(
  allowed: number,
  { queueInPostgres, listening }: { queueInPostgres: boolean; listening: number },
): Connections {
  const others = allowed - listening;
  const queue = queueInPostgres ? listening + Math.max(1, Math.floor(others * QUEUE_SHARE)) : 0;
  const database = Math.max(DATABASE_LEAST, allowed - queue);
  return { database, queue, total: database + queue };
}
