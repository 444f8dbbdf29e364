/** A pupil with a row in as many tables as can be, and where the database still says something of that pupil. */

import { sql } from 'kysely';
import { DAY_MS } from '../../src/clock.ts';
import type { Context } from '../../src/context.ts';
import { nameKey } from '../../src/text/name-key.ts';
import { ADMIN, type ChatWorld } from './chat-world.ts';
import { everywhere } from './everywhere.ts';
import { tell } from './tell-events.ts';

export const OPERATOR = { role: 'operator', school: 's1', sub: 'op' } as const;
export const SETTINGS = '/v1/schools/s1/settings';
export const VK_ID = 770077001;
/** What must be found nowhere after the erasure: name, VK id, reason, number of the pupil's own order. */
export const CANARIES = [
  'Канарейкин',
  nameKey('Канарейкин'),
  String(VK_ID),
  'причина-канарейка',
  'ПРИКАЗ-77',
];

/** The same world so many days later. */
export const after = (ctx: Context, days: number): Context => ({
  ...ctx,
  clock: { ...ctx.clock, now: () => ctx.clock.now() + days * DAY_MS },
});

/** Where in the database the text stands: tables, sorted. */
export async function traces(ctx: Context, text: string): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string }>`select c.relname as name from pg_class c
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`.execute(
    everywhere(ctx),
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(name)} t
      where strpos(to_jsonb(t)::text, ${text}) > 0`.execute(everywhere(ctx));
    if (rows[0]!.n > 0) found.push(name);
  }
  return found.sort();
}

/** Where the canaries still are; empty: nowhere. */
export async function remains(ctx: Context): Promise<[canary: string, tables: string[]][]> {
  const all = await Promise.all(
    CANARIES.map(async (canary): Promise<[string, string[]]> => [canary, await traces(ctx, canary)]),
  );
  return all.filter(([, tables]) => tables.length > 0);
}

export const PERSON = {
  ...{ id: 'can', familyName: 'Канарейкин', givenName: 'Пётр', middleName: 'Ильич' },
  ...{ roles: ['student'], sex: 'male', birthDate: '2014-03-03' },
};

/** The pupil comes, with a parent. */
export async function arrives(world: ChatWorld): Promise<void> {
  await tell(world, 's1', 'sgo.person.saved', PERSON);
  await tell(world, 's1', 'sgo.profile.linked', { personId: 'can', vkUserId: VK_ID });
  await tell(world, 's1', 'sgo.order.issued', {
    ...{ id: 'own', number: 'ПРИКАЗ-77', kind: 'enrollment', effectiveOn: '2026-10-01' },
    items: [{ studentId: 'can', classId: 'c5a' }],
  });
  await tell(world, 's1', 'sgo.order.issued', {
    ...{ id: 'shared', number: 'ОБЩИЙ', kind: 'enrollment', effectiveOn: '2026-10-01' },
    items: ['can', 'p3'].map((studentId) => ({ studentId, classId: 'c5a' })),
  });
  await tell(world, 's1', 'sgo.person.saved', {
    ...PERSON,
    ...{ id: 'mum', givenName: 'Анна', middleName: 'Юрьевна', roles: ['parent'], birthDate: null },
  });
  await tell(world, 's1', 'sgo.guardian.linked', { guardianId: 'mum', studentId: 'can' });
  await world.done(200, 'PATCH', `/v1/chats/${await world.chatId('Учительская')}`, ADMIN, {
    members: { add: ['can'] },
    reason: 'причина-канарейка',
  });
  await world.settled();
}

/** Both leave, and nobody asks for them any more. */
export async function depart(world: ChatWorld): Promise<void> {
  await tell(world, 's1', 'sgo.person.removed', { id: 'can' });
  await tell(world, 's1', 'sgo.person.removed', { id: 'mum' });
}
