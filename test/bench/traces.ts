import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { everywhere } from '../support/everywhere.ts';
import { JWT_SECRET, tokenOf } from '../support/tokens.ts';
import type { Benchmark } from './benchmark.ts';
import { connect, importRoster, initialize, startApp, succeeded } from './support/app.ts';
import { type SandboxProcess, startSandbox } from './support/sandbox-process.ts';
import { TODAY } from './support/school.ts';
import { startServer } from './support/server.ts';

/** So high that the pace does not limit what is measured. */
const REQUESTS_PER_SECOND = 900;
const CHANGES = 200;
/** The first round warms up and is not counted. */
const ROUNDS = 6;
/** The aim: work with traces may cost this many times the work without them. */
const AIM = 1.15;

/** Receives spans in a thread of its own, whose CPU is not counted. */
const RECEIVER = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:http').createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200).end('{}'));
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;

export const traces: Benchmark = {
  name: 'traces',
  about: `${CHANGES} changes of chats, from the request to the answer of Sferum, with traces and without`,
  async run(print) {
    await using server = await startServer();
    await using sandbox = await startSandbox(REQUESTS_PER_SECOND);
    const receiver = new Worker(RECEIVER, { eval: true });
    const [port] = (await once(receiver, 'message')) as [number];
    const database = await server.database();
    await prepared(database.url, sandbox);
    const cost = { off: [] as number[], on: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const mode of ['off', 'on'] as const) {
        const env: Record<string, string> =
          mode === 'on' ? { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` } : {};
        const ms = await cpuOfChanges(database.url, sandbox.url, { SGO_JWT_SECRET: JWT_SECRET, ...env });
        if (round > 0) cost[mode].push(ms);
      }
    }
    await receiver.terminate();
    const [off, on] = [Math.min(...cost.off) / CHANGES, Math.min(...cost.on) / CHANGES];
    print(
      `off ${off.toFixed(2)} ms of our CPU a change (${spread(cost.off)}), on ${on.toFixed(2)} (${spread(cost.on)})`,
    );
    print(`ratio: ${(on / off).toFixed(2)} × the CPU without traces, ${AIM} is allowed`);
  },
};

const spread = (ms: readonly number[]) =>
  `${(Math.min(...ms) / CHANGES).toFixed(2)}–${(Math.max(...ms) / CHANGES).toFixed(2)}`;

async function prepared(databaseUrl: string, sandbox: SandboxProcess): Promise<void> {
  await using app = await startApp(databaseUrl, sandbox.url);
  await importRoster(app, await zipRoster(makeSchool({ seed: 7, size: 'small', today: TODAY }).files));
  const { rows } = await sql<{ id: string }>`select id from school`.execute(everywhere(app.ctx));
  await connect(app, rows[0]!.id, sandbox, REQUESTS_PER_SECOND);
  await succeeded(app.ctx, await initialize(app, rows[0]!.id));
}

/** Gives our thread's CPU in ms for this many changes, one after another, until Sferum has the last. */
async function cpuOfChanges(
  databaseUrl: string,
  sferumUrl: string,
  env: Record<string, string>,
): Promise<number> {
  await using app = await startApp(databaseUrl, sferumUrl, env);
  const db = everywhere(app.ctx);
  const { rows: chats } = await sql<{
    id: string;
  }>`select id from chat where deleted_at is null order by id`.execute(db);
  const { rows: admins } = await sql<{ school: string; sub: string }>`select school_id as school, id as sub
    from person where roles && array['administrator', 'school-admin', 'teacher'] order by roles limit 1`.execute(
    db,
  );
  const { school, sub } = admins[0]!;
  const headers = {
    ...{
      authorization: `Bearer ${await tokenOf({ role: 'school-admin', school, sub })}`,
      'content-type': 'application/json',
    },
  };
  const before = process.threadCpuUsage();
  for (let at = 0; at < CHANGES; at++) {
    const response = await app.http.request(`/v1/chats/${chats[at % chats.length]!.id}`, {
      ...{ method: 'PATCH', headers, body: JSON.stringify({ title: `Чат ${at} ${app.ctx.newId()}` }) },
    });
    if (response.status !== 200) throw new Error(`a change was answered ${response.status}`);
  }
  for (;;) {
    const { rows } = await sql`select from chat where generation > settled_generation limit 1`.execute(db);
    if (rows.length === 0) break;
    await app.ctx.clock.sleep(5);
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
