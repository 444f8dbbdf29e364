import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPersonas, type PersonaKind } from '../../src/store/queries/personas.ts';
import {
  type Console,
  describeInBrowser,
  expectAccessible,
  expectNoSidewaysScroll,
  PHONE,
  startConsole,
  type Visitor,
} from '../support/browser.ts';
import { everywhere } from '../support/everywhere.ts';
import { keptSmallSchool, newestSchool } from '../support/small-world.ts';

const ADMIN_PAGES = ['/settings', '/classes', '/same-people', '/changes', '/attention', '/unreachable'];

describeInBrowser('what a school looks after itself with', () => {
  let site: Console;
  let school: string;
  let admin: Visitor;
  let people: Record<PersonaKind, string>;

  beforeAll(async () => {
    site = await startConsole({ from: await keptSmallSchool() });
    school = await newestSchool(site.world);
    const personas = await findPersonas(everywhere(site.world.ctx));
    people = Object.fromEntries(personas.map(({ kind, personId }) => [kind, personId])) as typeof people;
    admin = { role: 'school-admin', school, sub: people['school-admin'] };
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent();
  const run = (statement: ReturnType<typeof sql>) => statement.execute(everywhere(site.world.ctx));

  test('the identifier of the community is seen and copied (H1)', async () => {
    const page = await site.visit(admin, '/settings', { permissions: ['clipboard-read', 'clipboard-write'] });
    expect(await heading(page)).toBe('Настройки школы');
    await page.getByRole('heading', { name: 'Настройки коммуникативной среды' }).waitFor();
    const { rows } = await sql<{ id: string }>`select community_id as id from sferum_account`.execute(
      everywhere(site.world.ctx),
    );
    await page.getByRole('button', { name: 'Скопировать' }).click();
    await page.getByRole('button', { name: 'Скопировано' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(rows[0]!.id);
  });

  test('settings are saved, and a wrong one is said beside its field', async () => {
    const page = await site.visit(admin, '/settings');
    await page.getByLabel('Часовой пояс').selectOption('Asia/Omsk');
    await page.getByLabel('Вход в урок раньше начала, минут').fill('10');
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByText('Настройки сохранены').waitFor();
    const saved = await sql`select time_zone, early_entry_minutes, limits from school`.execute(
      everywhere(site.world.ctx),
    );
    expect(saved.rows).toEqual([{ time_zone: 'Asia/Omsk', early_entry_minutes: 10, limits: {} }]);

    const early = page.getByLabel('Вход в урок раньше начала, минут');
    await page.evaluate(`document.getElementById('field-earlyEntryMinutes').type = 'text'`);
    await early.fill('рано');
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByText('Настройки не сохранены: проверьте отмеченные поля').waitFor();
    expect(await page.getByLabel('Вход в урок раньше начала, минут').getAttribute('aria-invalid')).toBe(
      'true',
    );
    await run(sql`update school set time_zone = null, early_entry_minutes = 0`);
  });

  test('a school without a community says so and shows its other screens no more (A9, H1)', async () => {
    const lone = 'alone';
    await run(sql`insert into school (id, name) values (${lone}, 'Школа без Сферума')`);
    const page = await site.visit({ role: 'school-admin', school: lone }, '/settings');
    expect(await page.getByText('Сообщество ещё не создано').count()).toBe(1);
    for (const path of ['/', '/manage', '/changes', '/unreachable']) {
      await page.goto(`${site.origin}${path}`);
      expect(await heading(page), path).toBe('Модуль «Чаты» не подключён');
    }
    await expectAccessible(page);
  });

  test('changes are found by chat and by person, and say why (J1)', async () => {
    const page = await site.visit(admin, '/changes');
    const { rows } = await sql<{ name: string; title: string }>`
      select p.family_name as name, c.title from membership m join chat c on c.id = m.chat_id
        join person p on p.id = m.person_id
      where c.type = 'class' and p.id = ${people.student} and c.school_id = ${school}`.execute(
      everywhere(site.world.ctx),
    );
    const { name, title } = rows[0]!;
    await page.getByLabel('Наименование чата').fill(title);
    await page.getByRole('button', { name: 'Загрузить' }).click();
    await page.getByText(`Чат: ${title}`).waitFor();
    const chats = await page.locator('tbody td[data-label="Чат"]').allTextContents();
    expect(new Set(chats)).toEqual(new Set([title]));
    await page.getByLabel('Фамилия').fill(name);
    await page.getByRole('button', { name: 'Загрузить' }).click();
    const one = page.getByRole('listitem').filter({ hasText: 'Человек:' });
    const several = page.locator('.notice a').first();
    await several.or(one).first().waitFor();
    if (await several.isVisible()) await several.click();
    await one.waitFor();
    expect(await page.locator('tbody tr').first().textContent()).toContain('Инициализация');
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(0);
    expect(await page.locator('tbody').textContent()).toContain(name);
  });

  test('changes stand by what did them, and open into their lines; lessons stand apart', async () => {
    const page = await site.visit(admin, '/changes');
    const first = page
      .getByRole('listitem')
      .filter({ hasText: /^\d\d:\d\d\s*Инициализация/ })
      .first();
    const text = ((await first.textContent()) ?? '').replaceAll(/\s+/g, ' ');
    const [, chats, added] = /новых чатов: (\d+);.*\+([\d ]+)$/.exec(text) ?? [];
    const { rows } = await sql<{ chats: number; added: number }>`
      select count(*) filter (where what = 'create')::int as chats, count(*) filter (where what = 'add' and not details ? 'pending')::int as added
      from journal where cause like 'initialization:%'`.execute(everywhere(site.world.ctx));
    expect({ chats: Number(chats), added: Number(added?.replaceAll(' ', '')) }).toEqual(rows[0]);
    await first.getByRole('link', { name: 'Инициализация' }).click();
    await page.getByRole('listitem').filter({ hasText: 'Инициализация показать всё' }).waitFor();
    const causes = await page.locator('tbody td[data-label="Почему"]').allTextContents();
    expect(causes.length).toBeGreaterThan(0);
    expect(causes.filter((cause) => !cause.startsWith('Инициализация'))).toEqual([]);
    await page.getByRole('link', { name: 'показать всё' }).click();
    await page.getByRole('link', { name: 'Дистанционные уроки' }).click();
    await page.getByText('Среди последних записей такого нет.').waitFor();
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    await page.goto(`${site.origin}/changes`);
    await expectNoSidewaysScroll(page);
  });

  test('changes are read from the newest to the oldest, page by page, and back', async () => {
    const page = await site.visit(admin, '/changes?view=lines&perPage=5');
    const shown = () => page.locator('tbody').textContent();
    const newest = await shown();
    await page.getByRole('link', { name: 'Более ранние' }).click();
    await page.getByRole('link', { name: 'К новым' }).waitFor();
    expect(await shown()).not.toBe(newest);
    await page.getByRole('link', { name: 'К новым' }).click();
    await page.getByRole('link', { name: 'К новым' }).waitFor({ state: 'detached' });
    expect(await shown()).toBe(newest);
  });

  test("a person's page says for every chat why he is in it (J1)", async () => {
    const page = await site.visit(admin, `/people/${people.student}`);
    const { rows } = await sql`select from membership where person_id = ${people.student}`.execute(
      everywhere(site.world.ctx),
    );
    const table = page.getByRole('table').first();
    expect(await table.locator('tbody tr').count()).toBe(rows.length);
    for (const why of await table.locator('td[data-label="Почему"]').allTextContents()) {
      expect(why).toMatch(/^учится в (группе «)?\S/);
    }
    const changes = page.getByRole('table', { name: 'Последние изменения' });
    const rowsOfChanges = await changes
      .locator('tbody tr')
      .evaluateAll((found) =>
        found.map((row) => [1, 3].map((at) => row.querySelectorAll('td')[at]?.textContent).join()),
      );
    expect(rowsOfChanges.length).toBeGreaterThan(0);
    expect(rowsOfChanges.filter((said, i) => i > 0 && said === rowsOfChanges[i - 1])).toEqual([]);
    expect((await page.goto(`${site.origin}/people/nobody`))!.status()).toBe(404);
  });

  test("a person's page says who it is, and why the person is not in another chat (J1)", async () => {
    const page = await site.visit(admin, `/people/${people.student}`);
    const name = String(await page.getByRole('heading', { level: 1 }).textContent());
    const fact = (of: string) =>
      page.locator('dl.facts dt', { hasText: of }).locator('xpath=following-sibling::dd[1]');
    expect(await fact('Класс').innerText()).toMatch(/^\d+[А-Я]/);
    expect(await fact('Дата рождения').innerText()).toMatch(/^\d\d\.\d\d\.\d{4}$/);
    await page.getByLabel('Наименование чата').fill('учительская');
    await page.getByRole('button', { name: 'Узнать' }).click();
    await page
      .getByRole('listitem')
      .filter({ hasText: /^Учительская: .+\.$/ })
      .waitFor();
    expect(await page.getByLabel('Наименование чата').inputValue()).toBe('учительская');
    await expectAccessible(page);
    await fact('Родители').getByRole('link').first().click();
    await fact('Дети').getByRole('link', { name, exact: true }).waitFor();
    expect(await page.locator('dl.facts dt', { hasText: 'Дата рождения' }).count()).toBe(0);
  });

  test('who is not in Sferum is listed by class, to print; a homeroom teacher sees his own (J8)', async () => {
    const page = await site.visit(admin, '/unreachable');
    await page.getByRole('link', { name: '5А' }).click();
    const listed = await page.locator('tbody tr').count();
    const { rows } = await sql<{ n: number }>`
      select count(distinct m.person_id)::int as n from membership m join chat c on c.id = m.chat_id
        join class k on k.id = c.class_id and k.title = '5А'
      where c.type in ('class', 'parents') and not m.admin and not exists (
        select from profile_link l where l.person_id = m.person_id and l.present)`.execute(
      everywhere(site.world.ctx),
    );
    expect(listed).toBe(rows[0]!.n);
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('button', { name: 'Распечатать' }).isVisible()).toBe(false);
    expect(await page.locator('tbody tr').first().isVisible()).toBe(true);

    const teacher = await site.visit(
      { role: 'staff', school, sub: people['homeroom-teacher'] },
      '/unreachable',
    );
    expect(await heading(teacher)).toMatch(/: кого нет в Сферуме$/);
    const address = new URL(page.url()).search;
    const own = await sql<{
      own: boolean;
    }>`select ${people['homeroom-teacher']} = any(homeroom_teacher_ids) as own
      from class where title = '5А'`.execute(everywhere(site.world.ctx));
    const answer = await teacher.goto(`${site.origin}/unreachable${address}`);
    expect(answer!.status()).toBe(own.rows[0]!.own ? 200 : 404);
  });

  test('from a person’s page to all that is held of him: to print, and as a file (K6)', async () => {
    const page = await site.visit(admin, `/people/${people.student}`);
    const name = await heading(page);
    await page.getByRole('link', { name: 'Данные о человеке' }).click();
    expect(await heading(page)).toBe(`Данные о человеке: ${name}`);
    const file = await page.getByRole('link', { name: 'Скачать файлом JSON' }).getAttribute('href');
    const answer = await page.request.get(`${site.origin}${file}`);
    expect(await answer.json()).toMatchObject({ personId: people.student });
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('button', { name: 'Распечатать' }).isVisible()).toBe(false);
    expect(await page.getByRole('navigation').first().isVisible()).toBe(false);
    expect(
      await page
        .getByText(/^Учится: класс/)
        .first()
        .isVisible(),
    ).toBe(true);
  });

  test('what needs somebody is counted in the navigation and listed with what to do', async () => {
    const page = await site.visit(admin, '/attention');
    expect(await page.getByText('Всё идёт само').count()).toBe(1);
    await run(sql`update chat set condition = 'failing', condition_reason = 'no-rights',
      condition_message = 'Верните сервисному профилю права администратора' where title = '5А класс'`);
    await page.reload();
    expect(await page.locator('.rail .badge').textContent()).toBe('1');
    expect(await page.getByText('Верните сервисному профилю права администратора').count()).toBe(1);
    await page.getByRole('link', { name: 'Открыть чат' }).click();
    expect(new URL(page.url()).pathname).toMatch(/^\/manage\/chats\//);
    await page.goto(`${site.origin}/attention`);
    await expectAccessible(page);
    await run(sql`update chat set condition = 'synced', condition_reason = null, condition_message = null
      where condition = 'failing'`);
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing (%s), and a phone does not scroll sideways',
    async (colorScheme) => {
      const page = await site.visit(admin, '/', { colorScheme });
      for (const path of [
        ...ADMIN_PAGES,
        `/people/${people.student}`,
        `/people/${people.student}/export`,
        '/unreachable?classId=-',
        '/nowhere',
      ]) {
        await page.goto(`${site.origin}${path}`);
        await expectAccessible(page);
      }
      await page.setViewportSize(PHONE);
      const own = [`/people/${people.student}`, `/people/${people.student}/export`];
      for (const path of [...ADMIN_PAGES, ...own]) {
        await page.goto(`${site.origin}${path}`);
        await expectNoSidewaysScroll(page);
      }
    },
  );

  test('the keyboard reaches the content past the navigation, then the first control', async () => {
    const page = await site.visit(admin, '/changes');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('К содержанию');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const first = "document.querySelector('main :is(a[href], button, input, select)')";
    expect(await page.evaluate(`document.activeElement === ${first}`)).toBe(true);
  });

  test('nothing was asked of other hosts, and no page complained', () => {
    expect(site.foreign).toEqual([]);
    expect(site.complaints).toEqual([]);
  });
});
