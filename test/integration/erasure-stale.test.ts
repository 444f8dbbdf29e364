/** K6: what stays of erased people is enough to recognise old events about them, whatever key is in use. */

import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import { endDue } from '../../src/ending/end-due.ts';
import { wasErased } from '../../src/roster/erased.ts';
import { SecretBox } from '../../src/secrets.ts';
import { resealAll } from '../../src/store/reseal.ts';
import { nameKey } from '../../src/text/name-key.ts';
import { type ChatWorld, linkedRoster, startChatWorld } from '../support/chat-world.ts';
import { after, arrives, depart, PERSON, remains, traces, VK_ID } from '../support/erasure-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { withRows } from '../support/roster-files.ts';

let world: ChatWorld;
let departedMs: number;
beforeEach(async () => {
  world = await startChatWorld();
  await arrives(world);
  departedMs = world.ctx.clock.now();
  await depart(world);
  expect(await endDue(after(world.ctx, 181))).toBe(true);
  expect(await remains(world.ctx)).toEqual([]);
});
afterEach(() => world[Symbol.asyncDispose]());

const YOUNGER_MS = 30_000;
let sent = 0;
/** Sends events with new ids, of a time before or after the departure. */
async function late(sinceMs: number, ...events: [type: string, data: object][]): Promise<unknown> {
  const batch = events.map(([type, data]) => ({
    ...{ specversion: '1.0', source: 'sgo', id: `late-${++sent}`, type, data },
    time: new Date(departedMs + sinceMs).toISOString(),
  }));
  const response = await world.request('/v1/schools/s1/events', {
    ...{ method: 'POST', as: { role: 'service', school: 's1', sub: 'sgo' }, body: JSON.stringify(batch) },
    headers: { 'content-type': 'application/cloudevents-batch+json' },
  });
  const answer = await response.json();
  await world.settled();
  return answer;
}
const order = (id: string, ...students: string[]) => ({
  ...{ id, number: `ПРИКАЗ-77-${id}`, kind: 'enrollment', effectiveOn: '2026-10-01' },
  items: students.map((studentId) => ({ studentId, classId: 'c5b' })),
});
const know = async (table: string, column: string) =>
  (await sql`select from ${sql.table(table)} where ${sql.ref(column)} = 'can'`.execute(everywhere(world.ctx)))
    .rows.length;

test('what is said of him from before his departure is accepted and says nothing, also within lists of others', async () => {
  const answer = await late(
    -HOUR_MS,
    ['sgo.person.saved', PERSON],
    ['sgo.profile.linked', { personId: 'can', vkUserId: VK_ID }],
    ['sgo.guardian.linked', { guardianId: 'm1', studentId: 'can' }],
    ['sgo.order.issued', order('alone', 'can')],
    ['sgo.order.issued', order('both', 'can', 'p1')],
    [
      'sgo.subject-group.saved',
      {
        id: 'g9',
        title: 'Хор',
        subject: 'Музыка',
        classId: null,
        teacherIds: ['t2'],
        studentIds: ['can', 'p2'],
      },
    ],
    ['sgo.person.removed', { id: 'can' }],
  );
  expect(answer).toMatchObject({ accepted: 7, duplicates: 0, rejected: [] });
  for (const canary of ['Канарейкин', nameKey('Канарейкин'), String(VK_ID), 'ПРИКАЗ-77-alone'])
    expect([canary, await traces(world.ctx, canary)]).toEqual([canary, []]);
  for (const [table, column] of [
    ...([
      ['person', 'id'],
      ['profile_link', 'person_id'],
    ] as const),
    ...([
      ['guardian', 'student_id'],
      ['enrollment', 'student_id'],
    ] as const),
  ])
    expect([table, await know(table, column)]).toEqual([table, 0]);
  const { rows } = await sql`select id, student_ids from roster_order where id in ('alone', 'both')`.execute(
    everywhere(world.ctx),
  );
  expect(rows).toEqual([{ id: 'both', student_ids: ['p1'] }]);
  expect(await world.differences(['s1'])).toEqual([]);
});

test('a list that is older than his departure does not bring him back; a newer one does', async () => {
  const row = `can,,s1,student,{VK:${VK_ID}},Пётр,Канарейкин,Ильич,`;
  const files = withRows(
    withRows(linkedRoster(), 'users.csv', row),
    'enrollments.csv',
    'e99,,c5a,s1,can,student,,2026-09-01,',
  );
  await world.importRoster(files, new Date(departedMs - 1).toISOString());
  expect(await remains(world.ctx)).toEqual([]);
  expect(await know('enrollment', 'student_id')).toBe(0);
  await world.importRoster(files, new Date(departedMs + YOUNGER_MS).toISOString());
  expect(await traces(world.ctx, 'Канарейкин')).toContain('person');
  expect(world.inSferum('5А класс')).toContain(String(VK_ID));
});

test('who is said to be back later is a new person, of whom the old is still old', async () => {
  await late(YOUNGER_MS, ['sgo.person.saved', { ...PERSON, familyName: 'Новый' }]);
  await late(-HOUR_MS, ['sgo.profile.linked', { personId: 'can', vkUserId: VK_ID }]);
  expect(await know('person', 'id')).toBe(1);
  expect(await know('profile_link', 'person_id')).toBe(0);
});

test('SECRETS_KEY may be changed and the old key dropped: the erased is known all the same', async () => {
  const OLD = world.ctx.config.secretsKeys[0]!;
  const NEW = new Uint8Array(32).fill(8);
  expect(await wasErased(world.ctx, 's1', 'can')).toBe(true);
  const resealed = await resealAll(world.ctx.db, new SecretBox([NEW, OLD]));
  expect(resealed.flatMap(({ unopened }) => unopened)).toEqual([]);
  const changed = {
    ...world.ctx,
    secrets: new SecretBox([NEW]),
    config: { ...world.ctx.config, secretsKeys: [NEW] },
  };
  expect(await wasErased(changed, 's1', 'can')).toBe(true);
  expect(await wasErased(changed, 's1', 'never-known')).toBe(false);
  // The same key hashes the people who are erased from then on.
  const before = await sql`select count(*)::int as n from erasure_key`.execute(everywhere(world.ctx));
  expect(await endDue(after(changed, 400))).toBeDefined();
  expect(await sql`select count(*)::int as n from erasure_key`.execute(everywhere(world.ctx))).toMatchObject({
    rows: before.rows,
  });
});
