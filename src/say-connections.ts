import type { Logger } from 'pino';
import type { Connections } from './store/connections.ts';
import type { Sql } from './store/database.ts';
import { processesNow } from './store/processes.ts';

/** The connections that are left for a process that migrates, an operator's command or a look by hand. */
const LEFT_OVER = 5;

/**
 * Logs at the start how many connections to PostgreSQL all processes may take together, and warns where the server
 * allows fewer. Work beyond the server's number waits, and pages wait with it.
 */
export async function sayConnections(
  db: Sql,
  wanted: number,
  { total, database, queue }: Connections,
  log: Logger,
): Promise<void> {
  const { processes, connections, allowed } = await processesNow(db);
  const fields = { own: total, database, queue, processes, together: connections, allowed };
  log.info(fields, 'connections to PostgreSQL, at most');
  if (total > wanted) {
    log.warn(
      fields,
      `LIMIT_DATABASE_CONNECTIONS=${wanted} is fewer than the queue in PostgreSQL works with: ${total} are used`,
    );
  }
  if (connections + LEFT_OVER <= allowed) return;
  const each = Math.max(2, Math.floor((allowed - LEFT_OVER) / processes));
  log.warn(
    fields,
    `${processes} processes may take ${connections} connections, PostgreSQL allows ${allowed}: set LIMIT_DATABASE_CONNECTIONS=${each} for each of them, or raise max_connections`,
  );
}
