import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Benchmark } from './benchmark.ts';
import { importManualSchool, initialize, startApp, succeeded } from './support/app.ts';
import { startSandbox } from './support/sandbox-process.ts';
import { startServer } from './support/server.ts';

const AIM_MB = 700;
const REQUESTS_PER_SECOND = 200;
const BYTES_PER_MB = 2 ** 20;

export const memory: Benchmark = {
  name: 'memory',
  about: `the process's peak memory without PostgreSQL and Sferum, against ${AIM_MB} MB`,
  async run(print) {
    await using server = await startServer();
    await using sandbox = await startSandbox(REQUESTS_PER_SECOND);
    const { url } = await server.database();
    const { url: sferumUrl, communityId, userToken } = sandbox;
    const child = fork(fileURLToPath(import.meta.url), [
      JSON.stringify({ url, sferumUrl, communityId, userToken }),
    ]);
    child.on('message', ({ step, peakMb, seconds }: Step) =>
      print(`${step.padEnd(24)} ${peakMb.toFixed(0)} MB at most until then, ${seconds.toFixed(1)} s`),
    );
    let peakMb = Number.NaN;
    child.on('message', (step: Step) => {
      peakMb = step.peakMb;
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`the measured process ended with ${code}`);
    print(`ratio: ${(peakMb / AIM_MB).toFixed(2)} of ${AIM_MB} MB`);
  },
};

interface Step {
  step: string;
  peakMb: number;
  seconds: number;
}

interface Parts {
  url: string;
  sferumUrl: string;
  communityId: number;
  userToken: string;
}

/** What the measured process does: an import, an initialisation, and a second one that finds nothing to do. */
async function work(parts: Parts): Promise<void> {
  const startedMs = performance.now();
  const tell = (step: string) =>
    process.send!({ step, peakMb: peakMb(), seconds: (performance.now() - startedMs) / 1000 } satisfies Step);
  await using app = await startApp(parts.url, parts.sferumUrl);
  tell('started');
  const schoolId = await importManualSchool(app, parts, REQUESTS_PER_SECOND);
  tell('imported');
  await succeeded(app.ctx, await initialize(app, schoolId));
  tell('initialised');
  await succeeded(app.ctx, await initialize(app, schoolId));
  tell('initialised once more');
}

function peakMb(): number {
  return (process.resourceUsage().maxRSS * 1024) / BYTES_PER_MB;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await work(JSON.parse(process.argv[2]!) as Parts);
  process.disconnect();
}
