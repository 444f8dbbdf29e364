import { mkdtemp, rm } from 'node:fs/promises';
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

/** Starts one PostgreSQL server for the whole run; its data may be lost at any time. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sferum-sync-test-'));
  const { url, ownerUrl, stop } = await startEmbeddedPostgres({ dataDir, durable: false });
  project.provide('postgres', { url, ownerUrl });
  return async () => {
    await stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
