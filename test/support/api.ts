/** The HTTP edge over a real database, with commands that note what they were asked. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { createHttp, type HttpParts } from '../../dashboard/http.ts';
import { createRates } from '../../dashboard/rates.ts';
import { ChatsInHand } from '../../src/chats-in-hand.ts';
import { systemClock } from '../../src/clock.ts';
import type { Commands } from '../../src/commands.ts';
import { loadConfig } from '../../src/config.ts';
import type { Context } from '../../src/context.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { SecretBox } from '../../src/secrets.ts';
import { linkCheck } from '../../src/sferum/links.ts';
import { AccessLog } from '../../src/store/access-log.ts';
import { Database } from '../../src/store/database.ts';
import { NO_TRACES } from '../../src/traces/span.ts';
import { createTestDatabase } from './database.ts';
import { JWT_SECRET } from './tokens.ts';

export interface Asked {
  command: keyof Commands;
  ask: Record<string, unknown>;
}

export interface ApiWorld extends AsyncDisposable {
  ctx: Context;
  http: ReturnType<typeof createHttp>;
  /** What reached the commands. */
  asked: Asked[];
  /** The lines that were logged. */
  logged: string[];
  request(path: string, init?: RequestInit & { token?: string }): Promise<Response>;
  get<Body = Record<string, unknown>>(path: string, token: string): Promise<Body>;
  db: Database;
  /** The records of looks. */
  access: AccessLog;
}

export interface ApiOptions {
  env?: Record<string, string>;
  commands?: Partial<Commands>;
  parts?: Partial<HttpParts>;
}

export async function createApiWorld(options: ApiOptions = {}): Promise<ApiWorld> {
  const database = await createTestDatabase();
  const config = loadConfig(
    {
      DATABASE_URL: database.url,
      SFERUM_API_URL: 'http://127.0.0.1:9/method',
      SGO_JWT_SECRET: JWT_SECRET,
      SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
      // Tests ask faster than people.
      LIMIT_PERSON_REQUESTS_PER_SECOND: '1000000',
      ...options.env,
    },
    'api',
  );
  const db = await Database.open(database.url, { poolMax: 4 });
  const logged: string[] = [];
  const asked: Asked[] = [];
  const ctx: Context = {
    config,
    db,
    // The edge calls Sferum never.
    // Nothing goes to Sferum here.
    gateway: { stats: () => ({ requests: 0 }) } as never,
    leadsToSferum: linkCheck([]),
    clock: systemClock,
    newId: randomUUID,
    secrets: new SecretBox(config.secretsKeys),
    log: createLog(config.logLevel, { write: (line) => void logged.push(line) }),
    metrics: createMetrics(),
    traces: NO_TRACES,
    chatsInHand: new ChatsInHand(),
    wake: () => undefined,
    newSchools: () => Promise.resolve(),
  };
  const access = new AccessLog({
    ...{ db, limits: config.limits, metrics: ctx.metrics },
    onError: (error) => void logged.push(String(error)),
  });
  const rates = createRates(config, (error) => void logged.push(String(error)));
  const http = createHttp(ctx, {
    ...{ access, rates },
    commands: { ...notingCommands(asked), ...options.commands },
    queues: [],
    probes: { database: async () => void (await sql`select 1`.execute(db.ofNone)) },
    closing: new AbortController().signal,
    ...options.parts,
  });
  const request: ApiWorld['request'] = async (path, { token, headers, ...init } = {}) =>
    http.request(path, {
      ...init,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(headers as Record<string, string>),
      },
    });
  return {
    ctx,
    db,
    http,
    access,
    asked,
    logged,
    request,
    async get<Body>(path: string, token: string) {
      const response = await request(path, { token });
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Body;
    },
    async [Symbol.asyncDispose]() {
      await access[Symbol.asyncDispose]();
      await rates[Symbol.asyncDispose]();
      await db[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

function notingCommands(asked: Asked[]): Commands {
  const note =
    (command: keyof Commands, answer?: unknown) =>
    async (ask: object): Promise<never> => {
      asked.push({ command, ask: ask as Record<string, unknown> });
      return answer as never;
    };
  return {
    importRoster: note('importRoster', randomUUID()),
    validateRoster: note('validateRoster', randomUUID()),
    receiveEvents: note('receiveEvents'),
    initialize: note('initialize', randomUUID()),
    check: note('check', randomUUID()),
    connectSferum: note('connectSferum'),
    decide: note('decide'),
    decideClasses: note('decideClasses', 1),
    decidePeople: note('decidePeople', 1),
    decideMany: note('decideMany', { decided: [], refused: [] }),
    approveManyLater: note('approveManyLater', { approvalId: '', decided: [], refused: [] }),
    takeBackMany: note('takeBackMany', { decided: [], refused: [] }),
    approveLater: note('approveLater', randomUUID()),
    takeBackApproval: note('takeBackApproval'),
    cancel: note('cancel'),
    undo: note('undo', randomUUID()),
    createChat: note('createChat', { chatId: randomUUID(), warnings: [] }),
    editChat: note('editChat', { warnings: [] }),
    previewImport: note('previewImport', null),
    tryAgain: note('tryAgain'),
    savePauses: note('savePauses'),
    saveRegionPauses: note('saveRegionPauses'),
    removeChats: note('removeChats', randomUUID()),
    unlinkProfile: note('unlinkProfile'),
    createMeeting: note('createMeeting'),
    deleteMeeting: note('deleteMeeting'),
    enterLesson: note('enterLesson'),
    saveSettings: note('saveSettings'),
  };
}

/** Reads a stream event by event. */
export async function* eventsOf(response: Response): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 2);
    }
  }
}
