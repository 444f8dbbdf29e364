import { sql } from 'kysely';

/**
 * True in SQL, and a statement with it is committed without waiting for the disk. A crash of the server may lose what
 * the statement wrote in the last second, so it writes only what is found or made again.
 */
export const committedLater = sql<boolean>`(set_config('synchronous_commit', 'off', true) = 'off')`;
