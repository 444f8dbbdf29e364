/** Pages of the console over a school of seeds, without a browser. */
import { sql } from 'kysely';
import { expect } from 'vitest';
import { type ApiWorld, createApiWorld } from './api.ts';
import { sealedToken } from './sealed-token.ts';
import { addPeople, addSchool } from './seeds.ts';
import { tokenOf } from './tokens.ts';

export const ADMIN_ID = 'admin';

export interface ConsoleWorld extends ApiWorld {
  admin: string;
  /** The page as an administrator sees it, or somebody else. */
  page(path: string, token?: string): Promise<string>;
  /** The status of a page. */
  status(path: string, token?: string): Promise<number>;
  /** The body of a file that a link of a page gives. */
  file(path: string, token?: string): Promise<{ text: string; headers: Headers }>;
}

/** The school `s1`, connected, with its administrator «Завуч Анна Ивановна». */
export async function createConsoleWorld(): Promise<ConsoleWorld> {
  const world = await createApiWorld();
  await connectSchool(world, 's1');
  await addPeople(world.db, 's1', [{ id: ADMIN_ID, name: 'Завуч Анна Ивановна', roles: ['administrator'] }]);
  const admin = await tokenOf({ role: 'school-admin', school: 's1', sub: ADMIN_ID });
  const ask = (path: string, token = admin) =>
    world.request(path, { token, headers: { accept: 'text/html' } });
  const answered = async (path: string, token?: string) => {
    const answer = await ask(path, token);
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    return answer;
  };
  return Object.assign(world, {
    admin,
    page: async (path: string, token?: string) => (await answered(path, token)).text(),
    status: async (path: string, token?: string) => (await ask(path, token)).status,
    file: async (path: string, token?: string) => {
      const answer = await answered(path, token);
      // The mark that begins the file is a part of it, which `text` would leave out.
      const text = Buffer.from(await answer.arrayBuffer()).toString('utf8');
      return { text, headers: answer.headers };
    },
  });
}

export async function connectSchool({ db, ctx }: ApiWorld, school: string): Promise<void> {
  await addSchool(db, school);
  await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
    values (${school}, 5, 7, 'user', ${sealedToken(ctx, school)}, 3)`.execute(db.of(school));
}

/** The texts of a page's table by rows, without tags. */
export function rowsOf(text: string): string[][] {
  const body = /<tbody>(.*?)<\/tbody>/s.exec(text)?.[1] ?? '';
  return [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row!.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell]) => plainText(cell!)),
  );
}

/** The words of a piece of a page. */
export function plainText(piece: string): string {
  return piece
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
