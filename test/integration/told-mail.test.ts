/** K2: letters say the same in Russian: a digest for each kind, and a summary each morning for those who want it. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { everywhere } from '../support/everywhere.ts';
import { trouble } from '../support/region-rows.ts';
import { startToldWorld, type ToldWorld } from '../support/told-world.ts';

let world: ToldWorld;
beforeEach(async () => {
  world = await startToldWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const ADDRESS = 'zavuch@school.example';
const choose = (body: object, school?: string) => world.ask('PUT', '/v1/me/notifications', body, school);
const run = (statement: ReturnType<typeof sql>) => statement.execute(everywhere(world));
const WAITING = { timeout: 20_000, interval: 30 };
/** Resolves once every open reason was told and every message was sent or given up. */
const quiet = (openReasons: number) =>
  vi.waitFor(async () => {
    const { rows } =
      await run(sql`select (select count(*)::int from told_reason where told_at is not null) as told,
      (select count(*)::int from told_reason where told_at is null or gone_at is not null) as untold,
      (select count(*)::int from told_delivery where next_at is not null) as unsent`);
    expect(rows).toEqual([{ told: openReasons, untold: 0, unsent: 0 }]);
  }, WAITING);

test('a hundred holds make one letter, with the school, the number and the link', async () => {
  expect((await choose({ email: ADDRESS, kinds: ['hold'] }, 's1')).status).toBe(200);
  for (let n = 0; n < 100; n++) await trouble(world.ctx, 's1', 'held');
  await trouble(world.ctx, 's2', 'held');
  const [letter] = await world.mails.catches(1);
  expect(letter).toMatchObject({ from: 'robot@school.example', to: ADDRESS });
  expect(letter!.headers).toMatchObject({
    from: expect.stringContaining('Сферум'),
    subject: 'Ждёт решения: 100\u00a0работ (Школа № 1)',
    'auto-submitted': 'auto-generated',
    'message-id': expect.stringMatching(/^<[0-9a-f-]{36}@school\.example>$/),
  });
  expect(letter!.text).toContain(`${world.ctx.config.publicUrl}/attention`);
  expect(letter!.text).not.toContain('Фамилия');
  await run(sql`update operation set state = 'cancelled', finished_at = now()`);
  await world.mails.catches(2);
  expect(world.mails.mails[1]!.headers.subject).toBe('Решение принято, больше ничего не ждёт (Школа № 1)');
  await quiet(0);
  expect(world.mails.mails).toHaveLength(2);
});

test('an operator of all schools hears of all of them in one letter for a kind', async () => {
  await choose({ email: 'op@region.example', kinds: ['account-broken', 'roster-overdue'] });
  await run(sql`update sferum_account set status = 'broken', status_reason = 'token'`);
  const [letter] = await world.mails.catches(1);
  expect(letter!.headers.subject).toBe('Нет связи со Сферумом: чаты школы не обновляются (школ: 3)');
  for (const school of ['Школа № 1', 'Школа № 2', 'Школа № 3']) expect(letter!.text).toContain(school);
  // A page shows the school that the person has open, so the link names its school.
  expect(letter!.text).toContain(`${world.ctx.config.publicUrl}/schools/open?school=s3&to=%2Fsettings`);
});

test('a summary each morning, once a day, to who wishes it', async () => {
  await trouble(world.ctx, 's1', 'overdue');
  await quiet(1);
  await choose({ email: ADDRESS, kinds: ['roster-overdue'], daily: true }, 's1');
  await run(sql`insert into told_choice (school_id, subject, role, email, kinds, daily)
    values ('s1', 'beside', 'staff', 'other@school.example', '{roster-overdue}', false)`);
  const [letter] = await world.mails.catches(1);
  expect(letter!.headers.subject).toBe('Сферум: ждёт внимания – 1');
  expect(letter!.text).toContain('Школа № 1. Из СГО давно не приходили списки');
  await choose({ email: ADDRESS, kinds: ['roster-overdue'], daily: true }, 's1');
  await run(sql`update told_choice set summed_on = summed_on - 1`);
  await world.mails.catches(2);
  expect(world.mails.mails.map(({ to }) => to)).toEqual([ADDRESS, ADDRESS]);
});

test('a server that is away or refuses for now is tried again, with the same id; an address that is refused is not', async () => {
  world.mails.answers.letter = '451 later';
  await choose({ email: ADDRESS, kinds: ['hold'] }, 's1');
  await trouble(world.ctx, 's1', 'held');
  const state = async () => (await run(sql`select state, answer, attempts from told_delivery`)).rows;
  await vi.waitFor(
    async () => expect(await state()).toEqual([{ state: 'waiting', answer: '451', attempts: 1 }]),
    WAITING,
  );
  world.mails.answers.letter = '250 ok';
  await run(sql`update told_delivery set next_at = now()`);
  await world.mails.catches(1);
  const { rows } = await run(sql`select id from told_delivery`);
  expect(world.mails.mails[0]!.headers['message-id']).toContain((rows[0] as { id: string }).id);

  world.mails.answers.recipient = '550 <zavuch@school.example> unknown';
  await trouble(world.ctx, 's1', 'held');
  await vi.waitFor(
    async () => expect(await state()).toContainEqual({ state: 'failed', answer: '550', attempts: 1 }),
    WAITING,
  );
  expect(world.logged.join('\n')).not.toContain('zavuch');
});

test.each([
  ['says nothing', () => undefined],
  [
    'never comes to an end',
    (socket: Socket) => {
      socket.write('220 slow\r\n');
      const more = setInterval(() => socket.write('250-more\r\n'), 100);
      socket.on('close', () => clearInterval(more));
    },
  ],
])('a server that %s is left after the time, and keeps no webhook', async (_, converse) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    converse(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens at a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  await using slow = await startToldWorld({ env: { SMTP_URL: `smtp://127.0.0.1:${port}` } });
  await slow.ask('PUT', '/v1/me/notifications', { email: ADDRESS, kinds: ['hold'] }, 's1');
  await trouble(slow.ctx, 's1', 'held');
  const tries = sql`select state, attempts from told_delivery where choice_id is not null`;
  await vi.waitFor(
    async () =>
      expect((await tries.execute(everywhere(slow))).rows).toEqual([{ state: 'waiting', attempts: 1 }]),
    WAITING,
  );
  await slow.hook(['account-broken']);
  await trouble(slow.ctx, 's2', 'broken');
  await slow.receiver.receives('account-broken.opened');
  server.close();
});

test('somebody who is gone, or has cleared the address, hears nothing', async () => {
  await run(sql`update person set roles = '{administrator}' where id = 'p1'`);
  await run(sql`insert into told_choice (school_id, subject, role, email, kinds, daily) values
    ('s1', 'p1', 'school-admin', 'gone@school.example', '{hold}', false),
    ('s1', 'somebody', 'school-admin', ${ADDRESS}, '{hold}', false)`);
  await run(sql`update person set gone_at = now(), gone_by = 'e' where id = 'p1'`);
  await trouble(world.ctx, 's1', 'held');
  await world.mails.catches(1);
  await run(sql`update told_choice set email = null where subject = 'somebody'`);
  await trouble(world.ctx, 's1', 'held');
  await quiet(2);
  expect(world.mails.mails.map(({ to }) => to)).toEqual([ADDRESS]);
});
