/** Scenario 16: characters that no name should have, from roster and events to lists, API, pages and Sferum. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { ERROR_TEXTS } from '../../src/sferum/sandbox/errors.ts';
import { nameKey } from '../../src/text/name-key.ts';
import { entryPath } from '../support/browser.ts';
import { ADMIN, type ChatWorld, linkedRoster, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { edited, withRows } from '../support/roster-files.ts';
import { tell } from '../support/tell-events.ts';

const MIB = 1024 * 1024;
/** In a file it becomes ED A0 80, as careless writers encode a lone surrogate; in JSON it becomes the escape. */
const LONE_SURROGATE = '\ud800';

/** As written → as it must be stored and shown. */
const NAMES: Record<string, [written: string, clean: string]> = {
  nul: ['Ну\u0000ль\u0007ко', 'Нулько'],
  surrogate: [`Пара${LONE_SURROGATE}нов`, 'Паранов'],
  rtl: ['\u202eשלום\u202c Леви', 'שלום Леви'],
  emoji: ['Яблоков😀', 'Яблоков😀'],
  html: ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  markup: [`"><img src=x onerror='alert(1)'>`, `"><img src=x onerror='alert(1)'>`],
  sql: [`Бобров'); drop table person;--`, `Бобров'); drop table person;--`],
};
const ODD = Object.entries(NAMES).map(([id, [written, clean]], at) => ({
  ...{ id, written, clean, profile: 7_001 + at },
}));
const ODD_CLASS = '5<b>\u0000"\u202eЯ😀&';
const ODD_CLASS_CLEAN = '5<b>"Я😀&';

let world: ChatWorld;
let cookie: string;
beforeAll(async () => {
  world = await startChatWorld();
  const ageSeconds = Math.floor((Date.now() - world.ctx.clock.now()) / 1000);
  const entered = await world.request(await entryPath(ADMIN, '/manage', { ageSeconds }), {
    headers: { accept: 'text/html' },
  });
  cookie = entered.headers.get('set-cookie')!.split(';', 1)[0]!;
});
afterAll(() => world[Symbol.asyncDispose]());

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** UTF-8 that a strict writer would not produce: lone surrogates keep their three bytes. */
function bytesOf(text: string): Uint8Array {
  const parts = text.split(LONE_SURROGATE).map((part) => Buffer.from(part));
  const lone = Buffer.from([0xed, 0xa0, 0x80]);
  return Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [part] : [lone, part])));
}

async function page(path: string): Promise<string> {
  const response = await world.request(path, { headers: { accept: 'text/html', cookie } });
  const text = await response.text();
  expect({ path, status: response.status, text: response.status === 200 ? '' : text }).toMatchObject({
    status: 200,
  });
  return text;
}

/** Checks that the page shows the text and reads none of it as markup. */
function expectShown(text: string, shown: string): void {
  expect(text).toContain(escaped(shown));
  expect(text).not.toMatch(/<script>alert|<img src=x|<b>/);
  for (const unseen of ['\u0000', '\u202e']) expect(text).not.toContain(unseen);
  expect(text.isWellFormed()).toBe(true);
}

/** Checks that the text is stored clean, found by its name, and given clean by the API and the pages. */
async function expectClean(id: string, clean: string, chatTitle: string): Promise<void> {
  const { rows } = await sql`select family_name as family, name_key as key from person
    where school_id = 's1' and id = ${id}`.execute(everywhere(world.ctx));
  expect(rows).toEqual([{ family: clean, key: nameKey(`${clean} Ян`) }]);
  const found = `/v1/schools/s1/people?lastName=${encodeURIComponent(clean.slice(0, 5))}`;
  const { items } = await world.done<{ items: { id: string; familyName: string }[] }>(
    ...([200, 'GET', found, ADMIN] as const),
  );
  expect(items.find((person) => person.id === id)).toMatchObject({ familyName: clean });
  expectShown(await page(`/people/${id}`), clean);
  const chatId = await world.chatId(chatTitle);
  const { items: members } = await world.done<{ items: { name: string }[] }>(
    ...([200, 'GET', `/v1/chats/${chatId}/members?perPage=100`, ADMIN] as const),
  );
  expect(members.map((member) => member.name)).toContainEqual(expect.stringContaining(clean));
}

test('reliability 16: names of a roster file are stored clean, and shown as they are', async () => {
  let files = linkedRoster();
  files = withRows(
    files,
    'users.csv',
    ...ODD.map(({ id, written, profile }) => `${id},,s1,student,{VK:${profile}},Ян,${quoted(written)},,`),
  );
  files = withRows(files, 'enrollments.csv', ...ODD.map(({ id }) => `odd-${id},,c5b,s1,${id},student,,,`));
  files = edited(files, 'classes.csv', 'c5b,,5Б,', `c5b,,${quoted(ODD_CLASS)},`);
  const body = await zipRoster(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, bytesOf(text)])),
  );
  const takenAt = new Date(world.ctx.clock.now());
  const id = await world.commands.importRoster({
    body,
    takenAt,
    within: '*',
    by: { id: 'sgo', kind: 'service' },
  });
  expect(await world.ended(id)).toMatchObject({ state: 'succeeded', result: { rejected: [] } });
  await world.settled();
  for (const { id, clean } of ODD) await expectClean(id, clean, `${ODD_CLASS_CLEAN} класс`);
  expect(await world.differences(['s1'])).toEqual([]);
  expect(world.inSferum(`${ODD_CLASS_CLEAN} класс`)).toContain(String(ODD[0]!.profile));
  const chatId = await world.chatId(`${ODD_CLASS_CLEAN} класс`);
  for (const path of ['/manage', `/manage/chats/${chatId}`, '/unreachable', '/changes']) {
    const text = await page(path);
    expect(text).not.toMatch(/<script>alert|<img src=x|<b>/);
    if (path.startsWith('/manage')) expectShown(text, ODD_CLASS_CLEAN);
  }
});

test('reliability 16: names that events tell likewise, and each job ends once', async () => {
  const writes = world.sandbox.api.stats.writes;
  for (const { id, written, profile } of ODD) {
    const own = { id: `e-${id}`, familyName: written, givenName: 'Ян', roles: ['student'] };
    await tell(world, 's1', 'sgo.person.saved', own, { follow: false });
    await tell(world, 's1', 'sgo.profile.linked', { personId: own.id, vkUserId: profile + 100 });
  }
  const order = {
    ...{ id: 'odd', number: '\u0000№ <b>1', kind: 'enrollment', effectiveOn: '2026-10-01' },
    items: ODD.map(({ id }) => ({ studentId: `e-${id}`, classId: 'c5a' })),
  };
  await tell(world, 's1', 'sgo.order.issued', order);
  for (const { id, clean } of ODD) await expectClean(`e-${id}`, clean, '5А класс');
  expect(await world.differences(['s1'])).toEqual([]);
  expect(world.sandbox.api.stats.writes - writes).toBe(ODD.length);
});

describe('reliability 16: a field of 1 MB', () => {
  const long = 'Я'.repeat(MIB / 2);
  const facts = async () => {
    const { rows } = await sql`select id, family_name, present from person order by id`.execute(
      everywhere(world.ctx),
    );
    return rows;
  };

  test('ends the import at once with its file and line, and changes nothing', async () => {
    const before = await facts();
    // Random, so that it is not taken for a zip bomb.
    const mixed = randomBytes(MIB / 2).toString('hex');
    const files = withRows(linkedRoster(), 'users.csv', `long,,s1,student,,Ян,${mixed},,`);
    const id = await world.commands.importRoster({
      ...{
        body: await zipRoster(files),
        takenAt: new Date(world.ctx.clock.now()),
        within: '*',
        by: { id: 'sgo', kind: 'service' },
      },
    });
    const { state, problems } = await world.ended(id);
    expect({ state, problems }).toMatchObject({
      state: 'failed',
      problems: [{ code: 'line-too-long', file: 'users.csv', line: expect.any(Number) }],
    });
    expect(JSON.stringify(problems).length).toBeLessThan(1_000);
    expect(await facts()).toEqual(before);
  });

  test('of an event refuses that one alone; a body beyond the limit is 413', async () => {
    const before = await facts();
    const send = (familyName: string) =>
      world.request('/v1/schools/s1/events', {
        ...{ method: 'POST', as: { role: 'service', school: 's1', sub: 'sgo' } },
        headers: { 'content-type': 'application/cloudevents-batch+json' },
        body: JSON.stringify([event('long', familyName), event('p1', 'Абаев')]),
      });
    const event = (id: string, familyName: string) => ({
      ...{ specversion: '1.0', source: 'sgo', id: world.ctx.newId(), type: 'sgo.person.saved' },
      time: new Date(world.ctx.clock.now()).toISOString(),
      data: { id, familyName, givenName: 'Марк', middleName: 'Андреевич', roles: ['student'] },
    });
    const answer = await (await send('Я'.repeat(MIB / 2 - 1_000))).json();
    expect(answer).toMatchObject({
      accepted: 1,
      rejected: [{ message: expect.stringMatching(/200 знаков/) }],
    });
    expect((await send(long)).status).toBe(413);
    await world.settled();
    expect(await facts()).toEqual(before);
  });
});

test('reliability 16: whatever VK writes in its errors, the job ends once and nobody reads it', async () => {
  const texts = ERROR_TEXTS as Record<number, string>;
  const published = { ...texts };
  const text = `${ODD.map(({ written }) => written).join(' ')} ЯвныйСлед ${'я'.repeat(MIB / 8)}`;
  for (const code of Object.keys(texts)) texts[Number(code)] = text;
  try {
    const user = 7_900;
    world.sandbox.world.describePerson({ id: user, adding: 902 });
    await tell(world, 's1', 'sgo.person.saved', {
      ...{ id: 'closed', familyName: 'Закрытый', givenName: 'Ян', roles: ['teacher'] },
    });
    const before = world.sandbox.api.stats.calls['messages.addChatUser'] ?? 0;
    await tell(world, 's1', 'sgo.profile.linked', { personId: 'closed', vkUserId: user });
    expect(world.sandbox.api.stats.calls['messages.addChatUser']).toBe(before + 1);
  } finally {
    Object.assign(texts, published);
  }
  const chatId = await world.chatId('Учительская');
  const { rows } = await sql`select condition, attempts, (select state || ' ' || reason from sferum_member s
      where s.chat_id = c.id and vk_user_id = 7900) as closed from chat c where id = ${chatId}`.execute(
    everywhere(world.ctx),
  );
  expect(rows).toEqual([{ condition: 'synced', attempts: 0, closed: 'refused privacy' }]);
  for (const path of [
    `/manage/chats/${chatId}`,
    '/people/closed',
    '/changes',
    '/unreachable',
    '/attention',
  ]) {
    expect(await page(path)).not.toContain('ЯвныйСлед');
  }
});
