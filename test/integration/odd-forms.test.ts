/**
 * A request to a page that is no form is the sender's fault, never ours. The pages come from the router, so a new one
 * is included.
 */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createApiWorld } from '../support/api.ts';
import { sealedToken } from '../support/sealed-token.ts';
import { addChat, addOperation, addPeople, addSchool } from '../support/seeds.ts';
import { type TokenClaims, tokenOf } from '../support/tokens.ts';

const BODIES: [type: string | null, body: string][] = [
  [null, ''],
  ['application/json', '{}'],
  ['text/plain', 'x'],
  ['multipart/form-data', 'x'],
  ['multipart/form-data; boundary=a', 'x'],
  ['application/x-www-form-urlencoded', '%=&%00'],
];
const CALLERS: TokenClaims[] = [
  { role: 'school-admin', school: 's1', sub: 'admin' },
  { role: 'operator', school: '*', sub: 'op' },
];

test('no page answers a body that is no form with a fault of ours', async () => {
  await using world = await createApiWorld({
    // No worker runs what is asked for here.
    ...{ env: { LIMIT_CHECK_ANSWER_MS: '0' }, parts: { surroundings: { demo: true } } },
  });
  await addSchool(world.db, 's1');
  await addPeople(world.db, 's1', [{ id: 'admin', name: 'Завуч Анна', roles: ['administrator'] }]);
  await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
    values ('s1', 5, 7, 'user', ${sealedToken(world.ctx, 's1')}, 3)`.execute(world.db.of('s1'));
  const chat = await addChat(world.db, 's1', { type: 'class', title: '5А класс', members: { admin: true } });
  const operation = await addOperation(world.db, { school_id: 's1', state: 'succeeded' });
  const routes = world.http.routes.filter(
    ({ method, path }) => method === 'POST' && !/^\/(v1|admin)\/|\*/.test(path),
  );
  const paths = new Set(
    routes.map(({ path }) =>
      path
        .replace('operations/:id', `operations/${operation}`)
        .replace(':id', path.includes('people') ? 'admin' : chat),
    ),
  );
  const faults: string[] = [];
  for (const path of paths) {
    for (const claims of CALLERS) {
      const token = await tokenOf(claims);
      for (const [type, body] of BODIES) {
        const headers = { host: '127.0.0.1', ...(type === null ? {} : { 'content-type': type }) };
        const { status } = await world.request(path, { method: 'POST', token, body, headers });
        if (status >= 500) faults.push(`${status} ${path} ${type}`);
      }
    }
  }
  expect(paths.size).toBeGreaterThan(25);
  expect([...new Set(faults)]).toEqual([]);
});
