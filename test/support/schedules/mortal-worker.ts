/** A worker that can be lost as SIGKILL loses it: in the middle of anything, with all its connections, without a word. */
import { createApp, type Overrides } from '../../../src/app.ts';
import { WORKER } from '../../../src/app-role.ts';
import { loadConfig } from '../../../src/config.ts';
import { createLog } from '../../../src/log.ts';
import { SECRETS_KEY, startProgram } from '../child-process.ts';
import { SHORT_LINGERS } from '../short-lingers.ts';
import { startTcpProxy } from '../tcp-proxy.ts';
import { JWT_SECRET } from '../tokens.ts';

export interface MortalWorker extends AsyncDisposable {
  kill(): void;
}

/** A process of its own, which SIGKILL ends. */
export async function startWorkerProcess(env: Record<string, string>): Promise<MortalWorker> {
  const program = startProgram('worker', env);
  await program.ready();
  return {
    kill: () => program.signal('SIGKILL'),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

const SERVERS = ['DATABASE_URL', 'SFERUM_API_URL', 'REDIS_URL'] as const;

/**
 * Starts such a worker in this process, which is quick. All that it has of the world are its connections. Once they are
 * reset and new ones refused, the world sees what it sees of a killed process, and nothing more of what the worker
 * does.
 */
export async function startWorkerHere(
  env: Record<string, string>,
  overrides: Overrides,
): Promise<MortalWorker> {
  await using parts = new AsyncDisposableStack();
  const proxied = SERVERS.filter((name) => env[name] !== undefined);
  const proxies = await Promise.all(proxied.map((name) => startTcpProxy(env[name]!)));
  for (const proxy of proxies) parts.use(proxy);
  const through = proxied.map((name, at) => [name, proxies[at]!.through(env[name]!)]);
  const config = loadConfig(
    {
      ...{ SGO_JWT_SECRET: JWT_SECRET, SECRETS_KEY, LOG_LEVEL: 'silent' },
      ...env,
      ...Object.fromEntries(through),
    },
    'worker',
  );
  parts.use(
    await createApp(config, WORKER, { log: createLog('silent'), vkLimits: SHORT_LINGERS, ...overrides }),
  );
  const owned = parts.move();
  const kill = () => {
    for (const proxy of proxies) {
      proxy.mode = 'refuse';
      proxy.cut();
    }
  };
  return { kill, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
