/** `POST /v1/roster-validations` (contract) says what an import would say and changes nothing. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { lookedAt, USUAL_CONNECTIONS, type Who } from '../support/app.ts';
import { type ChatWorld, linkedRoster, makeChatWorld, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { edited, type RosterFiles, withoutRows, withRows } from '../support/roster-files.ts';

const AT = '2026-10-01T08:40:00Z';
const SERVICE: Who = { role: 'service', school: '*', sub: 'sgo' };

let world: ChatWorld;
beforeAll(async () => {
  world = await makeChatWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

async function send(path: string, body: Uint8Array, as: Who = SERVICE) {
  const response = await world.request(`${path}?takenAt=${AT}`, {
    ...{ method: 'POST', as, body: body as Uint8Array<ArrayBuffer> },
    headers: { 'content-type': 'application/zip' },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const validate = async (files: RosterFiles, as?: Who) =>
  send('/v1/roster-validations', await zipRoster(files), as);

/** What the program writes by itself as time passes, and the queue. */
const BY_ITSELF = [
  ...['operation', 'process', 'setting', 'access_record', 'sferum_pace', 'school_figures', 'told_reason'],
  ...['job', 'job_event', 'meta'],
];

/** Gives everything that is stored, without validation operations and what changes by time alone. */
async function stored(): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
      and relname <> all(${BY_ITSELF})
      and not relispartition order by 1`.execute(everywhere(world.ctx));
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ digest: string }>`
      select count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as digest
      from ${sql.table(name)} t`.execute(everywhere(world.ctx));
    digests[name] = rows[0]!.digest;
  }
  const { rows } = await sql<{ digest: string }>`select count(*) || '' as digest from operation
    where kind <> 'roster-validation'`.execute(everywhere(world.ctx));
  return { ...digests, operations: rows[0]!.digest };
}

const two = (files: RosterFiles) => {
  const school = files['orgs.csv']!.split('\n').find((line) => line.startsWith('s1,'))!;
  return withRows(files, 'orgs.csv', school.replace(/^s1,/, 's9,'));
};

const FILES: [string, (files: RosterFiles) => RosterFiles][] = [
  ['that says nothing new', (files) => files],
  ['with a new pupil', (files) => withRows(files, 'users.csv', 'p9,,s1,student,,Ия,Новая,,')],
  ['without half of a class', (files) => withoutRows(files, 'enrollments.csv', 'c5b,s1,p4')],
  [
    'without any pupil of a class',
    (files) =>
      ['c5b,s1,p4', 'c5b,s1,p5'].reduce((all, row) => withoutRows(all, 'enrollments.csv', row), files),
  ],
  ['with rows that cannot be used', (files) => edited(files, 'users.csv', ',teacher,', ',wizard,')],
  ['of two schools', two],
];

describe('a validation', () => {
  test.each(FILES)('of a file %s changes nothing', async (_, change) => {
    // A look that is due would change what is known about a chat.
    await lookedAt(world);
    const before = await stored();
    const { status, body } = await validate(change(linkedRoster()));
    expect({ status, body }).toMatchObject({ status: 200, body: { wouldFail: false } });
    expect(await stored()).toEqual(before);
  });

  test.each(FILES)('of a file %s says what its import then says', async (_, change) => {
    // A removal by a list alone waits for a decision.
    const env = { LIMIT_REMOVAL_CHAT_AT_LEAST_PEOPLE: '1', LIMIT_REMOVAL_CHAT_SHARE: '0' };
    await using own = await startChatWorld({ env });
    const files = change(linkedRoster());
    const asked = async (path: string) => {
      const response = await own.request(`${path}?takenAt=${AT}`, {
        ...{ method: 'POST', as: SERVICE, body: (await zipRoster(files)) as Uint8Array<ArrayBuffer> },
        headers: { 'content-type': 'application/zip' },
      });
      return (await response.json()) as Record<string, unknown>;
    };
    const said = await asked('/v1/roster-validations');
    const { operationId } = await asked('/v1/roster-imports');
    const done = await own.ended(operationId as string);
    expect(said.wouldHold).toBe(done.state === 'held');
    const { schools, people, classes, subjectGroups, enrollments, rejected, ignored } = done.result as Record<
      string,
      unknown
    >;
    expect(said).toMatchObject({ schools, people, classes, subjectGroups, enrollments, rejected, ignored });
    const codes = (problems: unknown) => (problems as { code: string }[]).map(({ code }) => code).sort();
    expect(codes(said.problems)).toEqual(codes(done.problems));
  });

  test('of a file that is refused as a whole says why, as the import does', async () => {
    const { status, body } = await send('/v1/roster-validations', new TextEncoder().encode('no archive'));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      wouldFail: true,
      wouldHold: false,
      problems: [{ code: expect.any(String) }],
    });
  });

  test('by a sender of one school says that other schools are refused', async () => {
    const own: Who = { role: 'service', school: 's1', sub: 'sgo' };
    expect((await validate(two(linkedRoster()), own)).body).toMatchObject({
      ...{ wouldFail: true, problems: [{ code: 'other-school' }] },
    });
    expect((await validate(linkedRoster(), own)).body).toMatchObject({ wouldFail: false });
  });

  test.each(['school-admin', 'staff', 'student', 'parent', 'security'] as const)(
    'is not for a %s',
    async (role) => {
      expect((await validate(linkedRoster(), { role, school: 's1', sub: 'a1' })).status).toBe(403);
    },
  );

  test('that takes longer goes on as an operation, which its sender reads', async () => {
    await using slow = await startChatWorld({
      // As many connections as by default, because the test holds one.
      env: { LIMIT_CHECK_ANSWER_MS: '1', LIMIT_DATABASE_CONNECTIONS: USUAL_CONNECTIONS },
    });
    const own: Who = { role: 'service', school: 's1', sub: 'sgo' };
    const body = (await zipRoster(linkedRoster())) as Uint8Array<ArrayBuffer>;
    // Somebody else holds the school meanwhile.
    const response = await slow.ctx.db.holdingSchool('s1', () =>
      slow.request('/v1/roster-validations', {
        ...{ method: 'POST', as: own, body },
        headers: { 'content-type': 'application/zip' },
      }),
    );
    expect(response.status).toBe(202);
    const { operationId } = (await response.json()) as { operationId: string };
    expect(await slow.ended(operationId)).toMatchObject({
      ...{ kind: 'roster-validation', state: 'succeeded', result: { wouldFail: false, wouldHold: false } },
    });
    const read = await slow.request(`/v1/operations/${operationId}`, { as: own });
    expect(read.status).toBe(200);
  });
});
