/** A stop is a stop: every program that npm started ends at its signal, and first answers the requests it has. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres/start.ts';
import { COMPILED, SECRETS_KEY } from '../support/child-process.ts';
import { createTestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { JWT_SECRET } from '../support/tokens.ts';

const ROOT = join(import.meta.dirname, '../..');
const CLIENTS = 11;
const run = promisify(execFile);
const NOWHERE = 'http://127.0.0.1:9/method';

/** A DATA_DIR with an empty database, which most commands begin with. PostgreSQL takes a second to make one. */
let prepared: string;
beforeAll(async () => {
  prepared = await mkdtemp(join(tmpdir(), 'sferum-sync-stop-'));
  await (await startEmbeddedPostgres({ dataDir: prepared })).stop();
  return () => rm(prepared, { recursive: true, force: true });
});

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Command {
  port: number;
  dataDir: string;
  said: () => string;
  stop(signal?: NodeJS.Signals): void;
  ended: Promise<number | NodeJS.Signals>;
}

async function newDataDir(from?: string): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sferum-sync-stop-'));
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
  // PostgreSQL's files keep their owner.
  if (from) await run('cp', ['-a', `${from}/.`, dataDir]);
  return dataDir;
}

/** Starts `npm run NAME` as an operator does. */
async function npmRun(name: string, args: string[] = [], env: Record<string, string> = {}): Promise<Command> {
  const dataDir = env.DATA_DIR ?? (await newDataDir(prepared));
  const port = await freePort();
  const child = spawn('npm', ['run', name, '--', ...args], {
    cwd: ROOT,
    // The program has a process group of its own, so that a failing test leaves nothing behind.
    detached: true,
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, HOST: '127.0.0.1', PORT: String(port) },
      ...{ DATA_DIR: dataDir, SGO_JWT_SECRET: JWT_SECRET, SECRETS_KEY },
      ...COMPILED,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += piece));
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  cleanups.push(async () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {}
    await ended;
  });
  return { port, dataDir, said: () => said, ended, stop: (signal = 'SIGTERM') => void child.kill(signal) };
}

const saying = ({ said }: Command, text: string) =>
  vi.waitFor(() => expect(said()).toContain(text), { timeout: 60_000, interval: 20 });

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });

/** Asks again and again over one kept connection until nobody listens. Gives every answer that was not 200. */
async function client(port: number, path: string, asked: { times: number }): Promise<unknown[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const others: unknown[] = [];
  for (;;) {
    const outcome = await new Promise<number | string>((resolve) => {
      const asking = request({ ...{ host: '127.0.0.1', port, path, agent } }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode!)).once('error', (e) => resolve(e.message));
      });
      asking.once('error', (error) => resolve((error as { code?: string }).code ?? error.message)).end();
    });
    if (outcome === 'ECONNREFUSED') return others;
    asked.times += 1;
    if (outcome !== 200) others.push(outcome);
  }
}

async function stopUnderLoad(command: Command, path: string): Promise<void> {
  const asked = { times: 0 };
  const clients = Promise.all(Array.from({ length: CLIENTS }, () => client(command.port, path, asked)));
  await vi.waitFor(() => expect(asked.times).toBeGreaterThan(CLIENTS * 5), { timeout: 20_000, interval: 5 });
  command.stop();
  expect((await clients).flat()).toEqual([]);
}

describe('SIGTERM under load, answered to the last question, and nothing is left', {
  timeout: 120_000,
}, () => {
  test('npm start, with the embedded database', async () => {
    const command = await npmRun('start', [], { DATA_DIR: await newDataDir() });
    await saying(command, '"msg":"ready"');
    await stopUnderLoad(command, '/readyz');
    expect(await command.ended).toBe(0);
    expect(await listens(command.port)).toBe(false);
    expect(existsSync(join(command.dataDir, 'postgres/postmaster.pid'))).toBe(false);
    expect(command.said()).toContain('"stopped":true');
    const again = await npmRun('start', [], { DATA_DIR: command.dataDir, PORT: String(command.port) });
    await saying(again, '"msg":"ready"');
    again.stop();
    expect(await again.ended).toBe(0);
  });

  test('npm run api beside npm run worker, over the database of a third', async () => {
    const database = await createTestDatabase();
    cleanups.push(async () => database[Symbol.asyncDispose]());
    const env = { DATABASE_URL: database.url, SFERUM_API_URL: NOWHERE };
    const [api, worker] = [await npmRun('api', [], env), await npmRun('worker', [], env)];
    await Promise.all([saying(api, '"msg":"ready"'), saying(worker, '"msg":"ready"')]);
    await stopUnderLoad(api, '/readyz');
    worker.stop('SIGINT');
    expect([await api.ended, await worker.ended]).toEqual([0, 0]);
  });

  test('npm run demo and npm run sandbox', async () => {
    const demo = await npmRun('demo', ['--small']);
    await saying(demo, 'Открыто: ');
    await stopUnderLoad(demo, '/readyz');
    const sandbox = await npmRun('sandbox');
    await saying(sandbox, 'The sandbox Sferum is at');
    await stopUnderLoad(sandbox, '/_sandbox/ledger');
    expect([await demo.ended, await sandbox.ended]).toEqual([0, 0]);
    expect(existsSync(join(demo.dataDir, 'postgres/postmaster.pid'))).toBe(false);
  });
});

describe('a signal while it still starts, or in the middle of a command', { timeout: 120_000 }, () => {
  test.each([
    ['start', [], 0],
    ['migrate', [], 143],
    ['adopt', [], 143],
    ['reseal', [], 143],
    ['demo', ['--small', '--exit'], 143],
  ] as const)('npm run %s leaves no PostgreSQL behind', async (name, args, code) => {
    const command = await npmRun(name, [...args]);
    const file = join(command.dataDir, 'postgres/postmaster.pid');
    await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 40_000, interval: 2 });
    command.stop();
    expect(await command.ended).toBe(code);
    expect(existsSync(file)).toBe(false);
  });

  test('one Ctrl-C that comes twice, from the terminal and from npm, is one', async () => {
    const command = await npmRun('start');
    await saying(command, '"msg":"ready"');
    command.stop('SIGINT');
    command.stop('SIGINT');
    expect(await command.ended).toBe(0);
    expect(command.said()).toContain('"stopped":true');
  });
});
