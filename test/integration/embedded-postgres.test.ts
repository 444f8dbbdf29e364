import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { completeLinks } from '../../src/store/embedded-postgres/binaries.ts';
import { pollUntil } from '../../src/store/embedded-postgres/poll-until.ts';
import {
  isPostmasterOf,
  readPostmasterFile,
  shutDownPostmaster,
} from '../../src/store/embedded-postgres/postmaster.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres/start.ts';

const START = new URL('../../src/store/embedded-postgres/start.ts', import.meta.url).href;
const PRESENCES = `select pid from pg_stat_activity where application_name = 'sferum-sync presence'`;

/** A stopped cluster, made once: making one takes longer than most tests of it. */
let made: Place;
beforeAll(async () => {
  made = await temporaryPlace();
  await (await start(made)).stop();
  return () => made[Symbol.asyncDispose]();
});

describe('the embedded PostgreSQL', () => {
  it('starts in an empty directory with an application role that is no superuser and may make schemas', async () => {
    await using place = await temporaryPlace();
    await using server = await start(place);
    expect(
      await query(server.url, 'select rolsuper, rolbypassrls from pg_roles where rolname = user'),
    ).toEqual([{ rolsuper: false, rolbypassrls: false }]);
    await query(server.url, 'create schema bullmq');
    expect(await query(server.url, `select lower('Ёлка'), current_setting('fsync') as fsync`)).toEqual([
      { lower: 'ёлка', fsync: 'off' },
    ]);
    expect(await query(server.ownerUrl, 'select rolsuper from pg_roles where rolname = user')).toEqual([
      { rolsuper: true },
    ]);
    expect(new URL(server.url).password).not.toBe(new URL(server.ownerUrl).password);
    expect((await stat(join(place.dataDir, 'postgres.password'))).mode & 0o777).toBe(0o600);
    expect((await stat(place.dataDir)).mode & 0o777).toBe(0o700);
  });

  it('runs below a directory that only we may enter, under an account that is not root', async () => {
    await using place = await temporaryPlace();
    expect((await stat(place.parent)).mode & 0o777).toBe(0o700);
    await using server = await start(place);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect((await stat(place.cluster)).uid).not.toBe(0);
  });

  it('keeps its data over a restart and is gone in between', async () => {
    await using place = await placeInUse();
    const first = await startEmbeddedPostgres({ dataDir: place.dataDir });
    expect(await query(first.url, `select current_setting('fsync') as fsync`)).toEqual([{ fsync: 'on' }]);
    await query(first.url, 'create table kept as select 7 as number');
    await first.stop();
    await expect(query(first.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await using second = await start(place);
    expect(await query(second.url, 'select number from kept')).toEqual([{ number: 7 }]);
  });

  it('leads its own process group, so that Ctrl-C in the terminal does not reach it (reliability 14)', async () => {
    await using place = await placeInUse();
    await using _server = await start(place);
    const { pid } = await place.postmaster();
    expect(process.kill(-pid, 0)).toBe(true);
  });

  it('tells that it has died, and starts again with what was committed (V6, reliability 5)', async () => {
    await using place = await placeInUse();
    const first = await startEmbeddedPostgres({ dataDir: place.dataDir });
    await query(first.url, 'create table kept as select 7 as number');
    process.kill((await place.postmaster()).pid, 'SIGKILL');
    expect((await first.lost).message).toContain('has ended by itself');
    await using second = await start(place);
    expect(await query(second.url, 'select number from kept')).toEqual([{ number: 7 }]);
    await first.stop();
    expect(await query(second.url, 'select number from kept')).toEqual([{ number: 7 }]);
  });

  it('outlives the loss of one of its processes and still counts its users', async () => {
    await using place = await placeInUse();
    const server = await start(place);
    let lost: Error | undefined;
    server.lost.then((reason) => {
      lost = reason;
    });
    const before = await query(server.ownerUrl, PRESENCES);
    const victim = new Client({ connectionString: server.url });
    const ended = new Promise((resolve) => victim.on('error', resolve));
    await victim.connect();
    const [backend] = (await victim.query('select pg_backend_pid() as pid')).rows;
    process.kill(backend.pid, 'SIGKILL');
    await ended;
    await pollUntil('our presence is back', 20_000, async () => {
      const now = await query(server.ownerUrl, PRESENCES);
      return now.length === 1 && !isDeepStrictEqual(now, before) ? true : undefined;
    });
    await server.stop();
    expect(lost).toBeUndefined();
    await expect(query(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
  });

  it('attaches to the server that a killed process left, and stops it as its last user (reliability 15)', async () => {
    await using place = await placeInUse();
    const { child, url } = await startElsewhere(place);
    const { pid } = await place.postmaster();
    await query(url, 'create table kept as select 7 as number');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const server = await start(place);
    expect(server.url).toBe(url);
    expect((await place.postmaster()).pid).toBe(pid);
    expect(await query(server.url, 'select number from kept')).toEqual([{ number: 7 }]);
    await server.stop();
    expect(await isPostmasterOf(pid, place.cluster)).toBe(false);
  });

  it('neither kills nor heeds a stranger whose pid stands in a stale postmaster.pid (reliability 15)', async () => {
    await using place = await placeInUse();
    const first = await start(place);
    await query(first.url, 'create table kept as select 7 as number');
    const path = join(place.cluster, 'postmaster.pid');
    const left = await readFile(path, 'utf8');
    await first.stop();
    const { uid } = await stat(place.cluster);
    await using stranger = await startStranger(uid);
    await writeFile(path, left.replace(/^\d+/, String(stranger.pid)));
    await using second = await start(place);
    expect(await query(second.url, 'select number from kept')).toEqual([{ number: 7 }]);
    expect(process.kill(stranger.pid, 0)).toBe(true);
    expect((await place.postmaster()).pid).not.toBe(stranger.pid);
  });

  it('refuses, and leaves alone, a server on its directory that does not know its password', async () => {
    await using place = await placeInUse();
    await using server = await start(place);
    const path = join(place.dataDir, 'postgres.password');
    const password = await readFile(path, 'utf8');
    await writeFile(path, 'another');
    await expect(start(place)).rejects.toThrow('runs with another password');
    await writeFile(path, password);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is one server for processes that start at once, ended by the last one out', async () => {
    await using place = await temporaryPlace();
    const [elsewhere, ours, again] = await Promise.all([startElsewhere(place), start(place), start(place)]);
    const { pid } = await place.postmaster();
    expect([ours.url, again.url]).toEqual([elsewhere.url, elsewhere.url]);
    await ours.stop();
    await again.stop();
    expect(await query(elsewhere.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    elsewhere.child.kill('SIGTERM');
    await once(elsewhere.child, 'exit');
    expect(await isPostmasterOf(pid, place.cluster)).toBe(false);
  });

  it('starts over when a first start was killed before its cluster was complete', async () => {
    await using place = await temporaryPlace();
    const halfMade = join(place.dataDir, 'postgres.new-killed');
    await mkdir(halfMade, { recursive: true });
    await writeFile(join(halfMade, 'PG_VERSION'), '18');
    await using server = await start(place);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(stat(halfMade)).rejects.toThrow('ENOENT');
  });

  it('makes the links of its libraries that a package installed without scripts lacks', async () => {
    await using place = await temporaryPlace();
    await mkdir(join(place.parent, 'native/lib'), { recursive: true });
    const link = { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' };
    await writeFile(join(place.parent, 'native/pg-symlinks.json'), JSON.stringify([link]));
    await Promise.all([completeLinks(place.parent), completeLinks(place.parent)]);
    expect(await readlink(join(place.parent, link.target))).toBe('libpq.so.5.18');
  });
});

type Place = Awaited<ReturnType<typeof temporaryPlace>>;

/** A data directory below one of mode 0700; its server, if one is left, ends with it. */
async function temporaryPlace() {
  const parent = await mkdtemp(join(tmpdir(), 'sferum-sync-postgres-'));
  const dataDir = join(parent, 'data');
  const cluster = join(dataDir, 'postgres');
  return {
    parent,
    dataDir,
    cluster,
    postmaster: async () => (await readPostmasterFile(cluster))!,
    async [Symbol.asyncDispose]() {
      const left = await readPostmasterFile(cluster);
      if (left) await shutDownPostmaster(left.pid, cluster);
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/** A place whose server was started before. */
async function placeInUse(): Promise<Place> {
  const place = await temporaryPlace();
  await promisify(execFile)('cp', ['-a', made.dataDir, place.dataDir]);
  return place;
}

function start(place: Place) {
  return startEmbeddedPostgres({ dataDir: place.dataDir, durable: false });
}

/** Starts it in a process of its own, which stops it on SIGTERM. */
async function startElsewhere(place: Place): Promise<{ child: ChildProcess; url: string }> {
  const script = `
    import { startEmbeddedPostgres } from '${START}';
    const server = await startEmbeddedPostgres({ dataDir: process.argv[1], durable: false });
    process.once('SIGTERM', () => server.stop());
    console.log(server.url);`;
  const args = ['--input-type=module', '-e', script, place.dataDir];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { child, url: String(line).trim() };
}

/** Starts an unrelated process under the account whose processes PostgreSQL itself would heed. */
async function startStranger(uid: number): Promise<{ pid: number } & AsyncDisposable> {
  const child = spawn('sleep', ['600'], { uid, stdio: 'ignore' });
  await once(child, 'spawn');
  const dispose = async () => {
    child.kill();
    await once(child, 'exit');
  };
  return { pid: child.pid!, [Symbol.asyncDispose]: dispose };
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
