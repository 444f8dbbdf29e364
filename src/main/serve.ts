import { once } from 'node:events';
import { createAdaptorServer } from '@hono/node-server';
import closeWithGrace from 'close-with-grace';
import { serverOptions } from '../../dashboard/http.ts';
import { type App, type AppRole, createApp } from '../app.ts';
import { type Config, ConfigError, configFromEnvironment, type ProcessRole } from '../config.ts';
import { NotMigratedError } from '../store/migrate.ts';

/** The whole start, embedded parts and all, or the process ends and says so (V6). */
const START_LIMIT_MS = 60_000;

/** Runs a process of this role until a signal, or until a part it cannot live without is gone. */
export async function runProcess(role: ProcessRole, parts: AppRole): Promise<void> {
  try {
    const config = configFromEnvironment(role);
    const app = await startWithin(START_LIMIT_MS, createApp(config, parts));
    if (parts.api) await listen(app, config);
    endOnSignal(app, config);
    app.ctx.log.info({ role, port: parts.api ? config.port : undefined }, 'ready');
  } catch (error) {
    exitWith(error);
  }
}

/** Serves the app's HTTP; the server is closed before the app's parts are. */
export async function listen(app: App, config: Config): Promise<void> {
  const server = createAdaptorServer({ fetch: app.http.fetch, serverOptions: serverOptions(config.limits) });
  server.listen(config.port, config.host);
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => Promise.reject(error)),
  ]);
  app.beforeStop(async () => {
    server.close();
    if ('closeIdleConnections' in server) server.closeIdleConnections();
  });
}

/** SIGTERM, SIGINT, or a lost part: drain, stop the parts, the database last, within the limit. */
export function endOnSignal(app: App, config: Config): void {
  closeWithGrace({ delay: config.limits.shutdownMs }, async ({ err, signal }) => {
    if (err) app.ctx.log.fatal({ err }, 'ending');
    else app.ctx.log.info({ signal }, 'ending');
    await app[Symbol.asyncDispose]();
  });
  // Nobody catches it: that ends the process the same way, with a code that is not 0.
  app.lost.then((error) => {
    throw new Error(`this process cannot work any more: ${describe(error)}`, { cause: error });
  });
}

/** One message that a person understands, and a non-zero end. */
export function exitWith(error: unknown): never {
  const known = error instanceof ConfigError || error instanceof NotMigratedError;
  process.stderr.write(`sferum-sync: ${known ? error.message : describe(error)}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || (error as { code?: string }).code || error.name;
}

async function startWithin<T>(limitMs: number, start: Promise<T>): Promise<T> {
  const timer = setTimeout(
    () =>
      exitWith(new Error(`not ready within ${limitMs / 1000} s; are the database and the queue reachable?`)),
    limitMs,
  );
  try {
    return await start;
  } finally {
    clearTimeout(timer);
  }
}
