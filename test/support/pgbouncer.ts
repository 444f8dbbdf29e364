/** A PgBouncer of the test's own in front of a database. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const PROGRAM = '/usr/sbin/pgbouncer';

export const PGBOUNCER_IS_INSTALLED = spawnSync(PROGRAM, ['--version']).status === 0;
if (!PGBOUNCER_IS_INSTALLED && process.env.CI)
  throw new Error('pgbouncer is not installed: in CI it is tested');

/** Resolves with the address of the same database through the pooler. */
export async function startPgbouncer(
  databaseUrl: string,
  mode: 'session' | 'transaction',
): Promise<{ url: string } & AsyncDisposable> {
  const { port: serverPort, username, password, pathname } = new URL(databaseUrl);
  const dir = mkdtempSync(join(tmpdir(), 'sferum-sync-pgbouncer-'));
  // It refuses to run as root, and reads its files as somebody else.
  chmodSync(dir, 0o755);
  const port = await freePort();
  writeFileSync(join(dir, 'users.txt'), `"${username}" "${decodeURIComponent(password)}"\n`);
  const settings = `[databases]
* = host=127.0.0.1 port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(dir, 'users.txt')}
pool_mode = ${mode}
default_pool_size = 30
`;
  writeFileSync(join(dir, 'pgbouncer.ini'), settings);
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const server = spawn(PROGRAM, ['-q', ...user, join(dir, 'pgbouncer.ini')], { stdio: 'ignore' });
  while (!(await listens(port))) await delay(20);
  return {
    url: Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String(port), pathname }).href,
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
      await once(server, 'exit');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
