/** Whose act it was (J1, K8): each line of the journal names its own author, also if another person began the work. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADMIN, type ChatWorld, startChatWorld } from '../support/chat-world.ts';
import { tell } from '../support/tell-events.ts';
import type { TokenClaims } from '../support/tokens.ts';

const OPERATOR: TokenClaims = { role: 'operator', school: 's1', sub: 'op7' };
const PASSED = 'vk1.a.a-token-that-nobody-may-read';

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

interface Entry {
  what: string;
  sentence: string;
  personId: string | null;
  cause: { kind: string; id: string; by: { id: string; kind: string; name: string } | null };
}

const journal = async () =>
  (await world.done<{ items: Entry[] }>(200, 'GET', '/v1/schools/s1/journal?perPage=100', ADMIN)).items;

const stored = async (what: string) => {
  const { rows } = await sql<{ author: string; details: Record<string, unknown> }>`
    select author_kind || ' ' || author_id as author, details from journal where what = ${what} order by id`.execute(
    world.ctx.db.of('s1'),
  );
  return rows;
};

/** Checks that every line says whose act it is. */
async function assertAuthored(): Promise<void> {
  const { rows } =
    await sql`select what, cause from journal where author_kind = 'unknown' or author_id is null`.execute(
      world.ctx.db.of('s1'),
    );
  expect(rows).toEqual([]);
}

test('who decides is the author of his decision and of all that it does, not who had sent the lists', async () => {
  const limits = { chatShare: 0.2, chatAtLeast: 1, schoolShare: 1, schoolAtLeast: 1000 };
  await sql`update school set limits = ${JSON.stringify(limits)}::jsonb`.execute(world.ctx.db.of('s1'));
  const group = { subject: 'География', classId: 'c5a', teacherIds: ['t1'], studentIds: ['p3'] };
  await tell(world, 's1', 'sgo.subject-group.saved', { ...group, id: 'geo5a', title: '5А/География' });
  const art = { subject: 'Рисование', teacherIds: ['t2'], studentIds: ['p3'] };
  await tell(world, 's1', 'sgo.subject-group.saved', { ...art, id: 'art5', title: '5 *Рисование' });
  const { items } = await world.done<{ items: { id: string }[] }>(
    ...([200, 'GET', '/v1/schools/s1/operations?state=held', ADMIN] as const),
  );
  const hold = `/v1/operations/${items[0]!.id}`;
  const [geo, drawing] = [await world.chatId('5А/География'), await world.chatId('5 *Рисование')];
  await world.done(200, 'POST', `${hold}/reject`, ADMIN, { chatIds: [geo] });
  await world.done(200, 'POST', `${hold}/approve`, OPERATOR, { chatIds: [drawing] });
  await world.settled();

  const lines = await journal();
  const of = (kind: string) => lines.filter(({ cause }) => cause.kind === kind && cause.id === items[0]!.id);
  const operator = { id: 'op7', kind: 'operator', name: 'оператор op7' };
  expect(of('approval').map(({ what, cause }) => [what, cause.by])).toEqual(
    expect.arrayContaining([
      ['decision', operator],
      ['remove', operator],
      ['sferum-remove', operator],
    ]),
  );
  expect(of('approval').every(({ cause }) => cause.by?.id === 'op7')).toBe(true);
  expect(of('approval').find(({ what }) => what === 'decision')?.sentence).toBe(
    'Подтверждено: остановленные исключения',
  );
  const admin = { id: 'a1', kind: 'person', name: 'Обмочиева Ольга Викторовна' };
  expect(of('rejection').map(({ what, cause }) => [what, cause.by])).toEqual([
    ['removal-rejected', admin],
    ['decision', admin],
  ]);
  const told = lines.find(({ what, cause }) => what === 'hold-remove' && cause.kind === 'event');
  expect(told?.cause.by).toMatchObject({ kind: 'service' });
  await assertAuthored();
});

test('undo, cancellation, edits, links and lists bear the author of each', async () => {
  const start = () =>
    world.done<{ operationId: string }>(202, 'POST', '/v1/schools/s1/initializations', OPERATOR, {
      types: ['class'],
    });
  const { operationId } = await start();
  await world.settled();
  await world.done(202, 'POST', `/v1/operations/${operationId}/undo`, ADMIN);
  await world.settled();
  expect(await stored('undone')).toMatchObject([{ author: 'person a1', details: { run: operationId } }]);
  const chat = await world.chatId('5А класс');
  await world.done(200, 'PATCH', `/v1/chats/${chat}`, ADMIN, {
    ...{ title: 'Пятый А', members: { remove: ['p1'] }, reason: 'по просьбе мамы' },
  });
  await world.settled();
  expect(await stored('change')).toMatchObject([{ author: 'person a1', details: { renamed: true } }]);
  const said = (await journal()).find(({ what }) => what === 'change')!;
  expect(said.sentence).toBe('Переименование вручную: «5А класс» → «Пятый А» – по просьбе мамы');
  // The text is erased and the bare fact stays.
  await sql`delete from journal_text where school_id = 's1' and 'p1' = any(person_ids)`.execute(
    world.ctx.db.of('s1'),
  );
  expect((await journal()).find(({ what }) => what === 'change')!.sentence).toBe('Переименование вручную');
  await assertAuthored();
});

test('no word of a person stands in the journal itself', async () => {
  const chat = await world.chatId('5А класс');
  await world.done(200, 'PATCH', `/v1/chats/${chat}`, ADMIN, {
    ...{ title: 'Слово-в-названии', members: { remove: ['p1'] }, reason: 'Слово-в-причине' },
  });
  await world.done(202, 'POST', '/v1/schools/s1/initializations', ADMIN, { types: ['class'], strict: true });
  await world.settled();
  const { rows } = await sql`select what, details from journal where details::text ~* 'слово'`.execute(
    world.ctx.db.of('s1'),
  );
  expect(rows).toEqual([]);
  const kept = await sql<{
    what: string;
  }>`select what from journal_text where reason = 'Слово-в-причине' order by 1`.execute(
    world.ctx.db.of('s1'),
  );
  expect(kept.rows.map(({ what }) => what)).toEqual(['change', 'exception-dropped']);
});

test('a change of settings is kept with before and after; one that changes nothing is none', async () => {
  const settings = { timeZone: 'Asia/Omsk', earlyEntryMinutes: 5, limits: { chatShare: 0.5 } };
  await world.done(200, 'PUT', '/v1/schools/s1/settings', OPERATOR, settings);
  await world.done(200, 'PUT', '/v1/schools/s1/settings', OPERATOR, settings);
  await world.done(200, 'PUT', '/v1/schools/s1/settings', ADMIN, { ...settings, earlyEntryMinutes: 10 });
  expect(await stored('settings')).toEqual([
    {
      author: 'operator op7',
      details: {
        before: { timeZone: null, earlyEntryMinutes: 0, limits: {} },
        after: { timeZone: 'Asia/Omsk', earlyEntryMinutes: 5, limits: { chatShare: 0.5 } },
      },
    },
    {
      author: 'person a1',
      details: { before: { earlyEntryMinutes: 5 }, after: { earlyEntryMinutes: 10 } },
    },
  ]);
  expect((await journal())[0]?.sentence).toBe('Настройки школы изменены: вход в урок заранее, минут: 5 → 10');
});

test('a change of the connection is kept with before and after, and without its tokens', async () => {
  const access = world.sandbox.world.connectSchool({ communityId: 900_001 });
  await world.done(200, 'PUT', '/v1/schools/s1/sferum', OPERATOR, {
    ...{ communityId: 900_001, accessToken: access.userToken, tokenKind: 'user', requestsPerSecond: 7 },
    ...{ callsToken: PASSED, replaceAccount: true },
  });
  const [, line] = await stored('connected');
  expect(line).toMatchObject({
    author: 'operator op7',
    details: {
      before: { hasCallsToken: false },
      after: { communityId: '900001', hasCallsToken: true, requestsPerSecond: 7 },
      replaced: true,
    },
  });
  const { rows } = await sql<{
    all: string;
  }>`select string_agg(details::text, ' ') as all from journal`.execute(world.ctx.db.of('s1'));
  expect(rows[0]?.all).not.toContain(PASSED);
  expect(rows[0]?.all).not.toContain(access.userToken);
  await assertAuthored();
});
