/** A school in which the homeroom teacher of 5А may see nobody of 5Б: what pages show such a teacher, what is staged. */
import { sql } from 'kysely';
import {
  type ADMIN,
  type ChatWorld,
  type HOMEROOM_5A,
  type HOMEROOM_5B,
  linkedRoster,
  type OTHER_TEACHER,
  startChatWorld,
} from './chat-world.ts';
import { withRows } from './roster-files.ts';

/** Of 5Б: nobody whom the homeroom teacher of 5А may see. */
export const PUPIL_5B = ['p5', 'Ким Софья'] as const;
export const PARENT_5B = ['m5', 'Ким Мария Олеговна'] as const;
export const CHATS = '/v1/schools/s1/chats';

export async function startCircleWorld(): Promise<ChatWorld> {
  const world = await startChatWorld({ initialized: false });
  let files = withRows(linkedRoster(), 'users.csv', 'm5,,s1,parent,,Мария,Ким,Олеговна,p5');
  // «5А/География» has two teachers.
  files = withRows(files, 'enrollments.csv', 'e14,,geo5a,s1,t3,teacher,,,');
  await world.importRoster(files, '2026-10-01T08:30:00Z');
  await world.initialize();
  return world;
}

export type Who = typeof ADMIN | typeof HOMEROOM_5A | typeof HOMEROOM_5B | typeof OTHER_TEACHER;

/** Asks for a page of the console, or posts the fields of a form to it. */
export async function askPage(world: ChatWorld, path: string, as: Who, fields?: [string, string][]) {
  const answer = await world.request(path, {
    as,
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
    ...(fields ? { method: 'POST', body: new URLSearchParams(fields).toString() } : {}),
  });
  return { status: answer.status, text: await answer.text() };
}

/** The people who are staged in drafts of this author, in whatever way. */
export async function stagedBy(world: ChatWorld, author: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select distinct x.person_id as id from chat_draft_person x
    join chat_draft d on d.id = x.draft_id where d.author_id = ${author} order by 1`.execute(
    world.ctx.db.of('s1'),
  );
  return rows.map(({ id }) => id);
}

export function namesOf5B(text: string): string[] {
  return [...PUPIL_5B, ...PARENT_5B].filter(
    (canary) => text.includes(`>${canary}<`) || text.includes(canary),
  );
}
