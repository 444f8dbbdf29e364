const CONNECTIONS = 200;
/** Some systems take no socket's path that is longer. */
const SOCKET_PATH_BYTES = 103;

interface Place {
  directory: string;
  durable: boolean;
}

/**
 * Where a server that is not durable also listens by a socket, which takes half of what a statement costs by TCP.
 * Null: nowhere, and so where the path would be too long.
 */
export function socketDirectory({ directory, durable }: Place): string | null {
  const isShort = Buffer.byteLength(`${directory}/.s.PGSQL.65535`) <= SOCKET_PATH_BYTES;
  return durable || !isShort ? null : directory;
}

/**
 * The server's settings as arguments, for a machine of two cores shared with the application. They are given at each
 * start and not written into the cluster, so a new version of them holds at once.
 * The log takes what concerns the server (LOG and above). It never takes failed statements and their details, because
 * these quote people's names.
 * `durable: false` is for data that nobody will miss: they are lost when the machine crashes.
 */
export function serverSettings(port: number, place: Place): string[] {
  const settings: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketDirectory(place) ?? '',
    max_connections: CONNECTIONS,
    shared_buffers: '128MB',
    effective_cache_size: '512MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    max_wal_size: '1GB',
    random_page_cost: 1.1,
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    // A table that a school has just filled must be vacuumed before its indexes alone can answer. Until then lists cost
    // twice.
    ...(place.durable
      ? { autovacuum_naptime: '15s' }
      : {
          ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
          // Who vanishes before the password is given holds up every making and dropping of a database until then.
          authentication_timeout: '5s',
        }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
