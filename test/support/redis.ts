/** A Redis of the test's own, with AOF and without eviction, as the product wants it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';

export const REDIS_IS_INSTALLED = spawnSync('redis-server', ['--version']).status === 0;

/** Without Redis its half of a suite cannot run: said aloud, and in CI a failure. */
export function backends(): ('postgres' | 'redis')[] {
  if (REDIS_IS_INSTALLED) return ['postgres', 'redis'];
  if (process.env.CI) throw new Error('redis-server is not installed: in CI both backends are tested');
  console.warn('redis-server is not installed: the suites run on the PostgreSQL backend alone');
  return ['postgres'];
}

export async function startRedis(...extra: string[]): Promise<{ url: string } & AsyncDisposable> {
  const dir = mkdtempSync(join(tmpdir(), 'sferum-sync-redis-'));
  const port = await freePort();
  const server = spawn(
    'redis-server',
    [
      '--port',
      String(port),
      '--dir',
      dir,
      '--appendonly',
      'yes',
      '--save',
      '',
      '--maxmemory-policy',
      'noeviction',
      ...extra,
    ],
    { stdio: 'ignore' },
  );
  const url = `redis://127.0.0.1:${port}`;
  const probe = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  probe.on('error', () => undefined);
  await probe.ping();
  probe.disconnect();
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
      await once(server, 'exit');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
