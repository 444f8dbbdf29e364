import type { Server } from 'node:http';
import { join } from 'node:path';
import { configFromEnvironment } from '../config.ts';
import { ensureDataDir } from '../data-dir.ts';
import { runSandbox } from '../sferum/sandbox/main.ts';
import { configOrExit } from './config-or-exit.ts';
import { Life } from './life.ts';
import { draining } from './listen.ts';

/** A request that the sandbox was told to let hang would hang for ever, so a stop waits no longer than this. */
const ANSWERS_MS = 2_000;

const { host, port, dataDir, limits } = configOrExit(() => configFromEnvironment('sandbox'));
const life = new Life({ limitMs: limits.shutdownMs, serves: true });
try {
  ensureDataDir(dataDir);
  await life.own(serve());
} catch (error) {
  await life.fail(error);
}

async function serve(): Promise<AsyncDisposable> {
  const sandbox = await runSandbox({ host, port, stateFile: join(dataDir, 'sandbox.json') });
  // The sandbox's server is one of HTTP/1.
  const drain = draining(sandbox.server as Server, ANSWERS_MS);
  process.stdout.write(`The sandbox Sferum is at ${sandbox.url}\n`);
  return { [Symbol.asyncDispose]: () => drain().then(sandbox.close) };
}
