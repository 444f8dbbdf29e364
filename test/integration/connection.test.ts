/**
 * «Подключение СГО»: addresses and examples of this service, what came last, and a trial of a file that changes
 * nothing.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { ADMIN, type ChatWorld, linkedRoster, OTHER_TEACHER, startChatWorld } from '../support/chat-world.ts';
import { plainText } from '../support/console-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { withoutRows } from '../support/roster-files.ts';
import { tell } from '../support/tell-events.ts';
import { JWT_SECRET, type TokenClaims } from '../support/tokens.ts';

const OPERATOR = { role: 'operator', school: 's1', sub: 'op' } as const;
const OTHER_OPERATOR = { ...OPERATOR, sub: 'other' } as const;
const OF_ALL = { role: 'operator', school: '*', sub: 'op' } as const;

let world: ChatWorld;
beforeAll(async () => {
  world = await startChatWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

async function show(path: string, as: TokenClaims): Promise<{ status: number; text: string; words: string }> {
  const answer = await world.request(path, { as, headers: { accept: 'text/html' } });
  const text = await answer.text();
  return { status: answer.status, text, words: plainText(text) };
}

async function validate(files: Record<string, string> | string, as: TokenClaims, base = '/connection') {
  const form = new FormData();
  const bytes = typeof files === 'string' ? Buffer.from(files) : await zipRoster(files);
  form.set('file', new File([new Uint8Array(bytes)], 'lists.zip', { type: 'application/zip' }));
  const answer = await world.request(`${base}/validations`, { method: 'POST', body: form, as });
  await answer.body?.cancel();
  return { status: answer.status, at: answer.headers.get('location') ?? '' };
}

const facts = async () => {
  const { rows } =
    await sql`select (select count(*) from person) as people, (select revision from school) as revision,
    (select roster_taken_at from school) as taken, (select count(*) from membership) as members`.execute(
      everywhere(world.ctx),
    );
  return rows;
};

test('shows where lists and events are sent, with examples of this very service, and no secret', async () => {
  const { text, words } = await show('/connection', ADMIN);
  expect(words).toContain('http://127.0.0.1:3000/v1/schools/s1/events');
  expect(words).toContain('http://127.0.0.1:3000/v1/roster-imports?school=s1');
  expect(words).toContain('общий секрет задан');
  expect(text).not.toContain(JWT_SECRET);
});

test('says when the last list and the last event came', async () => {
  expect((await show('/connection', ADMIN)).words).toMatch(
    /Последние списки \d.* Последнее событие ещё не приходили/,
  );
  await tell(world, 's1', 'sgo.class.saved', { id: 'c9', title: '9А', homeroomTeacherIds: [] });
  expect((await show('/connection', ADMIN)).words).toMatch(/Последнее событие \d.* sgo\.class\.saved/);
  expect((await show('/server/connection', OF_ALL)).words).toContain('sgo.class.saved');
});

test('a file is looked at, and nothing changes', async () => {
  const before = await facts();
  const files = linkedRoster();
  const { status, at } = await validate(files, OPERATOR);
  expect({ status, at }).toEqual({ status: 303, at: expect.stringMatching(/^\/connection\/validations\//) });
  await world.settled();
  const { words } = await show(at, OPERATOR);
  expect(words).toContain('Файл был бы принят');
  expect(words).toMatch(/Классов 2/);
  expect(await facts()).toEqual(before);
});

test('says which rows would not be taken, what would wait, and why a file is refused', async () => {
  const bad = linkedRoster();
  bad['enrollments.csv'] += 'e99,,c5a,s1,p1,student,,не дата,\n';
  const wrong = await validate(bad, OPERATOR);
  await world.settled();
  const rows = await show(wrong.at, OPERATOR);
  expect(rows.words).toContain('Отклонённые строки: 1');
  expect(rows.words).toMatch(/enrollments\.csv beginDate/);

  const cut = await validate(withoutRows(linkedRoster(), 'enrollments.csv', 'student'), OPERATOR);
  await world.settled();
  expect((await show(cut.at, OPERATOR)).words).toContain('Импорт ждал бы решения');

  const torn = await validate('PK, but no archive', OPERATOR);
  await world.settled();
  expect((await show(torn.at, OPERATOR)).words).toContain('Файл не был бы принят');
});

test('an operator of all schools looks at a file beside the state of the service', async () => {
  const { at } = await validate(linkedRoster(), OF_ALL, '/server/connection');
  expect(at).toMatch(/^\/server\/connection\/validations\//);
  await world.settled();
  expect((await show(at, OF_ALL)).words).toContain('Файл был бы принят');
});

test('a school admin sees the addresses and may not send a file; a teacher sees neither', async () => {
  expect((await show('/connection', ADMIN)).words).not.toContain('Проверить файл');
  expect((await validate(linkedRoster(), ADMIN)).status).toBe(403);
  expect((await show('/connection', OTHER_TEACHER)).status).toBe(403);
});

test('what another operator looked at, or what is no validation, is not there', async () => {
  const { at } = await validate(linkedRoster(), OPERATOR);
  await world.settled();
  expect((await show(at, OTHER_OPERATOR)).status).toBe(404);
  expect((await show('/connection/validations/nothing', OPERATOR)).status).toBe(404);
});

test('a form without a file is told so', async () => {
  const form = new FormData();
  form.set('file', new File([], ''));
  const answer = await world.request('/connection/validations', {
    ...{ method: 'POST', body: form, as: OPERATOR, headers: { accept: 'text/html' } },
  });
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain('Выберите файл');
});
