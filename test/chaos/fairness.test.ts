/** Rule 7, and reliability 17: schools do not stand in each other's way. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { importSmallSchool } from '../support/small-world.ts';

let world: TestApp;
beforeEach(async () => {
  world = await startTestApp({ env: { LIMIT_SCHOOL_BULK_CHATS: '10', LIMIT_WORKER_CONCURRENCY_JOBS: '30' } });
});
afterEach(() => world[Symbol.asyncDispose]());

const initialize = (schoolId: string, types: ('staff' | 'subject')[]) =>
  world.commands.initialize({
    schoolId,
    types,
    dryRun: false,
    strict: false,
    asOf: null,
    by: { id: 'test', kind: 'operator' },
  });

/** Makes a second school with one chat of its own: a copy of the first school's people under another name. */
async function twoSchools(): Promise<{ big: string; small: string }> {
  const big = await importSmallSchool(world);
  const small = 'small';
  const db = everywhere(world.ctx);
  await sql`insert into school (id, name) values (${small}, 'Малая')`.execute(db);
  await sql`insert into person (school_id, id, roles, stated_at, stated_by)
    select ${small}, id, roles, stated_at, stated_by from person where school_id = ${big} and roles && '{teacher}'`.execute(
    db,
  );
  await sql`insert into profile_link (school_id, person_id, vk_user_id, stated_at, stated_by)
    select ${small}, l.person_id, vk_user_id, l.stated_at, l.stated_by from profile_link l
    join person p on p.school_id = ${small} and p.id = l.person_id where l.school_id = ${big}`.execute(db);
  await world.ctx.newSchools([small]);
  return { big, small };
}

const owners = async () => {
  const { rows } = await sql<{ school_id: string; owner_id: string }>`
    select school_id, owner_id from sferum_account`.execute(everywhere(world.ctx));
  return new Map(rows.map((row) => [row.school_id, Number(row.owner_id)]));
};

test('a big school in the middle of its work does not hold up a small one', async () => {
  const { big, small } = await twoSchools();
  // The big school's account is slow: one request in two seconds.
  await sql`update sferum_account set requests_per_second = 0.5 where school_id = ${big}`.execute(
    everywhere(world.ctx),
  );
  const long = await initialize(big, ['subject']);
  await vi.waitFor(
    async () => {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from chat where school_id = ${big} and queued_at is not null`.execute(
        everywhere(world.ctx),
      );
      expect(rows[0]!.n).toBe(10);
    },
    { timeout: 10_000, interval: 10 },
  );
  const ended = await world.ended(await initialize(small, ['staff']));
  expect(ended.state).toBe('succeeded');
  const { rows } = await sql<{ state: string }>`select state from operation where id = ${long}`.execute(
    everywhere(world.ctx),
  );
  expect(rows).toEqual([{ state: 'running' }]);
  await sql`update sferum_account set requests_per_second = 200`.execute(everywhere(world.ctx));
  expect((await world.ended(long)).state).toBe('succeeded');
});

test.each([9, 29])(
  'reliability 17: error %i for one school slows that one down, uses up no attempts, and the other works',
  async (code) => {
    const { big, small } = await twoSchools();
    const ownerId = (await owners()).get(big)!;
    world.sandbox.world.faults.add({ method: 'messages.createChat', fault: code, ownerId });
    await initialize(big, ['staff']);
    expect((await world.ended(await initialize(small, ['staff']))).state).toBe('succeeded');
    await vi.waitFor(
      async () => {
        const { rows } =
          await sql`select condition_reason, attempts, not_before > now() + interval '1 minute' as later
        from chat where school_id = ${big}`.execute(everywhere(world.ctx));
        expect(rows).toEqual([{ condition_reason: 'slow-down', attempts: 0, later: true }]);
      },
      { timeout: 10_000, interval: 20 },
    );
  },
);
