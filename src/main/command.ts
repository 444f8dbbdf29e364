import { type Config, configFromEnvironment, type ProcessRole } from '../config.ts';
import { startEmbeddedPostgres } from '../store/embedded-postgres/start.ts';
import { Life } from './life.ts';
import { configOrExit } from './serve.ts';

/** Runs an operator's command to its end: `work` gives the exit code. A signal stops what it has started. */
export async function runCommand(
  role: ProcessRole,
  work: (config: Config, life: Life) => Promise<number>,
): Promise<never> {
  const config = configOrExit(() => configFromEnvironment(role));
  const life = new Life({ limitMs: config.limits.shutdownMs, serves: false });
  try {
    return await life.end(await work(config, life));
  } catch (error) {
    return life.fail(error);
  }
}

/** The address of the configured database; the embedded one is started for it. */
export async function databaseOf({ database, dataDir }: Config, life: Life): Promise<string> {
  return database.url ?? (await life.own(startEmbeddedPostgres({ dataDir }))).url;
}
