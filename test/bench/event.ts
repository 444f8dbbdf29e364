import { sql } from 'kysely';
import type { App } from '../../src/app.ts';
import { dayIn } from '../../src/clock.ts';
import { everywhere } from '../support/everywhere.ts';
import type { Benchmark } from './benchmark.ts';
import { importManualSchool, initialize, startApp, succeeded } from './support/app.ts';
import { changesOf } from './support/changes.ts';
import { follow, type Took } from './support/follow.ts';
import { median, timed } from './support/measure.ts';
import { type SandboxProcess, startSandbox } from './support/sandbox-process.ts';
import { TIME_ZONE } from './support/school.ts';
import { startServer } from './support/server.ts';

const BULK_REQUESTS_PER_SECOND = 3;
const REQUESTS_PER_SECOND = 20;
const EVENTS = 100;
/** An event that touches more chats is followed and not counted. */
const CHATS_PER_EVENT_AT_MOST = 25;
const SPARE_EVENTS = 40;
const LOOK_EVERY_MS = 3;
const PROBES = 20;
const PROBE_EVERY_MS = 60;
/** The aims: on an idle machine, and while an initialisation runs. */
const MEDIAN_AIM_MS = 150;
const WORST_AIM_MS = 1_000;
const WORST_BUSY_AIM_MS = 3_000;

export const event: Benchmark = {
  name: 'event',
  about: 'from an event to its chats in Sferum, one at a time, alone and while 2,700 chats are being made',
  async run(print) {
    await using server = await startServer();
    await using sandbox = await startSandbox(REQUESTS_PER_SECOND);
    await using app = await startApp((await server.database()).url, sandbox.url);
    const schoolId = await importManualSchool(app, sandbox, BULK_REQUESTS_PER_SECOND);
    const today = dayIn(TIME_ZONE, app.ctx.clock.now());
    const changes = await changesOf(everywhere(app.ctx), schoolId, today, 2 * EVENTS + SPARE_EVENTS);

    const initialization = await initialize(app, schoolId);
    await planned(app, initialization);
    const busy: Took[] = [];
    while (busy.length < EVENTS && (await runs(app, initialization))) {
      const took = await follow(app, schoolId, changes.shift()!);
      if (took.chats <= CHATS_PER_EVENT_AT_MOST) busy.push(took);
    }
    await succeeded(app.ctx, initialization);

    await sql`update sferum_account set requests_per_second = ${REQUESTS_PER_SECOND}`.execute(
      everywhere(app.ctx),
    );
    const latencyMs = await latencyOf(sandbox);
    const idle: Took[] = [];
    while (idle.length < EVENTS) {
      const took = await follow(app, schoolId, changes.shift()!);
      if (took.chats <= CHATS_PER_EVENT_AT_MOST) idle.push(took);
    }

    print(`Sferum's own latency ${latencyMs.toFixed(1)} ms, taken off once an event`);
    const alone = figures(idle, latencyMs);
    const beside = figures(busy, latencyMs);
    print(`alone, ${REQUESTS_PER_SECOND} requests/s: ${alone.text}`);
    for (const [type, took] of Map.groupBy(idle, (one) => one.type)) {
      print(`  ${type}: ${figures(took, latencyMs).text}`);
    }
    print(`beside an initialisation, ${BULK_REQUESTS_PER_SECOND} requests/s: ${beside.text}`);
    print(
      `ratio: of what is allowed ${(alone.medianMs / MEDIAN_AIM_MS).toFixed(2)} at the median, ${(alone.worstMs / WORST_AIM_MS).toFixed(2)} at worst, ${(beside.worstMs / WORST_BUSY_AIM_MS).toFixed(2)} at worst beside an initialisation`,
    );
  },
};

function figures(took: readonly Took[], latencyMs: number) {
  const times = took.map(({ ms }) => ms - latencyMs);
  const medianMs = median(times);
  const worstMs = Math.max(...times);
  const chats = took.map((one) => one.chats);
  const durableMs = median(took.map((one) => one.durableMs));
  const requests = took.map((one) => one.requests);
  const touched = `each touching ${Math.min(...chats)} to ${Math.max(...chats)} chats`;
  const text = `median ${medianMs.toFixed(0)} ms (${durableMs.toFixed(0)} ms to the 202), worst ${worstMs.toFixed(0)} ms of ${took.length} events, ${touched}, with ${median(requests)} requests meanwhile, ${Math.max(...requests)} at most`;
  return { medianMs, worstMs, text };
}

/** Waits until the plan is applied. From then on events are followed. */
async function planned({ ctx }: App, operationId: string): Promise<void> {
  for (;;) {
    const { rows } =
      await sql`select 1 from operation_chat where operation_id = ${operationId} limit 1`.execute(
        everywhere(ctx),
      );
    if (rows.length > 0) return;
    await ctx.clock.sleep(LOOK_EVERY_MS);
  }
}

async function runs({ ctx }: App, operationId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from operation where id = ${operationId} and state = 'running'`.execute(
    everywhere(ctx),
  );
  return rows.length > 0;
}

async function latencyOf({ url, userToken }: SandboxProcess): Promise<number> {
  const times: number[] = [];
  for (let probe = 0; probe < PROBES; probe++) {
    const { ms } = await timed(async () => {
      const body = new URLSearchParams({ v: '5.199', code: 'return [API.users.get({})];' });
      const answer = await fetch(`${url}/execute`, {
        method: 'POST',
        headers: { authorization: `Bearer ${userToken}` },
        body,
      });
      await answer.json();
    });
    times.push(ms);
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
  return median(times);
}
