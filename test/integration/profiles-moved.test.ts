/** A7: a source that gives everybody another id takes nobody out of Sferum. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { startTestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { initializeAll } from '../support/small-world.ts';
import { FIRST, firstSchool } from '../support/two-schools.ts';

const OPERATOR = { role: 'operator', school: '*', sub: 'op' } as const;

test('A7 all ids change: everybody with a profile keeps it, and every place in Sferum', async () => {
  await using world = await startTestApp();
  const take = async (files: Record<string, string>, takenAt: Date) => {
    const body = await zipRoster(files);
    const by = { id: 'test', kind: 'operator' } as const;
    const id = await world.commands.importRoster({ body, takenAt, within: '*', by });
    const { state } = await world.ended(id);
    await world.settled();
    return { id, state };
  };
  const now = world.ctx.clock.now();
  await take(firstSchool(), new Date(now - 60_000));
  await initializeAll(world, FIRST);
  const places = () =>
    [...world.sandbox.world.chats.values()]
      .map(({ title, members }) => `${title}: ${[...members.keys()].sort()}`)
      .sort();
  const before = places();
  const renamed = Object.fromEntries(
    Object.entries(firstSchool()).map(([name, text]) => [
      name,
      // The ids of people: users and the rows that name them.
      ['users.csv', 'enrollments.csv', 'demographics.csv', 'roles.csv'].includes(name)
        ? text.replace(/\b([a-z])(\d{4,6})\b/g, 'y$1$2')
        : text,
    ]),
  );
  // A list that names nobody of the people named before waits for a person (J2). Until then nothing changes.
  const { id, state } = await take(renamed, new Date(now));
  expect(state).toBe('held');
  expect(places()).toEqual(before);
  // They are said to be other people, so the list's word alone gives them the profiles.
  const word = { same: false };
  const decided = await world.call('POST', `/v1/schools/${FIRST}/person-matches`, OPERATOR, word);
  // «Admin», of whom nothing but the name is known, is asked about apart.
  expect(await decided.json()).toMatchObject({ open: 0, doubtful: 1 });
  await world.settled();
  // The list names places in classes that do not exist, so it still looks cut.
  const approved = await world.call('POST', `/v1/operations/${id}/approve?school=${FIRST}`, OPERATOR, {});
  expect(approved.status).toBe(200);
  await world.settled();
  const { rows } = await sql<{ linked: number; waiting: number }>`
    select (select count(distinct vk_user_id)::int from profile_link l join person p on p.school_id = l.school_id and p.id = l.person_id
      where l.present and p.present) as linked,
      (select count(*)::int from profile_claim c join person p on p.school_id = c.school_id and p.id = c.person_id
        where c.state = 'waiting' and p.present) as waiting`.execute(everywhere(world.ctx));
  expect(rows[0]!.linked).toBeGreaterThan(30);
  expect(rows[0]!.waiting).toBe(0);
  expect(places()).toEqual(before);
}, 180_000);
