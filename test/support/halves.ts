/**
 * The program in pieces: a sandbox and a database that outlive processes, an API half in this process without
 * workers, and beside it whatever a test starts. Without workers a test carries out jobs itself, one by one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, vi } from 'vitest';
import { type App, createApp, type Overrides } from '../../src/app.ts';
import { API } from '../../src/app-role.ts';
import type { Commands } from '../../src/commands.ts';
import { commandsOf } from '../../src/commands.ts';
import { loadConfig } from '../../src/config.ts';
import type { Context } from '../../src/context.ts';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import type { ChatType } from '../../src/desired/model.ts';
import { reconcileChats } from '../../src/live/reconcile-chat.ts';
import { createLog } from '../../src/log.ts';
import { connectSandboxSchools } from '../../src/operations/connect-sandbox.ts';
import { createSandbox, type Sandbox } from '../../src/sferum/sandbox/sandbox.ts';
import { SECRETS_KEY } from './child-process.ts';
import { createTestDatabase } from './database.ts';
import { everywhere } from './everywhere.ts';
import { runNow } from './run-operation.ts';
import { SHORT_LINGERS } from './short-lingers.ts';
import { TODAY } from './small-world.ts';
import { JWT_SECRET } from './tokens.ts';

const REQUESTS_PER_SECOND = 200;

export interface Halves extends AsyncDisposable {
  app: App;
  ctx: Context;
  commands: Commands;
  sandbox: Sandbox;
  /** What processes of the program need to work beside. */
  env: Record<string, string>;
  /** Imports the small made-up school, connects it, and gives its id. No worker is needed. */
  importSchool(seed?: number): Promise<string>;
  /** Plans and applies an initialisation; Sferum is still as it was. Returns the operation's id. */
  initialize(schoolId: string, types: ChatType[]): Promise<string>;
  /** Carries out one chat's job in this process. */
  work(chatId: string): Promise<void>;
  /**
   * Carries jobs out again and again while something is due now. Troubles that must be waited for are not waited for.
   */
  workAll(): Promise<void>;
  /** Ids of all chats in order. */
  chatIds(): Promise<string[]>;
  /** Resolves once workers have left no chat behind. */
  settled(timeoutMs?: number): Promise<void>;
  /** Where the sandbox and the СГО lists of the chats that there are disagree, in words. */
  differences(): Promise<string[]>;
  /** Titles of live chats with somebody in them that are there more than once. */
  duplicates(): string[];
}

export async function startHalves(
  options: {
    env?: Record<string, string>;
    databaseUrl?: string;
    /** Halves whose sandbox these share, and which outlive these. */
    beside?: Halves;
    overrides?: Overrides;
  } = {},
): Promise<Halves> {
  await using parts = new AsyncDisposableStack();
  const databaseUrl = options.databaseUrl ?? parts.use(await createTestDatabase()).url;
  const dataDir = await mkdtemp(join(tmpdir(), 'sferum-sync-halves-'));
  parts.defer(() => rm(dataDir, { recursive: true, force: true }));
  const sandbox =
    options.beside?.sandbox ??
    createSandbox({
      ...{ now: Date.now, random: Math.random },
      ...{ paceUserPerSecond: REQUESTS_PER_SECOND, paceCommunityPerSecond: REQUESTS_PER_SECOND },
      ...options.overrides?.sandbox,
    });
  if (!options.beside) parts.defer(() => sandbox.close());
  const url = options.beside?.env.SFERUM_API_URL ?? (await sandbox.listen()).url;
  const env = {
    ...{ DATABASE_URL: databaseUrl, SFERUM_API_URL: url, DATA_DIR: dataDir, LIMIT_SWEEP_INTERVAL_MS: '300' },
    LIMIT_LATE_EFFECT_MS: '1000',
    ...options.env,
  };
  const config = loadConfig({ SGO_JWT_SECRET: JWT_SECRET, SECRETS_KEY, LOG_LEVEL: 'silent', ...env }, 'api');
  const log = createLog(config.logLevel);
  const app = parts.use(await createApp(config, API, { log, vkLimits: SHORT_LINGERS, ...options.overrides }));
  const { ctx } = app;
  const commands = commandsOf(ctx);
  const due = async () => {
    const { rows } = await sql<{ id: string; school_id: string }>`
      select id, school_id from chat where generation > settled_generation and deleted_at is null
        and (not_before is null or not_before <= ${new Date(ctx.clock.now())}) order by id`.execute(
      everywhere(ctx),
    );
    return rows;
  };
  const owned = parts.move();
  return {
    ...{ app, ctx, commands, sandbox, env },
    async importSchool(seed = 7) {
      const body = await zipRoster(makeSchool({ seed, size: 'small', today: TODAY }).files);
      const id = await commands.importRoster({
        body,
        takenAt: new Date(ctx.clock.now()),
        within: '*',
        by: { id: 'sgo', kind: 'service' },
      });
      await runNow(ctx, id);
      const { rows } = await sql<{
        id: string;
      }>`select id from school order by created_at desc limit 1`.execute(everywhere(ctx));
      await connectSandboxSchools(ctx, sandbox, [rows[0]!.id], REQUESTS_PER_SECOND);
      return rows[0]!.id;
    },
    async initialize(schoolId, types) {
      const id = await commands.initialize({
        schoolId,
        types,
        dryRun: false,
        strict: false,
        asOf: null,
        by: { id: 'test', kind: 'operator' },
      });
      await runNow(ctx, id);
      return id;
    },
    async work(chatId) {
      const { rows } = await sql<{
        school_id: string;
      }>`select school_id from chat where id = ${chatId}`.execute(everywhere(ctx));
      await reconcileChats(ctx, { schoolId: rows[0]!.school_id, chatIds: [chatId] });
    },
    async workAll() {
      for (let chats = await due(); chats.length > 0; chats = await due()) {
        const bySchool = Map.groupBy(chats, (c) => c.school_id);
        const works = [...bySchool].map(([schoolId, own]) =>
          reconcileChats(ctx, { schoolId, chatIds: own.map((c) => c.id) }),
        );
        await Promise.all(works);
      }
    },
    async chatIds() {
      const { rows } = await sql<{ id: string }>`select id from chat order by id`.execute(everywhere(ctx));
      return rows.map((r) => r.id);
    },
    settled: (timeout = 30_000) =>
      vi.waitFor(
        async () => {
          const { rows } =
            await sql`select title, creation, coalesce(condition_reason, condition) as why from chat
            where generation > settled_generation and deleted_at is null`.execute(everywhere(ctx));
          expect(rows).toEqual([]);
        },
        { timeout, interval: 50 },
      ),
    differences: () => differencesOf(ctx, sandbox),
    duplicates() {
      const live = [...sandbox.world.chats.values()].filter((chat) => chat.members.size > 1);
      return live.map((chat) => chat.title).filter((title, i, all) => all.indexOf(title) !== i);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function differencesOf(ctx: Context, { world }: Sandbox): Promise<string[]> {
  const { rows } = await sql<{
    title: string;
    owner_id: string;
    peer_id: string | null;
    want: string[] | null;
  }>`
    select title, owner_id, peer_id, (
      select array_agg(u order by u) from (
        select l.vk_user_id || case when bool_or(m.admin) then '*' else '' end as u from membership m
        join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
        where m.chat_id = c.id group by l.vk_user_id) w) as want
    from chat c where deleted_at is null order by id`.execute(everywhere(ctx));
  const unexpected = new Set([...world.chats.values()].filter((chat) => chat.members.size > 0));
  const differences = rows.flatMap(({ title, owner_id, peer_id, want }) => {
    if (peer_id === null) return [`«${title}» is not in Sferum`];
    const live = world.chatAt(Number(owner_id), Number(peer_id));
    unexpected.delete(live);
    const others = [...live.members].filter(([id, member]) => id !== live.ownerId && !member.isRequest);
    const have = others.map(([id, { isAdmin }]) => `${id}${isAdmin ? '*' : ''}`).sort();
    const same = live.title === title && have.join() === [...(want ?? [])].sort().join();
    return same ? [] : [`«${live.title}» for «${title}»: ${have.join()} for ${want?.join()}`];
  });
  return [...differences, ...[...unexpected].map((chat) => `«${chat.title}» should not be in Sferum`)];
}
