/** K6: one person's data as a page for the person and their parents. It says nothing about others. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PersonExport } from '../../src/person-export/export-person.ts';
import type { Who } from '../support/app.ts';
import { ADMIN, type ChatWorld, HOMEROOM_5A, PARENT } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { ABOUT_P1, ABOUT_TWO, startHeldWorld } from '../support/held-world.ts';

const OPERATOR = { role: 'operator', school: 's1', sub: 'op7' } as const;
const HEADINGS = [
  ...['Кто это', 'Семья', 'Учёба и работа', 'Приказы', 'Профиль VK', 'Кому переданы данные', 'Чаты школы'],
  ...['Решения, принятые вручную', 'Что сделано этим человеком', 'Планы и списки', 'Журнал изменений'],
  ...['Кто смотрел данные', 'Оповещения', 'Входы в систему'],
];

let world: ChatWorld;
beforeAll(async () => {
  world = await startHeldWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

async function shown(path: string, as: Who = OPERATOR, status = 200): Promise<string> {
  const response = await world.request(path, { as, headers: { accept: 'text/html' } });
  expect(response.status).toBe(status);
  return response.text();
}

/** The text of the page's own part: the lines of each section. A line that says that there is nothing counts too. */
async function sectionsOf(id: string): Promise<Map<string, string[]>> {
  const page = await shown(`/people/${id}/export`);
  const main = page.slice(page.indexOf('<main'), page.indexOf('</main>'));
  const words = (html: string) =>
    html
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  const parts = main.split('<h2>').slice(1);
  return new Map(
    parts.map((part) => {
      const [title, rest] = part.split('</h2>') as [string, string];
      const rows = [...rest.matchAll(/<tr><td[\s\S]*?<\/tr>/g)].map(([row]) => words(row));
      return [title, rows.length > 0 ? rows : [words(rest)]];
    }),
  );
}

test('a pupil’s page has every section; his data in words, an empty section said', async () => {
  const sections = await sectionsOf('p1');
  expect([...sections.keys()]).toEqual(HEADINGS);
  const said = (title: string) => sections.get(title)!.join('\n');
  expect(said('Кто это')).toContain('Фамилия, имя, отчество: Абаев Марк Андреевич');
  expect(said('Кто это')).toContain('Дата рождения: 22.04.2015');
  expect(said('Семья')).toContain('Записан родитель (законный представитель)');
  expect(said('Учёба и работа')).toContain('Учится: класс 5А');
  expect(said('Приказы')).toContain('Приказ о зачислении № 7, класс 5А, действует с 01.10.2026');
  expect(said('Профиль VK')).toContain('Профиль VK ID 201: привязан');
  expect(said('Кому переданы данные')).toContain('номер профиля VK 201 – для чата «5А класс»: в чате');
  expect(said('Чаты школы')).toContain('Участник чата «5А класс»: учится в 5А');
  expect(said('Чаты школы')).toContain('состоит другой: родитель: Абаев Марк, 5А');
  expect(said('Решения, принятые вручную')).toContain(`причина: «${ABOUT_P1}»`);
  expect(said('Планы и списки')).toContain('Список из СГО ждёт решения школы: учёба в классе или группе');
  expect(said('Журнал изменений')).toContain('Добавить: Абаев Марк – учится в 5А');
  expect(said('Что сделано этим человеком')).toBe('Ничего не хранится.');
});

test('what an admin did is on his page, whom it was about is not', async () => {
  const sections = await sectionsOf('a1');
  expect(sections.get('Что сделано этим человеком')).toContainEqual(
    expect.stringContaining('Начата работа: Инициализация списка чатов'),
  );
  expect(sections.get('Решения, принятые вручную')).toContainEqual(
    expect.stringContaining('Этим человеком решено о другом, чат «5Б класс»: добавление вручную'),
  );
  expect(sections.get('Входы в систему')).toEqual([expect.stringContaining('Firefox')]);
});

test('no page names anybody else, and none shows what the program calls things', async () => {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, family_name || ' ' || given_name as name from person`.execute(everywhere(world.ctx));
  for (const { id } of rows) {
    const text = [...(await sectionsOf(id)).values()].flat().join('\n');
    for (const other of rows.filter((one) => one.id !== id)) expect(text, id).not.toContain(other.name);
    expect(text, id).not.toContain(ABOUT_TWO);
    expect(text, id).not.toMatch(/undefined|null|\[object|имя не показано|\b[a-z]+-[a-z]+\b(?!-)/);
    const { held } = await world.done<PersonExport>(200, 'GET', `/v1/people/${id}/export`, ADMIN);
    const rowsHeld = Object.values(held).reduce((sum, one) => sum + one.length, 0);
    expect(text.split('\n').length, id).toBeGreaterThanOrEqual(rowsHeld);
  }
});

test('moments are in the school’s time zone; a section that is too long says what is left', async () => {
  await sql`update school set time_zone = 'Asia/Kamchatka'`.execute(everywhere(world.ctx));
  await sql`insert into journal (school_id, at, person_id, what, cause, author_id, author_kind)
    values ('s1', '2026-10-01T13:30:00Z', 'p5', 'profile-linked', 'profile:x', 'p5', 'person')`.execute(
    everywhere(world.ctx),
  );
  const journal = (await sectionsOf('p5')).get('Журнал изменений')!;
  expect(journal).toContain(
    'Профиль VK ID привязан: Ким Софья, Профиль VK ID, сделано этим человеком 02.10.2026, 01:30',
  );
  await sql`insert into access_record (school_id, at, subject, role, what, person_ids)
    select 's1', '2026-10-01T13:30:00Z', 'op7', 'operator', 'people', array['p5'] from generate_series(1, 1001)`.execute(
    everywhere(world.ctx),
  );
  expect(await shown('/people/p5/export')).toMatch(/Показаны последние 1.000, ещё \d+ – в файле JSON/);
});

test('school admins and operators alone; the person’s page leads there', async () => {
  for (const [as, status] of [
    [ADMIN, 200],
    [OPERATOR, 200],
    [HOMEROOM_5A, 403],
    [PARENT, 403],
  ] as const)
    await shown('/people/p1/export', as, status);
  await shown('/people/nobody/export', ADMIN, 404);
  expect(await shown('/people/p1', ADMIN)).toContain('href="/people/p1/export"');
  expect(await shown('/people/p1', HOMEROOM_5A)).not.toContain('/export');
});
