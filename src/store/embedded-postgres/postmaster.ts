import { type ChildProcess, execFile, type StdioOptions, spawn } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandLine } from './account.ts';
import type { Cluster } from './cluster.ts';
import { FatalError, pollUntil } from './poll-until.ts';
import { serverSettings } from './settings.ts';

const run = promisify(execFile);

/**
 * The limit of a start, crash recovery included. It is below the 60 s within which a process must say that it cannot
 * work (V6).
 */
const START_LIMIT_MS = 45_000;
/** A fast shutdown writes everything back. After this time it is cut short, and the next start recovers. */
const FAST_SHUTDOWN_LIMIT_MS = 10_000;
const IMMEDIATE_SHUTDOWN_LIMIT_MS = 5_000;
const SHUTDOWN_STEPS = [
  ['SIGINT', FAST_SHUTDOWN_LIMIT_MS],
  ['SIGQUIT', IMMEDIATE_SHUTDOWN_LIMIT_MS],
] as const;

const LOG_TAIL_CHARACTERS = 1_000;

/** The content of postmaster.pid, in PostgreSQL's format (src/include/utils/pidfile.h). */
export type PostmasterFile = { pid: number; port: number; ready: boolean };

/** Reads postmaster.pid; undefined where there is none, or none that can be read. */
export async function readPostmasterFile(directory: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Whether this process is a server on this very directory. A pid alone proves nothing, because it may belong to a
 * stranger by now, or to a zombie.
 */
export async function isPostmasterOf(pid: number, directory: string): Promise<boolean> {
  const command =
    process.platform === 'linux'
      ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      : await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).then(
          (ps) => ps.stdout,
          () => '',
        );
  return `${command.replaceAll('\0', ' ')} `.includes(` -D ${directory} `);
}

/**
 * Makes a postmaster.pid harmless that is known to name no server of this directory. PostgreSQL takes its parent's
 * pid for stale, but not a stranger's, so the file gets our pid.
 * The file is not deleted. By its other lines PostgreSQL finds processes of a killed server that still use its
 * memory, so there are never two servers.
 */
async function disownPostmasterFile(directory: string): Promise<void> {
  const path = join(directory, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined) await writeFile(path, text.replace(/^.*/, String(process.pid)));
}

/** Starts the server and waits until it takes connections. Call under the start lock, when none runs. */
export async function launchPostmaster(cluster: Cluster): Promise<PostmasterFile> {
  return pollUntil('PostgreSQL starts', START_LIMIT_MS, async () => {
    await disownPostmasterFile(cluster.directory);
    const child = await spawnPostmaster(cluster);
    let ended: string | undefined;
    child.once('error', (error) => {
      ended = error.message;
    });
    child.once('exit', (code, signal) => {
      ended = String(signal ?? code);
    });
    try {
      const ready = await pollUntil('PostgreSQL is ready', START_LIMIT_MS, async () => {
        if (ended !== undefined) return whyItEnded(cluster, ended);
        const file = await readPostmasterFile(cluster.directory);
        return file?.ready && file.pid === child.pid ? file : undefined;
      });
      if (ready instanceof Error) throw ready;
      return ready;
    } catch (error) {
      if (child.pid !== undefined) await shutDownPostmaster(child.pid, cluster.directory);
      throw error;
    }
  });
}

/**
 * Spawns the server in its own session, because Ctrl-C in the terminal must not reach it before the application has
 * drained.
 */
async function spawnPostmaster(cluster: Cluster): Promise<ChildProcess> {
  const args = ['-D', cluster.directory, ...serverSettings(await freePort(), cluster)];
  const [file, rest] = commandLine(cluster.account, cluster.binaries.postgres, args);
  await using log = await open(cluster.logFile, 'w', 0o600);
  const stdio: StdioOptions = ['ignore', log.fd, log.fd];
  const child = spawn(file, rest, { ...cluster.account.options, detached: true, stdio });
  child.unref();
  return child;
}

/** Troubles that time may cure: the port was taken meanwhile, or a killed server's processes are still ending. */
const PASSING_TROUBLE = /could not (bind|create any TCP\/IP sockets)|pre-existing shared memory block/;

async function whyItEnded(cluster: Cluster, ended: string): Promise<Error> {
  const text = await readFile(cluster.logFile, 'utf8').catch(() => '');
  const message = `PostgreSQL ended (${ended}) instead of starting: ${text.slice(-LOG_TAIL_CHARACTERS).trim()}`;
  return PASSING_TROUBLE.test(text) ? new Error(message) : new FatalError(message);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Ends the server of this directory if this pid is still that server: fast first, then without writing back (the next
 * start recovers). A server that still starts up has nothing to write back, and PostgreSQL 18 can hang when a fast
 * shutdown meets recovery. There the fast step is left out.
 * @throws when the server does not end even so
 */
export async function shutDownPostmaster(pid: number, directory: string): Promise<void> {
  const runs = () => isPostmasterOf(pid, directory);
  const file = await readPostmasterFile(directory);
  const steps = file?.ready ? SHUTDOWN_STEPS : SHUTDOWN_STEPS.slice(1);
  for (const [signal, limitMs] of steps) {
    if (!(await runs())) return;
    process.kill(pid, signal);
    const gone = pollUntil('PostgreSQL ends', limitMs, async () => ((await runs()) ? undefined : true));
    if (await gone.catch(() => false)) return;
  }
  throw new Error(`PostgreSQL (process ${pid}) does not end`);
}
