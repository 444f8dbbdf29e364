import { execFile } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { chown, mkdtemp, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { ensureRoles } from '../roles.ts';
import { singleClient } from '../single-client.ts';
import { type Account, chooseAccount, commandLine } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';

const run = promisify(execFile);

/** The superuser. It makes databases, and is connected from every process that uses the server. */
const OWNER = 'sferum_owner';
/** The application's role and its database. The role is no superuser, because superusers skip row-level security. */
export const APPLICATION = 'sferum_sync';

const PASSWORD_BYTES = 24;
const UNFINISHED = 'postgres.new-';

/** Everything that is needed to run the server of one data directory. */
export type Cluster = {
  /** The cluster's own directory, DATA_DIR/postgres, with links resolved as PostgreSQL reports it. */
  directory: string;
  logFile: string;
  password: string;
  binaries: Binaries;
  account: Account;
  durable: boolean;
};

/**
 * Opens DATA_DIR/postgres, and makes it (UTF-8, passwords only) where it is not there. Call under the start lock.
 * The builtin C.UTF-8 locale sorts alike in every build, so an upgrade never spoils an index. It knows Cyrillic upper
 * and lower case. Where people look, Russian order is `collate "ru-x-icu"`.
 */
export async function openCluster(dataDir: string, durable: boolean): Promise<Cluster> {
  const place = await realpath(dataDir);
  const directory = join(place, 'postgres');
  const binaries = await findBinaries();
  const exists = await stat(directory).then(
    () => true,
    () => false,
  );
  const password = await secret(join(place, 'postgres.password'), exists);
  const rest = { directory, logFile: join(place, 'postgres.log'), password, binaries, durable };
  const account = exists ? await chooseAccount(directory, binaries) : await initialise(place, rest);
  return { ...rest, account };
}

/**
 * Makes the cluster beside its place and renames it when complete, so that a start that was killed leaves nothing
 * half made.
 */
async function initialise(place: string, cluster: Omit<Cluster, 'account'>): Promise<Account> {
  const leftovers = (await readdir(place)).filter((name) => name.startsWith(UNFINISHED));
  await Promise.all(leftovers.map((name) => rm(join(place, name), { recursive: true, force: true })));
  const unfinished = await mkdtemp(join(place, UNFINISHED));
  const account = await chooseAccount(unfinished, cluster.binaries);
  const passwordFile = join(place, 'postgres.password');
  if (account.owner) await chown(passwordFile, account.owner.uid, account.owner.gid);
  const [file, args] = commandLine(account, cluster.binaries.initdb, [
    ...['-D', unfinished, '-U', OWNER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'],
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
    // Who may enter the directory with the socket owns the data anyway.
    ...(cluster.durable ? [] : ['--no-sync', '--auth-local=trust']),
  ]);
  await run(file, args, account.options);
  await rename(unfinished, cluster.directory);
  return account;
}

async function secret(path: string, mustExist: boolean): Promise<string> {
  const known = await readFile(path, 'utf8').catch(() => '');
  if (known) return known;
  if (mustExist) throw new Error(`${path} is lost: without it nobody can enter the database beside it`);
  const made = randomBytes(PASSWORD_BYTES).toString('base64url');
  await writeFile(path, made, { mode: 0o600 });
  return made;
}

/** Gives the superuser's address. `database` is `postgres` where only the server itself is meant. */
export function ownerUrl(cluster: Cluster, port: number, database: string): string {
  return `postgres://${OWNER}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

/** Gives the application's address. Its password is derived, so that it does not open the superuser's door. */
export function applicationUrl(cluster: Cluster, port: number): string {
  return `postgres://${APPLICATION}:${applicationPassword(cluster)}@127.0.0.1:${port}/${APPLICATION}`;
}

function applicationPassword(cluster: Cluster): string {
  return createHmac('sha256', cluster.password).update(APPLICATION).digest('base64url');
}

/**
 * Makes the application's role and database where one is missing, because a start may have been killed in between.
 */
export async function ensureApplicationDatabase(cluster: Cluster, port: number): Promise<void> {
  const client = singleClient({ connectionString: ownerUrl(cluster, port, 'postgres') });
  await client.connect();
  try {
    const role = escapeIdentifier(APPLICATION);
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = $1) as role,
              exists (select from pg_database where datname = $1) as database`,
      [APPLICATION],
    );
    if (!rows[0]?.role) await client.query(`create role ${role} login nosuperuser nobypassrls`);
    if (!rows[0]?.database) {
      await client.query(`alter role ${role} password ${escapeLiteral(applicationPassword(cluster))}`);
      await client.query(`create database ${role} owner ${role}`);
    }
    await ensureRoles(client, [APPLICATION]);
  } finally {
    await client.end();
  }
}
