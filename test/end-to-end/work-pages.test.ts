/** What was done, what runs, and what СГО's lists are like, as people see and press it. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Console,
  describeInBrowser,
  expectAccessible,
  expectNoSidewaysScroll,
  PHONE,
  startConsole,
} from '../support/browser.ts';
import { everywhere } from '../support/everywhere.ts';
import { keptManagedSchool } from '../support/manage-site.ts';
import { ADMIN, SCHOOL } from '../support/manage-world.ts';

/** Pages that show what was done and what it consists of. */
const PAGES = ['/operations', '/rosters', '/rosters/quality?of=groups', '/unreachable', '/changes'];

describeInBrowser('the work of a school', () => {
  let site: Console;
  const run = (statement: ReturnType<typeof sql>) => statement.execute(everywhere(site.world.ctx));

  beforeAll(async () => {
    site = await startConsole({ from: await keptManagedSchool() });
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test.each(PAGES)(
    '%s is accessible, wide, on a phone and in the dark, and scrolls nowhere',
    async (path) => {
      for (const options of [{}, { viewport: PHONE }, { colorScheme: 'dark' as const }]) {
        const page = await site.visit(ADMIN, path, options);
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
        await site.leave(page);
      }
    },
  );

  test('a running job is seen on whatever page one is, moves, and is gone when it has ended', async () => {
    const id = randomUUID();
    await run(sql`insert into operation (id, school_id, kind, params, state, created_by, created_by_kind, created_at, started_at)
      values (${id}, ${SCHOOL}, 'initialization', '{"following": true, "types": ["class"]}', 'running', 'a1', 'person', now(), now())`);
    await run(sql`insert into operation_chat (operation_id, chat_id, school_id, ordinal, first_action, type, title, actions, generation, done_at)
      select ${id}, gen_random_uuid(), ${SCHOOL}, n, n, 'class', 'Чат', '[]', 1, case when n = 1 then now() end from generate_series(1, 4) n`);
    const page = await site.visit(ADMIN, '/settings');
    const header = page.getByRole('banner');
    await header.getByText('25 %').waitFor();
    await expectAccessible(page);
    await run(sql`update operation_chat set done_at = now() where operation_id = ${id} and ordinal < 4`);
    await header.getByText('75 %').waitFor();
    await header.getByRole('link', { name: /Инициализация/ }).click();
    expect(new URL(page.url()).pathname).toBe(`/manage/operations/${id}`);
    await page.goto(`${site.origin}/operations`);
    await page.getByRole('region', { name: 'Выполняется сейчас' }).getByText('3 из 4').waitFor();
    await expectAccessible(page);
    await run(sql`update operation_chat set done_at = now() where operation_id = ${id}`);
    await run(sql`update operation set state = 'succeeded', finished_at = now() where id = ${id}`);
    await page
      .getByRole('row', { name: /Инициализация выполнена/ })
      .first()
      .waitFor();
    await header.getByText('75 %').waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Выполняется сейчас' }).waitFor({ state: 'detached' });
  });

  test('«/» and Ctrl K lead into the search, which finds people, chats and classes, also without script', async () => {
    const page = await site.visit(ADMIN, '/settings');
    await page.keyboard.press('/');
    await page.locator('input[aria-label="Найти человека, чат или класс"]:focus').waitFor();
    await page.keyboard.type('борисов01');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Борисов01 Иван' }).waitFor();
    expect(decodeURIComponent(page.url())).not.toContain('орисов');
    expect(await page.getByRole('row', { name: /Борисов01/ }).textContent()).toContain('ученик5Б');
    await expectAccessible(page);
    await page.keyboard.press('Control+K');
    await page.keyboard.type('5б');
    await page.keyboard.press('Enter');
    const found = page.getByRole('region', { name: 'Классы' });
    await found.getByRole('link', { name: 'Родители' }).click();
    await page.waitForURL(/manage\/chats\//);
    expect(await page.locator('input[name="title"]').inputValue()).toBe('5Б родители');
    // In a field the slash is an ordinary letter.
    await page.goto(`${site.origin}/manage`);
    await page.getByLabel('Наименование чата').focus();
    await page.keyboard.press('/');
    expect(await page.getByLabel('Наименование чата').inputValue()).toBe('/');

    const plain = await site.visit(ADMIN, '/', { javaScriptEnabled: false });
    await plain.getByRole('searchbox').fill('5А класс');
    await plain.getByRole('searchbox').press('Enter');
    await plain.getByRole('region', { name: 'Чаты' }).getByRole('link', { name: '5А класс' }).click();
    await plain.waitForURL(/manage\/chats\//);
    expect(await plain.locator('input[name="title"]').inputValue()).toBe('5А класс');
  });

  test('on a phone a link leads to the search', async () => {
    const page = await site.visit(ADMIN, '/manage', { viewport: PHONE });
    await page.getByRole('link', { name: 'Поиск' }).click();
    await page.getByLabel('Фамилия, имя, чат или класс').fill('борисов0');
    await page.getByRole('button', { name: 'Найти' }).click();
    await page.getByRole('link', { name: 'Борисов03 Иван' }).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });

  test('a class is printed with a box to tick for each person, and with how to link', async () => {
    const page = await site.visit(ADMIN, '/unreachable');
    await page.getByRole('link', { name: '5Б', exact: true }).click();
    await page.getByRole('button', { name: 'Распечатать' }).waitFor();
    const boxes = page.locator('tbody td.paper-only');
    expect(await boxes.first().isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect(await boxes.first().isVisible()).toBe(true);
    expect(await boxes.count()).toBe(await page.locator('tbody tr').count());
    await page.getByText('Привязать учебный профиль VK ID').waitFor();
    expect(await page.getByRole('link', { name: 'Скачать CSV' }).isVisible()).toBe(false);
  });

  test('nothing came from elsewhere, nothing was complained of', () => {
    expect(site.foreign).toEqual([]);
    expect(site.complaints).toEqual([]);
  });
});
