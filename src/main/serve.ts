import { createApp } from '../app.ts';
import type { AppRole } from '../app-role.ts';
import { configFromEnvironment, type ProcessRole } from '../config.ts';
import { messageOf } from '../errors.ts';
import { configOrExit } from './config-or-exit.ts';
import { Life } from './life.ts';
import { listen, listenForOps } from './listen.ts';

/** The limit of a whole start, embedded parts included. Beyond it the process ends and says so (V6). */
const START_LIMIT_MS = 60_000;

/** Runs a process of this role until a signal comes, or until a part that it cannot live without is gone. */
export async function runProcess(role: ProcessRole, parts: AppRole): Promise<void> {
  const config = configOrExit(() => configFromEnvironment(role));
  const life = new Life({ limitMs: config.limits.shutdownMs, serves: true });
  try {
    const app = await startWithin(START_LIMIT_MS, life.own(createApp(config, parts)));
    life.log = app.ctx.log;
    endWhereLost(life, app);
    if (parts.api) await listen(app, config);
    const place = parts.api ? { port: config.port } : { ops: await listenForOps(app, config) };
    app.ctx.log.info({ role, ...place }, 'ready');
  } catch (error) {
    await life.fail(error);
  }
}

/** Ends the process, with a code that is not 0, when a part that it cannot live without is gone (V6). */
export function endWhereLost(life: Life, app: { lost: Promise<Error> }): void {
  app.lost.then((error) =>
    life.fail(new Error(`this process cannot work any more: ${messageOf(error)}`, { cause: error })),
  );
}

async function startWithin<T>(limitMs: number, start: Promise<T>): Promise<T> {
  const timer = setTimeout(() => {
    process.stderr.write(
      `sferum-sync: not ready within ${limitMs / 1000} s; are the database and the queue reachable?\n`,
    );
    process.exit(1);
  }, limitMs);
  try {
    return await start;
  } finally {
    clearTimeout(timer);
  }
}
