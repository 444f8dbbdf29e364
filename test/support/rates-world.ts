/** A school of 300 pupils whose requests are counted, and requests that come from an address. */
import { sql } from 'kysely';
import { type ApiWorld, createApiWorld } from './api.ts';
import { everywhere } from './everywhere.ts';
import { addPeople, addSchool } from './seeds.ts';
import { tokenOf } from './tokens.ts';

export const PAGE = { accept: 'text/html' };
export const PUPILS = 300;
export const pupil = (n: number) => `pupil-${n}`;

/** A request that comes from an address, as over the network. */
export function from(
  world: Pick<ApiWorld, 'http'>,
  address: string,
  path: string,
  headers: Record<string, string> = {},
) {
  return world.http.request(path, { headers }, { incoming: { socket: { remoteAddress: address } } });
}

export async function createRatedWorld(env: Record<string, string> = {}): Promise<ApiWorld> {
  const world = await createApiWorld({ env });
  await addSchool(world.db, 's1');
  await addPeople(
    world.db,
    's1',
    Array.from({ length: PUPILS }, (_, n) => ({
      id: pupil(n),
      name: `Ученик Пётр ${n}`,
      roles: ['student'],
    })),
  );
  await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
    values ('s1', 5, 7, 'user', ${world.ctx.secrets.seal('t', { schoolId: 's1', column: 'access_token' })}, 3)`.execute(
    everywhere(world),
  );
  return world;
}

export const forged = async (sub: string) =>
  `${(await tokenOf({ role: 'student', school: 's1', sub })).slice(0, -8)}AAAAAAAA`;
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
