/** The whole program in one process, over a database and a sandbox of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, vi } from 'vitest';
import { type App, createApp, type Overrides } from '../../src/app.ts';
import { ALL } from '../../src/app-role.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Commands } from '../../src/commands.ts';
import { commandsOf } from '../../src/commands.ts';
import { loadConfig } from '../../src/config.ts';
import type { Context } from '../../src/context.ts';
import { compareStates } from '../../src/demo/compare-states.ts';
import { followOperation } from '../../src/demo/follow.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { DEFAULT_LIMITS } from '../../src/limits.ts';
import { schoolsToSweep } from '../../src/live/drift.ts';
import { createLog } from '../../src/log.ts';
import type { Sandbox } from '../../src/sferum/sandbox/sandbox.ts';
import type { Operation } from '../../src/store/entities.ts';
import { createTestDatabase, keepDatabase } from './database.ts';
import { everywhere } from './everywhere.ts';
import type { KeptWorld } from './kept-world.ts';
import { SHORT_LINGERS } from './short-lingers.ts';
import { JWT_SECRET, type TokenClaims, tokenOf } from './tokens.ts';

/** What the sandbox allows, and our own pace where a test asks for it: what happens counts, not how slowly. */
const REQUESTS_PER_SECOND = 200;
/**
 * The fewest with which everything works. The server reads and plans each statement anew on each connection, so a world
 * that lives for a few seconds pays most for its connections.
 */
const CONNECTIONS = '6';
/** As many as by default: for tests that hold one, and for those of what work may take of them. */
export const USUAL_CONNECTIONS = String(DEFAULT_LIMITS.databaseConnections);
const SETTLED_WITHIN_MS = 40_000;
const LOOK_EVERY_MS = 20;

/** Without a school the token is for all of them. */
export type Who = Omit<TokenClaims, 'school'> & { school?: string };

export interface TestApp extends AsyncDisposable {
  app: App;
  ctx: Context;
  commands: Commands;
  sandbox: Sandbox;
  /** A request to our own HTTP edge, by somebody. */
  request(path: string, init?: RequestInit & { as?: Who }): Promise<Response>;
  /** Sends and receives JSON. */
  call(method: string, path: string, as: Who, body?: unknown): Promise<Response>;
  /** Takes a roster in, and connects its schools at the sandbox's pace. */
  importRoster(files: Record<string, string>, takenAt?: string): Promise<void>;
  /** Resolves once nothing is left to do: no open operation, no chat behind. */
  settled(): Promise<void>;
  /** Waits for one operation's end. */
  ended(operationId: string): Promise<Operation>;
  /** The differences between the sandbox and the desired state, which is computed from the facts anew, in words. */
  differences(schoolIds: readonly string[]): Promise<string[]>;
  /**
   * The profiles that are really in the chat of this title, sorted; an admin with a star: `101* 201`. Null: no chat.
   */
  inSferum(title: string): string | null;
  /** Ends the app and keeps what it leaves, to start others from. */
  keep(): Promise<KeptWorld>;
}

/**
 * `now`: the instant at which the app believes to start; its time then goes on as ours does. Default: our time.
 * `from`: what it finds; its time goes on where that world's ended.
 */
export async function startTestApp(
  options: {
    env?: Record<string, string>;
    now?: string;
    clock?: Clock;
    /** Default: what a small school takes on a busy machine. */
    settledWithinMs?: number;
    from?: KeptWorld;
  } & Pick<Overrides, 'sandbox' | 'vkLimits'> = {},
): Promise<TestApp> {
  await using parts = new AsyncDisposableStack();
  const { from } = options;
  const database = await (from ? from.copyDatabase() : createTestDatabase());
  let isKept = false;
  parts.defer(async () => void (isKept || (await database[Symbol.asyncDispose]())));
  const dataDir = await mkdtemp(join(tmpdir(), 'sferum-sync-app-'));
  parts.defer(() => rm(dataDir, { recursive: true, force: true }));
  const config = loadConfig(
    {
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      SGO_JWT_SECRET: JWT_SECRET,
      SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
      LOG_LEVEL: 'fatal',
      LIMIT_DATABASE_CONNECTIONS: CONNECTIONS,
      LIMIT_SWEEP_INTERVAL_MS: '300',
      LIMIT_LATE_EFFECT_MS: '1000',
      // Tests ask faster than people.
      LIMIT_PERSON_REQUESTS_PER_SECOND: '1000000',
      ...options.env,
    },
    'demo',
  );
  const startMs = options.now === undefined ? from?.atMs : Date.parse(options.now);
  const clock = options.clock ?? (startMs === undefined ? systemClock : clockFrom(startMs));
  const pace = { paceUserPerSecond: REQUESTS_PER_SECOND, paceCommunityPerSecond: REQUESTS_PER_SECOND };
  const log = createLog(config.logLevel);
  const app = parts.use(
    await createApp(config, ALL, {
      ...{ clock, log, vkLimits: options.vkLimits ?? SHORT_LINGERS },
      sandbox: { ...pace, ...(from && { state: from.sandboxState() }), stateFile: '', ...options.sandbox },
    }),
  );
  const { ctx } = app;
  const sandbox = app.sandbox!;
  if (from) {
    sandbox.world.ledger.entries.unshift(...from.ledger);
    await moveLinks(ctx, from.linkOrigin, sandbox.world.linkOrigin!);
  }
  const commands = commandsOf(ctx);
  const settled = () => nothingLeft(ctx, options.settledWithinMs);
  const request: TestApp['request'] = async (path, { as, headers, ...init } = {}) =>
    app.http.request(path, {
      ...init,
      headers: {
        ...(as ? { authorization: `Bearer ${await tokenOf({ school: '*', ...as }, {}, clock.now())}` } : {}),
        ...(headers as Record<string, string>),
      },
    });
  const owned = parts.move();
  return {
    ...{ app, ctx, commands, sandbox, settled, request },
    call: (method, path, as, body) =>
      request(path, {
        ...{ method, as, headers: { 'content-type': 'application/json' } },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async importRoster(files, takenAt) {
      const at = new Date(takenAt ?? clock.now());
      await commands.importRoster({
        body: await zipRoster(files),
        takenAt: at,
        within: '*',
        by: { id: 'sgo', kind: 'service' },
      });
      await settled();
      await sql`update sferum_account set requests_per_second = ${REQUESTS_PER_SECOND}`.execute(
        everywhere(ctx),
      );
    },
    ended: (id) => followOperation(ctx, id, { lookEveryMs: LOOK_EVERY_MS }),
    differences: async (schoolIds) => (await compareStates(ctx, sandbox, schoolIds)).differences,
    inSferum: (title) => membersOf(sandbox, title),
    async keep() {
      isKept = true;
      await owned.disposeAsync();
      const copyDatabase = await keepDatabase(database);
      const state = JSON.stringify(sandbox.snapshot());
      return {
        ...{ copyDatabase, sandboxState: () => JSON.parse(state), linkOrigin: sandbox.world.linkOrigin! },
        ledger: [...sandbox.world.ledger.entries],
        atMs: clock.now(),
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function clockFrom(startMs: number): Clock {
  const aheadMs = startMs - Date.now();
  return { ...systemClock, now: () => Date.now() + aheadMs };
}

/** Each sandbox has an address of its own, and its links begin with it. */
export async function moveLinks(ctx: Context, from: string, to: string): Promise<void> {
  await sql`update chat set invite_link = replace(invite_link, ${from}, ${to}) where invite_link is not null`.execute(
    everywhere(ctx),
  );
}

const WAITING = { timeout: SETTLED_WITHIN_MS, interval: LOOK_EVERY_MS };

function nothingLeft(ctx: Context, timeout = SETTLED_WITHIN_MS): Promise<void> {
  return vi.waitFor(
    async () => {
      const { rows } = await sql`
      select 'operation' as what, kind as which, state from operation where state in ('queued', 'running')
      union all select 'chat', title, coalesce(condition_reason, condition) from chat
        where generation > settled_generation and deleted_at is null`.execute(everywhere(ctx));
      expect(rows).toEqual([]);
    },
    { timeout, interval: LOOK_EVERY_MS },
  );
}

/**
 * Waits for the looks that are due, for example at chats that were just made. They would mend what follows, or count as
 * a part of it.
 */
export function lookedAt({ app, ctx }: TestApp): Promise<void> {
  return vi.waitFor(async () => {
    expect(await schoolsToSweep(ctx)).toEqual([]);
    expect(await app.queues.unfinished('operations')).toBe(0);
  }, WAITING);
}

function membersOf({ world }: Sandbox, title: string): string | null {
  const chats = [...world.chats.values()].filter((chat) => chat.title === title);
  if (chats.length > 1) throw new Error(`${chats.length} chats «${title}»`);
  const [chat] = chats;
  if (!chat) return null;
  return [...chat.members]
    .filter(([id, member]) => id !== chat.ownerId && !member.isRequest)
    .sort(([a], [b]) => a - b)
    .map(([id, { isAdmin }]) => `${id}${isAdmin ? '*' : ''}`)
    .join(' ');
}
