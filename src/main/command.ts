import { type Config, configFromEnvironment, type ProcessRole } from '../config.ts';
import { startEmbeddedPostgres } from '../store/embedded-postgres/start.ts';
import { configOrExit } from './config-or-exit.ts';
import { Life } from './life.ts';

/** Runs an operator's command to its end. `work` gives the exit code. A signal stops what the command has started. */
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

/** Gives the address of the configured database. An embedded one is started for the command. */
export async function databaseOf({ database, dataDir }: Config, life: Life): Promise<string> {
  return database.url ?? (await life.own(startEmbeddedPostgres({ dataDir }))).url;
}
