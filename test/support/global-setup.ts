import { existsSync } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres/start.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Addresses of the run's one PostgreSQL server: of the application's role and of the superuser. */
    postgres: { url: string; ownerUrl: string };
  }
}

const MEMORY = '/dev/shm';
/** A run takes about a third of it. A machine or container that has less keeps its data on disk. */
const MEMORY_FREE_BYTES = 4 * 1024 ** 3;

/** Starts one PostgreSQL server for the whole run; its data may be lost at any time. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(await roomyPlace(), 'sferum-sync-test-'));
  const { url, ownerUrl, socketDirectory, stop } = await startEmbeddedPostgres({ dataDir, durable: false });
  project.provide('postgres', {
    url: bySocket(url, socketDirectory),
    ownerUrl: bySocket(ownerUrl, socketDirectory),
  });
  return async () => {
    await stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

/** The address of the same database by the socket, where there is one. */
function bySocket(url: string, directory: string | null): string {
  return directory === null ? url : url.replace('127.0.0.1', encodeURIComponent(directory));
}

/** Most tests copy a database of 700 files, which takes a second on a disk and a twentieth of it in memory. */
async function roomyPlace(): Promise<string> {
  if (!existsSync(MEMORY)) return tmpdir();
  const { bavail, bsize } = await statfs(MEMORY);
  return bavail * bsize >= MEMORY_FREE_BYTES ? MEMORY : tmpdir();
}
