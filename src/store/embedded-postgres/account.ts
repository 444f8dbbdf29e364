import { execFile } from 'node:child_process';
import { chown, lstat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { sure } from '../../sure.ts';
import type { Binaries } from './binaries.ts';

const run = promisify(execFile);

/** The server's environment. Nothing of ours (PGDATA, LD_…) may leak into it, and messages are English. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };

/** Accounts that are tried as root, in this order. */
const ACCOUNT_NAMES = ['postgres', 'nobody'];

type Ids = { uid: number; gid: number };

/** How PostgreSQL's programs are run: `prefix` goes before the program, `options` to spawn. */
export type Account = {
  prefix: string[];
  options: { env: Record<string, string>; cwd: string } & Partial<Ids>;
  /** Who must own the files; left out where we own them ourselves. */
  owner?: Ids;
};

/**
 * Chooses the account for PostgreSQL, which refuses to run as root. As root, it is the account that owns the cluster
 * already, else `postgres`, else `nobody`.
 * Programs or data may stand below a directory that only root may enter (mode 0700). Only then the programs get the
 * one capability that passes such directories (DAC_OVERRIDE, part of a container's usual set), through setpriv where
 * there is one.
 * `place`: the directory PostgreSQL will live in; it must exist.
 */
export async function chooseAccount(place: string, binaries: Binaries): Promise<Account> {
  const ours: Account = { prefix: [], options: { env: ENVIRONMENT, cwd: '/' } };
  if (process.getuid?.() !== 0) return ours;
  const owner = (await ownerOf(place)) ?? (await firstAccount());
  await chown(place, owner.uid, owner.gid);
  const plain: Account = { ...ours, options: { ...ours.options, ...owner }, owner };
  const passing: Account = { ...ours, prefix: setpriv(owner), owner };
  if (await canReach(plain, place, binaries)) return plain;
  if (await canReach(passing, place, binaries)) return passing;
  throw new Error(
    `PostgreSQL cannot run as root, and user ${owner.uid} cannot reach ${place} or ${binaries.postgres}; ` +
      'choose another DATA_DIR or install setpriv (util-linux)',
  );
}

/** Splits a call of one of PostgreSQL's programs into what spawn takes: the file and its arguments. */
export function commandLine(account: Account, program: string, args: string[]): [string, string[]] {
  const [file, ...rest] = [...account.prefix, program, ...args];
  return [sure(file), rest];
}

function setpriv({ uid, gid }: Ids): string[] {
  // initdb checks its programs by access(2), which drops the capabilities of every user but root unless told not to.
  const keep = '--securebits=+no_setuid_fixup';
  const capability = [keep, '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...capability];
}

async function canReach(account: Account, place: string, binaries: Binaries): Promise<boolean> {
  const script = 'test -w "$1" && test -x "$1" && exec "$2" --version';
  const [file, args] = commandLine(account, 'sh', ['-c', script, 'sh', place, binaries.postgres]);
  return run(file, args, account.options).then(
    () => true,
    () => false,
  );
}

async function ownerOf(path: string): Promise<Ids | undefined> {
  const { uid, gid } = await lstat(path);
  return uid === 0 ? undefined : { uid, gid };
}

async function firstAccount(): Promise<Ids> {
  for (const name of ACCOUNT_NAMES) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(() => undefined);
    if (ids) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) };
  }
  throw new Error(`PostgreSQL cannot run as root and there is no user ${ACCOUNT_NAMES.join(' or ')}`);
}
