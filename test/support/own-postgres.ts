/** A PostgreSQL server of the machine's own, with its tools: copies are made and read by programs of its version. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';
const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED) : [];
const bin = join(INSTALLED, versions.sort((a, b) => Number(a) - Number(b)).at(-1) ?? 'none', 'bin');

export const POSTGRES_IS_INSTALLED = existsSync(join(bin, 'pg_dump')) && existsSync(join(bin, 'initdb'));
if (!POSTGRES_IS_INSTALLED && process.env.CI)
  throw new Error('PostgreSQL is not installed: in CI backup and restore are tested');

export interface OwnPostgres extends AsyncDisposable {
  /** The address of a database, as a login. */
  url(database: string, login?: string): string;
  /** Runs statements as the superuser. */
  psql(database: string, statements: string): Promise<void>;
  /** Runs one of our scripts with this server's tools. */
  script(path: string, ...args: string[]): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'sferum-sync-own-postgres-'));
  // A server refuses to run as root.
  const user = process.getuid?.() === 0 ? await userOf('postgres') : null;
  if (user) await chown(dir, user.uid, user.gid);
  const as = user ?? {};
  await chmod(dir, 0o700);
  const data = join(dir, 'data');
  const port = await freePort();
  const options = `-p ${port} -k ${dir} -c listen_addresses=127.0.0.1 -c fsync=off`;
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'admin', '--auth=trust', '--encoding=UTF8'], as);
  await run(join(bin, 'pg_ctl'), ['-D', data, '-w', '-l', join(dir, 'log'), '-o', options, 'start'], as);
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const url = (database: string, login = 'admin') => `postgresql://${login}@127.0.0.1:${port}/${database}`;
  return {
    url,
    async psql(database, statements) {
      await run('psql', ['--no-psqlrc', '-v', 'ON_ERROR_STOP=1', '-c', statements, url(database)], { env });
    },
    async script(path, ...args) {
      await run(path, args, { env });
    },
    async [Symbol.asyncDispose]() {
      await run(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'], as);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function userOf(name: string): Promise<{ uid: number; gid: number }> {
  const id = async (what: '-u' | '-g') => Number((await run('id', [what, name])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
