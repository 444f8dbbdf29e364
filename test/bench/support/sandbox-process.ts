/** The sandbox in a process of its own, so that neither its memory nor its work is counted as ours. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createSandbox } from '../../../src/sferum/sandbox/sandbox.ts';

/** A community id as VK gives them. Nothing depends on the number. */
const COMMUNITY_ID = 230_000_001;

export interface SandboxProcess extends AsyncDisposable {
  /** The value for SFERUM_API_URL. */
  url: string;
  communityId: number;
  userToken: string;
  /** The accounts of all schools. Those of the first school stand above. */
  schools: readonly SandboxSchool[];
}

export interface SandboxSchool {
  communityId: number;
  userToken: string;
}

type Started = Omit<SandboxProcess, keyof AsyncDisposable>;

export interface SandboxWish {
  /** The limit of each school. */
  requestsPerSecond: number;
  schools: number;
  latencyMs: number;
}

/** Starts a sandbox of one school, which takes this many requests a second. */
export function startSandbox(requestsPerSecond: number): Promise<SandboxProcess> {
  return startSandboxOf({ requestsPerSecond, schools: 1, latencyMs: 0 });
}

/** Starts a sandbox with these schools. */
export async function startSandboxOf(wish: SandboxWish): Promise<SandboxProcess> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(wish)], { stdio: 'inherit' });
  const [started] = (await once(child, 'message')) as [Started];
  return { ...started, [Symbol.asyncDispose]: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}

/** What the child process does. It ends together with its parent. */
async function serve(wish: SandboxWish, tell: (started: Started) => void): Promise<void> {
  const { requestsPerSecond: paceUserPerSecond, latencyMs } = wish;
  const sandbox = createSandbox({ now: Date.now, random: Math.random, paceUserPerSecond, latencyMs });
  const { url } = await sandbox.listen();
  const schools = Array.from({ length: wish.schools }, (_, at) => {
    const { communityId, userToken } = sandbox.world.connectSchool({ communityId: COMMUNITY_ID + at });
    return { communityId, userToken };
  });
  process.once('disconnect', () => process.exit(0));
  tell({ url, ...schools[0]!, schools });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await serve(JSON.parse(process.argv[2]!) as SandboxWish, (started) => process.send!(started));
}
