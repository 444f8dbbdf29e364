/** K1: one answer about what many schools hold; each decision is its school's own. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestApp, type TestApp, type Who } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { FIRST, firstSchool, SECOND, secondSchool, together, withoutMost } from '../support/two-schools.ts';

const OPERATOR: Who = { role: 'operator', sub: 'operator' };
const MONDAY = '2026-11-23T05:00:00Z';

let world: TestApp;
beforeAll(async () => {
  world = await startTestApp({ now: '2026-11-25T06:00:00Z' });
  await world.importRoster(together(firstSchool(), secondSchool()), MONDAY);
});
afterAll(() => world[Symbol.asyncDispose]());

interface Held {
  id: string;
  schoolId: string | null;
}

/** A class without its pupils in both schools. Each school waits for a person (J2). */
async function holdBoth(day: string): Promise<{ parent: string; of: Record<string, string> }> {
  const without = (files: ReturnType<typeof firstSchool>, unit: string) => withoutMost(files, unit, 0);
  const both = together(without(firstSchool(), 'c0002'), without(secondSchool(), 'xc0002'));
  await world.importRoster(both, `2026-11-${day}T05:00:00Z`);
  const { rows } = await sql<Held>`
    select id, school_id as "schoolId" from operation where state = 'held'`.execute(everywhere(world.ctx));
  const of = Object.fromEntries(rows.flatMap(({ id, schoolId }) => (schoolId ? [[schoolId, id]] : [])));
  expect(Object.keys(of).sort()).toEqual([FIRST, SECOND].sort());
  return { parent: rows.find(({ schoolId }) => schoolId === null)!.id, of };
}

async function decide(operationIds: string[], as = OPERATOR, decision = 'approve') {
  const response = await world.call('POST', '/v1/decisions', as, { decide: decision, operationIds });
  expect(response.status).toBe(200);
  return (await response.json()) as {
    decided: { schoolId: string; operationId: string }[];
    refused: { operationId: string; reason: string }[];
  };
}

const journalled = async () => {
  const { rows } = await sql<{ school: string; author: string }>`
    select school_id as school, author_id as author from journal where what = 'decision' order by at, school_id`.execute(
    everywhere(world.ctx),
  );
  return rows.map(({ school, author }) => `${school} by ${author}`);
};

test('each is decided and journalled in its school; what cannot be decided is refused and keeps no other', async () => {
  const { of } = await holdBoth('24');
  const nowhere = randomUUID();
  const answer = await decide([of[FIRST]!, nowhere, of[SECOND]!, of[FIRST]!], OPERATOR, 'reject');
  expect(answer.decided.toSorted((a, b) => a.schoolId.localeCompare(b.schoolId))).toEqual([
    { schoolId: FIRST, operationId: of[FIRST] },
    { schoolId: SECOND, operationId: of[SECOND] },
  ]);
  expect(answer.refused).toEqual([{ operationId: nowhere, reason: 'not-found' }]);
  await world.settled();
  expect((await journalled()).toSorted()).toEqual(
    [`${FIRST} by operator`, `${SECOND} by operator`].toSorted(),
  );
  expect(await decide([of[FIRST]!])).toEqual({
    decided: [],
    refused: [{ operationId: of[FIRST], reason: 'operation-not-held' }],
  });
});

test('an import of several schools stands for its schools; an operator of one decides there alone', async () => {
  const { parent, of } = await holdBoth('25');
  const bound: Who = { ...OPERATOR, sub: 'bound', school: SECOND };
  expect(await decide([parent, of[FIRST]!], bound)).toEqual({
    decided: [{ schoolId: SECOND, operationId: of[SECOND] }],
    refused: [{ operationId: of[FIRST], reason: 'not-found' }],
  });
  expect((await decide([parent])).decided).toEqual([{ schoolId: FIRST, operationId: of[FIRST] }]);
  await vi.waitFor(async () => {
    const { rows } = await sql`select from operation where state = 'held'`.execute(everywhere(world.ctx));
    expect(rows).toEqual([]);
  });
});
