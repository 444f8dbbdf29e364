/** The small school, linked and initialised, and what tests of manual work ask of it. */
import { sql } from 'kysely';
import { expect } from 'vitest';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import { startTestApp, type TestApp } from './app.ts';
import { everywhere } from './everywhere.ts';
import { keptWorld } from './kept-world.ts';
import { edited, type RosterFiles, rosterFiles, withRows } from './roster-files.ts';
import type { TokenClaims } from './tokens.ts';

/** Everybody of the small school has a profile; a teacher and a secretary without a class come with it. */
export function linkedRoster(): RosterFiles {
  let files = rosterFiles();
  const profiles: Record<string, number> = { t2: 102, p2: 202, p3: 203, p4: 204, p5: 205, f1: 302 };
  for (const [id, profile] of Object.entries(profiles)) {
    const row = files['users.csv']!.split('\n').find((line) => line.startsWith(`${id},`))!;
    files = edited(files, 'users.csv', row, row.replace(/,s1,(\w+),,/, `,s1,$1,{VK:${profile}},`));
  }
  files = edited(files, 'users.csv', 'administrator,,', 'administrator,{VK:901},');
  return withRows(
    files,
    'users.csv',
    't3,,s1,teacher,{VK:103},Вера,Ломова,Петровна,',
    'sec,,s1,aide,{VK:104},Инна,Мелова,Олеговна,',
  );
}

export const ADMIN = { role: 'school-admin', school: 's1', sub: 'a1' } as const;
export const HOMEROOM_5A = { role: 'staff', school: 's1', sub: 't1' } as const;
export const HOMEROOM_5B = { role: 'staff', school: 's1', sub: 't2' } as const;
export const OTHER_TEACHER = { role: 'staff', school: 's1', sub: 't3' } as const;
export const PUPIL = { role: 'student', school: 's1', sub: 'p1' } as const;
export const PARENT = { role: 'parent', school: 's1', sub: 'm1' } as const;

export interface ChatWorld extends TestApp {
  /** The id of the live chat of this title. */
  chatId(title: string): Promise<string>;
  /** Who is in a chat's СГО list, admins with a star: `p1 t1*`. */
  listed(chatId: string): Promise<string>;
  /** Kept by hand (D7): `p1 excluded`, `t3 added granted`. */
  exceptions(chatId: string): Promise<string[]>;
  /** A call that must end with this status. Returns its body. */
  done<Body = Record<string, unknown>>(
    status: number,
    method: string,
    path: string,
    who: TokenClaims,
    body?: unknown,
  ): Promise<Body>;
  initialize(options?: Record<string, unknown>): Promise<void>;
}

interface ChatWorldOptions {
  initialized?: boolean;
  env?: Record<string, string>;
}

export async function startChatWorld(options: ChatWorldOptions = {}): Promise<ChatWorld> {
  const { initialized = true, env = {} } = options;
  const from = await keptWorld(JSON.stringify(['chats', initialized, env]), () => makeChatWorld(options));
  return chatWorldOf(await startTestApp({ from, env }));
}

/**
 * Makes the world, which is no copy of a kept one. A process that starts over an existing school first does everything
 * that is due there once in a while.
 */
export async function makeChatWorld({
  initialized = true,
  env = {},
}: ChatWorldOptions = {}): Promise<ChatWorld> {
  const world = chatWorldOf(await startTestApp({ now: '2026-10-01T09:00:00Z', env }));
  await world.importRoster(linkedRoster(), '2026-10-01T08:00:00Z');
  if (initialized) await world.initialize();
  return world;
}

function chatWorldOf(app: TestApp): ChatWorld {
  const db = everywhere(app.ctx);
  const world: ChatWorld = {
    ...app,
    async chatId(title) {
      const { rows } = await sql<{ id: string }>`select id from chat
        where title = ${title} and deleted_at is null`.execute(db);
      expect(rows, `«${title}»`).toHaveLength(1);
      return rows[0]!.id;
    },
    async listed(chatId) {
      const { rows } = await sql<{ who: string }>`
        select person_id || case when admin then '*' else '' end as who
        from membership where chat_id = ${chatId} order by person_id`.execute(db);
      return rows.map((r) => r.who).join(' ');
    },
    async exceptions(chatId) {
      const { rows } = await sql<{ what: string }>`select concat_ws(' ', person_id, member, admin) as what
        from exception where chat_id = ${chatId} order by person_id`.execute(db);
      return rows.map((r) => r.what);
    },
    async done<Body>(status: number, method: string, path: string, who: TokenClaims, body?: unknown) {
      const response = await app.call(method, path, who, body);
      const answer = await response.json();
      expect({ status: response.status, answer }).toMatchObject({ status });
      return answer as Body;
    },
    async initialize(options = {}) {
      await world.done(202, 'POST', '/v1/schools/s1/initializations', ADMIN, {
        types: CHAT_TYPES,
        ...options,
      });
      await app.settled();
    },
  };
  return world;
}
