/** The HTTP edge over a real database, with commands that note what they were asked. */
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { sql } from 'kysely';
import type { TokenRole } from '../../dashboard/auth.ts';
import { createHttp, type HttpParts } from '../../dashboard/http.ts';
import { createRates } from '../../dashboard/rates.ts';
import { titleKey } from '../../src/chats/text.ts';
import { systemClock } from '../../src/clock.ts';
import type { Commands } from '../../src/commands.ts';
import { loadConfig } from '../../src/config.ts';
import type { Context } from '../../src/context.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { BulkInHand } from '../../src/reconcile/bulk-in-hand.ts';
import { nameKey } from '../../src/roster/name-key.ts';
import { SecretBox } from '../../src/secrets.ts';
import { linkCheck } from '../../src/sferum/links.ts';
import { AccessLog } from '../../src/store/access-log.ts';
import { Database } from '../../src/store/database.ts';
import { createTestDatabase } from './database.ts';
import { everywhere } from './everywhere.ts';

export const JWT_SECRET = 'a test secret that is long enough, quite';

export interface Asked {
  command: keyof Commands;
  ask: Record<string, unknown>;
}

export interface ApiWorld extends AsyncDisposable {
  ctx: Context;
  http: ReturnType<typeof createHttp>;
  /** What reached the commands. */
  asked: Asked[];
  /** Every line that was logged. */
  logged: string[];
  request(path: string, init?: RequestInit & { token?: string }): Promise<Response>;
  get<Body = Record<string, unknown>>(path: string, token: string): Promise<Body>;
  db: Database;
  /** Who looked. */
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
    gateway: undefined as never,
    leadsToSferum: linkCheck([]),
    clock: systemClock,
    newId: randomUUID,
    secrets: new SecretBox(config.secretsKeys),
    log: createLog(config.logLevel, { write: (line) => void logged.push(line) }),
    metrics: createMetrics(),
    bulkInHand: new BulkInHand(),
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
    probes: { database: () => db.ping() },
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
    receiveEvents: note('receiveEvents'),
    initialize: note('initialize', randomUUID()),
    connectSferum: note('connectSferum'),
    decide: note('decide'),
    cancel: note('cancel'),
    undo: note('undo', randomUUID()),
    createChat: note('createChat', { chatId: randomUUID(), warnings: [] }),
    editChat: note('editChat', { warnings: [] }),
    removeChat: note('removeChat', randomUUID()),
    unlinkProfile: note('unlinkProfile'),
    createMeeting: note('createMeeting'),
    deleteMeeting: note('deleteMeeting'),
    enterLesson: note('enterLesson'),
    saveSettings: note('saveSettings'),
  };
}

export interface TokenClaims {
  role: TokenRole;
  school: string;
  sub?: string;
}

/** A token as СГО signs it; `spoil` changes what a test wants wrong. */
export async function tokenOf(
  { role, school, sub = 'someone' }: TokenClaims,
  spoil: {
    alg?: string;
    secret?: string;
    iss?: string;
    aud?: string;
    exp?: number | null;
    jti?: string;
    acr?: string;
  } = {},
  nowMs = Date.now(),
): Promise<string> {
  const { alg = 'HS256', secret = JWT_SECRET, iss = 'sgo', aud = 'sferum-sync', exp = 3600 } = spoil;
  const { acr, jti } = spoil;
  const jwt = new SignJWT({ role, school, ...(acr === undefined ? {} : { acr }) })
    .setProtectedHeader({ alg })
    .setSubject(sub)
    .setIssuer(iss)
    .setAudience(aud)
    .setIssuedAt(Math.floor(nowMs / 1000));
  if (exp !== null) jwt.setExpirationTime(Math.floor(nowMs / 1000) + exp);
  if (jti !== undefined) jwt.setJti(jti);
  return jwt.sign(new TextEncoder().encode(secret));
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

/** Rows of one table, written as objects of its columns. */
export async function insert(
  db: Database,
  table: string,
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  await sql`insert into ${sql.table(table)} (${sql.join(Object.keys(rows[0]!).map((column) => sql.ref(column)))})
    select ${sql.join(Object.keys(rows[0]!).map((column) => sql.ref(column)))}
    from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`.execute(
    everywhere(db),
  );
}

const STATED = { stated_at: '2026-08-25T00:00:00Z', stated_by: 'import-1' };

export async function addSchool(db: Database, id: string): Promise<void> {
  await insert(db, 'school', [
    {
      id,
      name: id,
      early_entry_minutes: 0,
      limits: {},
      switched_on: [],
      revision: 0,
      created_at: STATED.stated_at,
    },
  ]);
}

export interface PersonSeed {
  id: string;
  /** «Фамилия Имя Отчество». */
  name: string;
  roles: string[];
  sex?: 'male' | 'female';
  birthDate?: string;
  /** His linked VK profile. */
  profile?: number;
}

export async function addPeople(db: Database, school: string, people: readonly PersonSeed[]): Promise<void> {
  await insert(
    db,
    'person',
    people.map(({ id, name, roles, sex, birthDate }) => {
      const [family_name = '', given_name = '', middle_name = ''] = name.split(' ');
      const row = {
        school_id: school,
        id,
        roles,
        family_name,
        given_name,
        middle_name,
        name_key: nameKey(name),
      };
      return { ...row, sex: sex ?? null, birth_date: birthDate ?? null, ...STATED };
    }),
  );
  const linked = people.filter((p) => p.profile !== undefined);
  if (linked.length === 0) return;
  await insert(
    db,
    'profile_link',
    linked.map((p) => ({ school_id: school, person_id: p.id, vk_user_id: p.profile, ...STATED })),
  );
}

export async function addClass(
  db: Database,
  school: string,
  {
    id,
    title,
    teachers = [],
    pupils = [],
  }: { id: string; title: string; teachers?: string[]; pupils?: string[] },
): Promise<void> {
  await insert(db, 'class', [{ school_id: school, id, title, homeroom_teacher_ids: teachers, ...STATED }]);
  await enroll(db, school, 'class', id, pupils);
}

export async function addGroup(
  db: Database,
  school: string,
  group: { id: string; title: string; classId?: string; teachers?: string[]; pupils?: string[] },
): Promise<void> {
  const { id, title, classId = null, teachers = [], pupils = [] } = group;
  const row = { school_id: school, id, title, subject: title, class_id: classId, teacher_ids: teachers };
  await insert(db, 'subject_group', [{ ...row, ...STATED }]);
  await enroll(db, school, 'group', id, pupils);
}

export async function enroll(
  db: Database,
  school: string,
  unit: 'class' | 'group',
  unitId: string,
  pupils: readonly string[],
  ends_on: string | null = null,
): Promise<void> {
  if (pupils.length === 0) return;
  const rows = pupils.map((student_id) => ({
    school_id: school,
    unit,
    unit_id: unitId,
    student_id,
    ends_on,
  }));
  await insert(
    db,
    'enrollment',
    rows.map((row) => ({ ...row, ...STATED })),
  );
}

export async function addGuardian(
  db: Database,
  school: string,
  guardian: string,
  student: string,
): Promise<void> {
  await insert(db, 'guardian', [
    { school_id: school, guardian_id: guardian, student_id: student, ...STATED },
  ]);
}

export interface ChatSeed {
  type: 'staff' | 'class' | 'parents' | 'subject';
  title: string;
  classId?: string;
  /** Person → whether he is an admin. */
  members?: Record<string, boolean>;
  /** Profile → what Sferum said of it. */
  sferum?: Record<number, 'in' | 'waiting' | 'refused' | 'left'>;
}

/** Returns the chat's id. */
export async function addChat(db: Database, school: string, seed: ChatSeed): Promise<string> {
  const id = randomUUID();
  const at = STATED.stated_at;
  await insert(db, 'chat', [
    {
      ...{
        id,
        school_id: school,
        key: `${seed.type}:${id}`,
        type: seed.type,
        class_id: seed.classId ?? null,
      },
      ...{
        title: seed.title,
        title_key: titleKey(seed.title),
        title_by_hand: false,
        archived: false,
        recreate: true,
      },
      ...{ created_at: at, generation: 1, settled_generation: 0, cause: '', priority: 'bulk', attempts: 0 },
      ...{ creation: 'none', creation_fence: 0, creation_looks: 0, condition: 'behind', condition_since: at },
    },
  ]);
  const members = Object.entries(seed.members ?? {});
  if (members.length > 0) {
    const row = { chat_id: id, school_id: school };
    const grounds = [{ kind: 'enrollment', classId: seed.classId ?? 'none' }];
    await insert(
      db,
      'membership',
      members.map(([person_id, admin]) => ({ ...row, person_id, admin, grounds })),
    );
  }
  const seen = Object.entries(seed.sferum ?? {});
  if (seen.length > 0) {
    const row = { chat_id: id, school_id: school, admin: false, tries: 0, seen_at: at };
    await insert(
      db,
      'sferum_member',
      seen.map(([vk_user_id, state]) => ({ ...row, vk_user_id, state })),
    );
  }
  return id;
}

export async function addOperation(db: Database, fields: Record<string, unknown>): Promise<string> {
  const id = randomUUID();
  const defaults = { kind: 'initialization', state: 'running', params: {}, done: 0, total: 0, problems: [] };
  await insert(db, 'operation', [
    { id, school_id: null, ...defaults, created_by: 'someone', created_at: STATED.stated_at, ...fields },
  ]);
  return id;
}
