import { sql } from 'kysely';
import { type App, createApp } from '../../src/app.ts';
import { ALL } from '../../src/app-role.ts';
import { type Clock, MINUTE_MS, systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { sweepDrift } from '../../src/live/drift.ts';
import { everywhere } from '../support/everywhere.ts';
import type { Benchmark } from './benchmark.ts';
import { importManualSchool, initialize, settings, succeeded } from './support/app.ts';
import { type Cost, costOf } from './support/costs.ts';
import { controlOf } from './support/sandbox-control.ts';
import { startSandboxOf } from './support/sandbox-process.ts';
import { startServer } from './support/server.ts';

const REQUESTS_PER_SECOND = 20;
const LATENCY_MS = 60;
const CALLS_PER_REQUEST = 25;
/** Every chat has had its turn within this many minutes. */
const TURN_MINUTES = 13;
const MINUTES = 15;
const TALKING_SHARE = 0.1;
const AIM_MS_A_CHAT = 0.05;
const STRANGER = 999_000_111;
/** The relay runs at wakes alone, because the minutes of this benchmark are shorter than those of the clock. */
const NEVER_SWEEP = { LIMIT_SWEEP_INTERVAL_MS: '600000' };

export const drift: Benchmark = {
  name: 'drift',
  about: "looks at the manual's school: requests a minute and CPU a look, at rest and while people talk",
  async run(print) {
    await using server = await startServer();
    await using sandbox = await startSandboxOf({
      ...{ requestsPerSecond: REQUESTS_PER_SECOND, schools: 1, latencyMs: LATENCY_MS },
    });
    let aheadMs = 0;
    const clock: Clock = { ...systemClock, now: () => Date.now() + aheadMs };
    const { url } = await server.database();
    const config = loadConfig({ ...settings(url, sandbox.url), ...NEVER_SWEEP }, 'all');
    await using app = await createApp(config, ALL, { clock });
    const schoolId = await importManualSchool(app, sandbox, REQUESTS_PER_SECOND);
    await succeeded(app.ctx, await initialize(app, schoolId));
    const sferum = controlOf(sandbox.url);
    const ids = await sferum.chatIds();

    /**
     * Lets minutes pass with their looks. `before` plays what people do before each minute. Its cost is not counted.
     */
    const minutes = async (count: number, before: () => Promise<void> = async () => undefined) => {
      const costs: Cost[] = [];
      for (let n = 0; n < count; n++) {
        await before();
        aheadMs += MINUTE_MS;
        costs.push((await costOf(app, server.postmaster, () => sweepDrift(app.ctx, schoolId))).cost);
      }
      return figures(costs, ids.length);
    };

    const after = await minutes(TURN_MINUTES + 1);
    print(`${ids.length} chats; in the ${TURN_MINUTES + 1} minutes after they were made: ${after.text}`);
    const rest = await minutes(MINUTES);
    print(`at rest: ${rest.text}`);
    const talking = ids.slice(0, Math.round(ids.length * TALKING_SHARE));
    const talk = await minutes(MINUTES, () => sferum.say(talking, STRANGER));
    print(`people talk in ${talking.length} chats: ${talk.text}`);
    await sferum.act({ action: 'join', chat: ids[0]!, user: STRANGER });
    aheadMs += MINUTE_MS;
    const startedMs = performance.now();
    await sweepDrift(app.ctx, schoolId);
    await settled(app);
    const outMs = Math.round(performance.now() - startedMs);
    print(`a stranger is out ${outMs} ms after the look began; looks are a minute apart`);
    const readAll = ids.length / CALLS_PER_REQUEST / MINUTES;
    print(
      `ratio: requests at rest ${(rest.requests / readAll).toFixed(2)} ×, with talk ${(talk.requests / readAll).toFixed(2)} × those of reading every chat in 15 minutes; CPU a chat and look ${(rest.msAChat / AIM_MS_A_CHAT).toFixed(2)} × what is allowed`,
    );
  },
};

function figures(costs: readonly Cost[], chats: number) {
  const mean = (of: (cost: Cost) => number) => costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length;
  const [ours, postgres] = [mean((c) => c.processMs), mean((c) => c.postgresMs)];
  const [requests, calls, statements] = [
    mean((c) => c.requests),
    mean((c) => c.calls),
    mean((c) => c.statements),
  ];
  const msAChat = (ours + postgres) / chats;
  const text = `${requests.toFixed(1)} requests and ${calls.toFixed(0)} calls a minute, ${statements.toFixed(0)} statements, CPU a look ${ours.toFixed(0)} ms and PostgreSQL's ${postgres.toFixed(0)} ms, ${msAChat.toFixed(3)} ms a chat`;
  return { requests, msAChat, text };
}

/** Waits until no chat has work left. */
async function settled({ ctx }: Pick<App, 'ctx'>): Promise<void> {
  for (;;) {
    const { rows } = await sql`select from chat where generation > settled_generation limit 1`.execute(
      everywhere(ctx),
    );
    if (rows.length === 0) return;
    await ctx.clock.sleep(3);
  }
}
