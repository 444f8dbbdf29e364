/** The whole program in this process, over a given database and Sferum. */
import { sql } from 'kysely';
import { type App, createApp } from '../../../src/app.ts';
import { ALL } from '../../../src/app-role.ts';
import { commandsOf } from '../../../src/commands.ts';
import { loadConfig } from '../../../src/config.ts';
import { CHAT_TYPES } from '../../../src/desired/model.ts';
import { everywhere } from '../../support/everywhere.ts';
import type { SandboxSchool } from './sandbox-process.ts';
import { manualRoster } from './school.ts';

/** The time between two looks at operations. */
const LOOK_EVERY_MS = 100;

const BY = { id: 'bench', kind: 'operator' } as const;

export function startApp(
  databaseUrl: string,
  sferumUrl: string,
  env: Record<string, string> = {},
  role = ALL,
): Promise<App> {
  const config = loadConfig({ ...settings(databaseUrl, sferumUrl), ...env }, 'all');
  return createApp(config, role);
}

/** The environment of a process of the product. */
export function settings(databaseUrl: string, sferumUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    SFERUM_API_URL: sferumUrl,
    SGO_JWT_SECRET: 'x'.repeat(32),
    SECRETS_KEY: Buffer.alloc(32).toString('base64'),
    LOG_LEVEL: 'error',
    // One person asks as fast as a benchmark can.
    LIMIT_PERSON_REQUESTS_PER_SECOND: '1000000',
  };
}

/** Imports the manual's school and connects it. Returns its id. */
export async function importManualSchool(
  app: App,
  sferum: SandboxSchool,
  requestsPerSecond: number,
): Promise<string> {
  const { ctx } = app;
  await importRoster(app, await manualRoster());
  const { rows } = await sql<{ id: string }>`select id from school`.execute(everywhere(ctx));
  const schoolId = rows[0]!.id;
  await connect(app, schoolId, sferum, requestsPerSecond);
  return schoolId;
}

/** Imports a roster and waits for the end of the import. */
export async function importRoster({ ctx }: App, body: Uint8Array): Promise<void> {
  const takenAt = new Date(ctx.clock.now());
  await succeeded(ctx, await commandsOf(ctx).importRoster({ body, takenAt, within: '*', by: BY }));
}

/** Connects a school, with a user token at this pace. */
export async function connect(
  { ctx }: App,
  schoolId: string,
  { communityId, userToken }: SandboxSchool,
  requestsPerSecond: number,
): Promise<void> {
  await commandsOf(ctx).connectSferum({
    ...{ schoolId, communityId, accessToken: userToken, tokenKind: 'user' },
    ...{ callsToken: null, requestsPerSecond, replaceAccount: false, by: BY },
  });
}

/** Opens an initialisation of all types; returns its operation. */
export function initialize({ ctx }: App, schoolId: string, dryRun = false): Promise<string> {
  const types = [...CHAT_TYPES];
  return commandsOf(ctx).initialize({ schoolId, types, dryRun, strict: false, asOf: null, by: BY });
}

/** Opens the plan of an initialisation of all types; returns its operation. */
export const planInitialization = (app: App, schoolId: string): Promise<string> =>
  initialize(app, schoolId, true);

/** Opens the initialisation that a plan has shown; returns its operation. */
export const approvePlan = ({ ctx }: App, schoolId: string, plan: string): Promise<string> =>
  commandsOf(ctx).initialize({ schoolId, plan, by: BY });

/**
 * Waits for the end of these operations. One look sees all, so that looking costs little beside the work.
 * @throws unless all have succeeded
 */
export async function succeeded(ctx: App['ctx'], ...operationIds: string[]): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ state: string; problems: unknown[] }>`
      select state, problems from operation where id = any(${operationIds}::uuid[])`.execute(everywhere(ctx));
    const isOpen = rows.some(({ state }) => state === 'queued' || state === 'running');
    if (isOpen) await ctx.clock.sleep(LOOK_EVERY_MS);
    else {
      const bad = rows.find(({ state }) => state !== 'succeeded');
      if (bad)
        throw new Error(`an operation ended ${bad.state}: ${JSON.stringify(bad.problems.slice(0, 3))}`);
      return;
    }
  }
}
