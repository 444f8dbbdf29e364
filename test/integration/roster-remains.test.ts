/** What is left of a roster file once it was imported, decided on or refused. */
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestApp, type TestApp, USUAL_CONNECTIONS, type Who } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import type { RosterFiles } from '../support/roster-files.ts';
import { MONDAY, sentRosters, TUESDAY } from '../support/sent-rosters.ts';
import { firstSchool, withoutMost } from '../support/two-schools.ts';

const OPERATOR: Who = { role: 'operator', sub: 'operator' };

let world: TestApp;
beforeEach(async () => {
  // As many connections as by default, because a test holds one.
  const env = { LIMIT_DATABASE_CONNECTIONS: USUAL_CONNECTIONS };
  world = await startTestApp({ now: '2026-11-25T06:00:00Z', env });
});
afterEach(() => world[Symbol.asyncDispose]());

const { send, take, shown } = sentRosters(() => world);

describe('what is left of a file', () => {
  const SECRETS = ['mother@example.org', '+79001234567', 'hunter2-password'];

  /** A pupil's e-mail, phone and password, as other products' exports give them. */
  const withSecrets = (files: RosterFiles): RosterFiles => {
    const [header, first, ...others] = files['users.csv']!.split('\r\n');
    const cells = first!.split(',');
    [cells[10], cells[12], cells[15]] = SECRETS as [string, string, string];
    return { ...files, 'users.csv': [header, cells.join(','), ...others].join('\r\n') };
  };

  /** Gives the text of every table in every schema. */
  async function everything(): Promise<string> {
    const client = new Client({ connectionString: world.app.databaseUrl });
    await client.connect();
    try {
      await client.query('set role sferum_every_school');
      const { rows } = await client.query<{ name: string }>(
        `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
          where relkind in ('r', 'p') and not relispartition and nspname = 'public'`,
      );
      const texts: string[] = [];
      for (const { name } of rows) {
        const found = await client.query<{ all: string }>(
          `select string_agg(t::text, ' ') as all from ${name} t`,
        );
        texts.push(found.rows[0]!.all ?? '');
      }
      return texts.join('\n');
    } finally {
      await client.end();
    }
  }

  test('what the product does not use reaches no table, and the zip is gone once it is read', async () => {
    await take(firstSchool());
    const { id } = await take(withSecrets(withoutMost(firstSchool(), 'c0002', 0)), TUESDAY);
    expect((await shown(id)).state).toBe('held');
    const text = await everything();
    expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
    const { rows } = await sql`select (select count(*)::int from roster_file) as files,
      (select count(*)::int from staged_roster) as staged, params->'file' as file from operation where id = ${id}`.execute(
      everywhere(world.ctx),
    );
    expect(rows).toMatchObject([{ files: 0, file: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }]);
    expect(rows[0]).not.toMatchObject({ staged: 0 });
  });

  test('files of one school are kept until they are applied, in their order', async () => {
    const ids: string[] = [];
    const operations = async () => {
      const { rows } = await sql<{ state: string; kept: boolean }>`
        select state, exists (select from roster_file f where f.operation_id = o.id) as kept
        from operation o where id = any(${ids}::uuid[]) and school_id is not null order by created_at, id`.execute(
        everywhere(world.ctx),
      );
      return rows;
    };
    const files = firstSchool();
    const [, schoolId] = /^([^,]+),.*,school,/m.exec(files['orgs.csv']!)!;
    await world.ctx.db.holdingSchool(schoolId!, async () => {
      ids.push(await send(files), await send(files, TUESDAY));
      const waiting = ids.map(() => ({ state: 'running', kept: true }));
      await vi.waitFor(async () => expect(await operations()).toEqual(waiting), 20_000);
    });
    await world.settled();
    expect(await operations()).toEqual(ids.map(() => ({ state: 'succeeded', kept: false })));
    const { rows } = await sql`select roster_taken_at = ${TUESDAY}::timestamptz as newest,
      (select count(*)::int from person where present and stated_at < ${TUESDAY}::timestamptz) as older from school`.execute(
      everywhere(world.ctx),
    );
    expect(rows).toEqual([{ newest: true, older: 0 }]);
  });

  test.each(['approve', 'reject'])('staged facts end with the decision: %s', async (decision) => {
    await take(firstSchool());
    const { id } = await take(withoutMost(firstSchool(), 'c0002', 0), TUESDAY);
    expect((await world.call('POST', `/v1/operations/${id}/${decision}`, OPERATOR, {})).status).toBe(200);
    await world.settled();
    const left = async () => {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from staged_roster`.execute(
        everywhere(world.ctx),
      );
      return rows[0]!.n;
    };
    await vi.waitFor(async () => expect(await left()).toBe(0));
  });
});

describe('an import that belongs to no school', () => {
  test.each([
    ['cannot be read', { 'manifest.csv': 'nonsense' } as RosterFiles],
    [
      'holds no school',
      { ...firstSchool(), 'orgs.csv': firstSchool()['orgs.csv']!.replace(',school,', ',district,') },
    ],
  ])('and %s has failed, and its sender reads why', async (_, files) => {
    const bound: Who = { role: 'service', sub: 'sgo-1', school: 'school-unknown' };
    const failed = await take(files as RosterFiles, MONDAY, bound);
    expect(failed).toMatchObject({ schoolId: null, state: 'failed' });
    for (const other of [
      { role: 'service', sub: 'sgo-2', school: 'school-unknown' },
      { role: 'school-admin', sub: 'sgo-1', school: 'school-unknown' },
      { role: 'service', sub: 'sgo-1', school: 'another-school' },
    ] as Who[]) {
      expect((await world.call('GET', `/v1/operations/${failed.id}`, other)).status).toBe(404);
    }
    const { rows } = await sql`select from school`.execute(everywhere(world.ctx));
    expect(rows).toEqual([]);
  });
});
