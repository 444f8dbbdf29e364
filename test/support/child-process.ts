/** The program as processes of its own, for tests of what signals and kills do to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { vi } from 'vitest';
import { JWT_SECRET } from './tokens.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A process loads what an earlier one has compiled. Node keeps it by the content of each file. */
export const COMPILED = { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compiled') };
const READY_WITHIN_MS = 60_000;

export interface Program extends AsyncDisposable {
  pid: number;
  /** Everything it wrote so far, log entries and messages. */
  lines: string[];
  /** Resolves once it says «ready»; throws with its output where it ends before. */
  ready(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** How it ended: its exit code, or the signal. */
  ended: Promise<number | NodeJS.Signals>;
}

/** Starts one of the program's processes: `worker`, `api`, `start` … */
export function startProgram(
  entry: 'start' | 'api' | 'worker' | 'adopt' | 'reseal' | 'demo',
  env: Record<string, string>,
  args: readonly string[] = [],
): Program {
  const child = spawn(process.execPath, [join(ROOT, `src/main/${entry}.ts`), ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      ...COMPILED,
      HOST: '127.0.0.1',
      PORT: '0',
      OPS_ADDRESS: '127.0.0.1:0',
      SGO_JWT_SECRET: JWT_SECRET,
      SECRETS_KEY: SECRETS_KEY,
      LOG_LEVEL: 'info',
      LIMIT_SWEEP_INTERVAL_MS: '300',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  return {
    pid: child.pid!,
    lines,
    ended,
    ready: () =>
      vi.waitFor(
        () => {
          if (lines.some((line) => line.includes('"msg":"ready"'))) return;
          if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}:\n${lines.join('\n')}`);
          throw new Error(`not ready:\n${lines.join('\n')}`);
        },
        { timeout: READY_WITHIN_MS, interval: 50 },
      ),
    signal: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Where a worker answers about itself, from its line «ready». */
export async function placeOf(worker: Program): Promise<string> {
  await worker.ready();
  const line = worker.lines.find((entry) => entry.includes('"msg":"ready"'))!;
  return `http://${(JSON.parse(line) as { ops: string }).ops}`;
}

/** The same for every process and for contexts in the test: a token sealed by one is opened by the other. */
export const SECRETS_KEY = Buffer.alloc(32, 7).toString('base64');
