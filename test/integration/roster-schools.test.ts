/**
 * A roster of several schools: each has its own operation and sees and decides its own part alone (contract, rule 16).
 */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestApp, type TestApp, type Who } from '../support/app.ts';
import { asOwner, everywhere } from '../support/everywhere.ts';
import type { RosterFiles } from '../support/roster-files.ts';
import { type Shown, sentRosters, TUESDAY } from '../support/sent-rosters.ts';
import { initializeAll } from '../support/small-world.ts';
import {
  CANARY,
  FIRST,
  firstSchool,
  SECOND,
  secondSchool,
  together,
  withoutMost,
} from '../support/two-schools.ts';

const OPERATOR: Who = { role: 'operator', sub: 'operator' };

let world: TestApp;
beforeEach(async () => {
  world = await startTestApp({ now: '2026-11-25T06:00:00Z' });
});
afterEach(() => world[Symbol.asyncDispose]());

const { send, take, shown } = sentRosters(() => world);

async function adminOf(school: string): Promise<Who> {
  const { rows } = await sql<{ id: string }>`
    select id from person where school_id = ${school} and 'administrator' = any(roles) and present limit 1`.execute(
    everywhere(world.ctx),
  );
  return { role: 'school-admin', sub: rows[0]!.id, school };
}

async function approve(id: string, as: Who, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await vi.waitFor(async () => expect((await shown(id)).state).toBe('held'));
    expect((await world.call('POST', `/v1/operations/${id}/approve`, as, {})).status).toBe(200);
    await world.settled();
  }
}

/** Gives all rows of a school, in every table with a school. */
async function rowsOf(school: string): Promise<string> {
  const db = everywhere(world.ctx);
  const tables = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'school_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname not in ('access_record') order by 1`.execute(db);
  const texts: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await sql<{ all: string | null }>`
      select string_agg(t::text, ';' order by t::text) as all from ${sql.table(name)} t where school_id = ${school}`.execute(
      db,
    );
    texts.push(`${name}: ${rows[0]!.all}`);
  }
  return texts.join('\n');
}

describe('a file of two schools', () => {
  test('has an operation of each under a parent, which sums them up', async () => {
    const parent = await take(together(firstSchool(), secondSchool()));
    expect(parent).toMatchObject({ schoolId: null, state: 'succeeded' });
    const operations = parent.result!.operations!;
    expect(operations.map(({ schoolId, state }) => [schoolId, state])).toEqual([
      [FIRST, 'succeeded'],
      [SECOND, 'succeeded'],
    ]);
    const parts = await Promise.all(operations.map(({ operationId }) => shown(operationId)));
    expect(parts.map(({ schoolId }) => schoolId)).toEqual([FIRST, SECOND]);
    expect(parts[0]!.result!.people + parts[1]!.result!.people).toBe(parent.result!.people);
    // Among the operations a school's admin finds the school's own part alone.
    const admin = await adminOf(FIRST);
    const list = (await (await world.call('GET', `/v1/schools/${FIRST}/operations`, admin)).json()) as {
      items: Shown[];
    };
    expect(list.items.map(({ id }) => id)).toEqual([operations[0]!.operationId]);
    for (const hidden of [parent.id, operations[1]!.operationId]) {
      expect((await world.call('GET', `/v1/operations/${hidden}`, admin)).status).toBe(404);
    }
  });

  describe.each([
    ['removals are held in both (F4)', 1, (files: RosterFiles, unit: string) => withoutMost(files, unit, 11)],
    // Once accepted, the file takes so many people out that F4 asks again.
    ['both look incomplete (J2)', 2, (files: RosterFiles, unit: string) => withoutMost(files, unit, 0)],
  ])('of which %s', (_, steps, less) => {
    let parent: Shown;
    let own: string;
    let other: string;
    let admin: Who;

    beforeEach(async () => {
      await take(together(firstSchool(), secondSchool()));
      for (const school of [FIRST, SECOND]) {
        expect((await initializeAll(world, school)).state).toBe('succeeded');
      }
      parent = await take(together(less(firstSchool(), 'c0002'), less(secondSchool(), 'xc0002')), TUESDAY);
      [own, other] = parent.result!.operations!.map(({ operationId }) => operationId) as [string, string];
      admin = await adminOf(FIRST);
    });

    test('each is decided by its own: the other neither shows nor changes', async () => {
      expect(parent.state).toBe('held');
      const before = await rowsOf(SECOND);
      const asked: string[] = [];
      for (const id of [own, other, parent.id]) {
        for (const path of ['', '/plan', '/stream']) {
          if (id === own && path === '/stream') continue;
          asked.push(await (await world.call('GET', `/v1/operations/${id}${path}`, admin)).text());
          asked.push(
            await (await world.call('GET', `/v1/operations/${id}${path}?school=${FIRST}`, admin)).text(),
          );
        }
        for (const path of ['', '?view=people', '/progress', '/undo']) {
          const page = await world.request(`/manage/operations/${id}${path}`, { as: admin });
          asked.push(await page.text());
          if (id !== own) expect(page.status, `${id}${path}`).toBe(404);
        }
      }
      asked.push(await (await world.request('/attention', { as: admin })).text());
      asked.push(await (await world.call('GET', `/v1/schools/${FIRST}/journal`, admin)).text());
      expect(asked.filter((text) => text.includes(CANARY) || text.includes(SECOND))).toEqual([]);
      for (const id of [other, parent.id]) {
        for (const command of ['approve', 'reject', 'cancel', 'undo']) {
          expect((await world.call('POST', `/v1/operations/${id}/${command}`, admin, {})).status).toBe(404);
          const named = `/v1/operations/${id}/${command}?school=${FIRST}`;
          expect((await world.call('POST', named, admin, {})).status).toBe(404);
        }
        for (const [command, body] of [
          ['decide', 'do=approve'],
          ['cancel', ''],
          ['undo', ''],
        ]) {
          const page = await world.request(`/manage/operations/${id}/${command}`, {
            ...{ method: 'POST', as: admin, body: body!, redirect: 'manual' },
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          });
          expect(page.status).toBe(404);
        }
      }
      await approve(own, admin, steps);
      expect((await shown(own)).state).toBe('succeeded');
      expect((await shown(other)).state).toBe('held');
      expect(await rowsOf(SECOND)).toBe(before);
      expect(await world.differences([FIRST])).toEqual([]);
      await vi.waitFor(async () => expect(await shown(parent.id)).toMatchObject({ state: 'held' }));
    });

    test('the parent is nothing to its sender’s namesake who is bound to one school', async () => {
      for (const role of ['operator', 'service'] as const) {
        await sql`update operation set created_by = 'sent', created_by_kind = ${role} where id = ${parent.id}`.execute(
          everywhere(world.ctx),
        );
        const namesake: Who = { role, sub: 'sent', school: FIRST };
        expect((await world.call('GET', `/v1/operations/${parent.id}`, namesake)).status).toBe(404);
        for (const command of ['approve', 'reject', 'cancel']) {
          if (role === 'service' && command !== 'cancel') continue;
          const path = `/v1/operations/${parent.id}/${command}`;
          expect((await world.call('POST', path, namesake, {})).status, `${role} ${command}`).toBe(404);
        }
      }
      expect((await shown(other)).state).toBe('held');
    });

    test('the parent is decided for both, each decision in its own journal', async () => {
      await approve(parent.id, OPERATOR, steps);
      await vi.waitFor(async () => expect(await shown(parent.id)).toMatchObject({ state: 'succeeded' }));
      expect(await world.differences([FIRST, SECOND])).toEqual([]);
      const { rows } = await sql`
        select distinct school_id, author_id, author_kind from journal where what = 'decision' order by 1`.execute(
        everywhere(world.ctx),
      );
      expect(rows).toEqual(
        [FIRST, SECOND].map((school_id) => ({ school_id, author_id: 'operator', author_kind: 'operator' })),
      );
      const again = await world.call('POST', `/v1/operations/${parent.id}/reject`, OPERATOR, {});
      expect(again.status).toBe(409);
    });
  });

  test('a school that fails leaves the rest applied, and goes on when it can', async () => {
    await asOwner(
      world.ctx,
      `create function stumble() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
       create trigger stumble before insert on person for each row when (new.school_id = '${SECOND}')
       execute function stumble()`,
    );
    const id = await send(together(firstSchool(), secondSchool()));
    const states = async () => (await shown(id)).result?.operations?.map(({ state }) => state);
    await vi.waitFor(async () => expect(await states()).toEqual(['succeeded', 'running']), {
      timeout: 20_000,
    });
    expect((await shown(id)).state).toBe('running');
    await asOwner(world.ctx, 'drop function stumble() cascade');
    await world.settled();
    expect(await shown(id)).toMatchObject({ state: 'succeeded' });
  });
});
