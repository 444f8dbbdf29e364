/** The sandbox in a process of its own, so that neither its memory nor its work is counted as ours. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createSandbox } from '../../../src/sferum/sandbox/sandbox.ts';

/** As of VK, in another world's arithmetic: any number will do. */
const COMMUNITY_ID = 230_000_001;

export interface SandboxProcess extends AsyncDisposable {
  /** What SFERUM_API_URL is. */
  url: string;
  communityId: number;
  userToken: string;
}

interface Started {
  url: string;
  communityId: number;
  userToken: string;
}

/** Starts a sandbox that takes so many requests a second of its one school. */
export async function startSandbox(requestsPerSecond: number): Promise<SandboxProcess> {
  const child = fork(fileURLToPath(import.meta.url), [String(requestsPerSecond)], { stdio: 'inherit' });
  const [started] = (await once(child, 'message')) as [Started];
  return { ...started, [Symbol.asyncDispose]: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}

/** The child's side: ends with its parent. */
async function serve(requestsPerSecond: number, tell: (started: Started) => void): Promise<void> {
  const sandbox = createSandbox({ now: Date.now, random: Math.random, paceUserPerSecond: requestsPerSecond });
  const { url } = await sandbox.listen();
  const { communityId, userToken } = sandbox.world.connectSchool({ communityId: COMMUNITY_ID });
  process.once('disconnect', () => process.exit(0));
  tell({ url, communityId, userToken });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await serve(Number(process.argv[2]), (started) => process.send!(started));
}
