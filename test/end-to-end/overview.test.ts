/** What an admin sees first, and that pages say of the school's state only what is so. */
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
import { importSmallSchool, initializeAll } from '../support/small-world.ts';

/** Other suites share the machine. */
const SOON = { timeout: 20_000 };

describeInBrowser('what an admin sees of the school', () => {
  let site: Console;
  let school: string;
  let people: Record<PersonaKind, string>;

  beforeEach(async () => {
    site = await startConsole();
    school = await importSmallSchool(site.world);
    const personas = await findPersonas(everywhere(site.world.ctx));
    people = Object.fromEntries(personas.map(({ kind, personId }) => [kind, personId])) as typeof people;
  });
  afterEach(async () => {
    expect(site.foreign).toEqual([]);
    expect(site.complaints).toEqual([]);
    await site[Symbol.asyncDispose]();
  });

  const admin = (): Visitor => ({ role: 'school-admin', school, sub: people['school-admin'] });
  const badge = async (page: Page) => Number(await page.locator('.rail .badge').textContent());

  /** As it is now: with a reader of screens, and on a phone. */
  async function expectUsable(page: Page): Promise<void> {
    await expectAccessible(page);
    const size = page.viewportSize()!;
    await page.setViewportSize(PHONE);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize(size);
  }

  /** Sferum takes the key no more, which the next change finds out. */
  async function revokeKey(): Promise<void> {
    const { rows } = await sql<{ owner: string; chat: string }>`
      select a.owner_id as owner, c.id as chat from sferum_account a, chat c where c.type = 'staff'`.execute(
      everywhere(site.world.ctx),
    );
    const { owner, chat } = rows[0]!;
    const { world } = site.world.sandbox;
    world.revokeToken(world.token('user', Number(owner)).token);
    const { role, sub } = admin();
    const changed = await site.world.call(
      'PATCH',
      `/v1/chats/${chat}`,
      { role, sub: sub!, school },
      { title: 'Совет' },
    );
    expect(changed.status).toBe(200);
  }

  test('with a dead key every page says since when, and no chat is said to be up to date', async () => {
    await initializeAll(site.world, school);
    const page = await site.visit(admin(), '/manage');
    expect(await page.locator('td').getByText('актуален').count()).toBeGreaterThan(0);
    await revokeKey();
    const bar = page.getByRole('alert').filter({ hasText: 'Сферум не принимает ключ школы' });
    await expect
      .poll(async () => {
        await page.reload();
        return bar.count();
      }, SOON)
      .toBe(1);
    expect(await page.locator('td').getByText('актуален').count()).toBe(0);
    const rows = await page.locator('tbody tr').count();
    expect(await page.locator('td').getByText('неизвестно').count()).toBe(rows);
    expect(
      await page
        .locator('td')
        .getByText(/сверено в \d\d\.\d\d\.\d{4}/)
        .count(),
    ).toBeGreaterThan(0);
    await expectUsable(page);

    await page.getByRole('link', { name: 'Что делать' }).click();
    const items = page.locator('main ol > li');
    expect(await items.count()).toBe(await badge(page));
    await items.filter({ hasText: 'идентификатор сообщества VK' }).waitFor();
    expect(await page.getByText(/Остальное обновляется само|Всё идёт само/).count()).toBe(0);
    for (const path of ['/', '/unreachable', '/changes', '/settings', '/manage/initialize', '/journal']) {
      await page.goto(`${site.origin}${path}`);
      expect(await bar.count(), path).toBe(1);
    }
    const teacher = await site.visit({ role: 'staff', school, sub: people['subject-teacher'] }, '/manage');
    await teacher.getByRole('alert').getByText('Сообщите администратору школы.').waitFor();
    const pupil = await site.visit({ role: 'student', school, sub: people.student });
    expect(await pupil.getByRole('alert').count()).toBe(0);
  });

  test('the number in the navigation counts what the list shows, whatever it is', async () => {
    await initializeAll(site.world, school);
    const run = (statement: ReturnType<typeof sql>) => statement.execute(everywhere(site.world.ctx));
    const page = await site.visit(admin(), '/attention');
    await page.getByText('Всё идёт само').waitFor();
    expect(await page.locator('.rail .badge').count()).toBe(0);
    await run(sql`update chat set lacks_admin = true where type = 'class'`);
    await run(sql`update chat set warning = 'no-own-admin' where type = 'parents'`);
    await run(sql`update chat set title = 'Одно', title_key = 'одно' where id in (
      select id from chat where type = 'subject' order by id limit 2)`);
    await run(sql`insert into operation (id, school_id, kind, state, created_by, created_at, finished_at)
      values (gen_random_uuid(), ${school}, 'drift', 'failed', 'test', now(), now())`);
    await page.reload();
    expect(await page.locator('main ol > li').count()).toBe(4);
    expect(await badge(page)).toBe(4);
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      'Сверка со Сферумом: не выполнено',
      expect.stringMatching(/^Нет администратора в Сферуме: \d+.чат/),
      expect.stringMatching(/^Администратор школы замещает: \d+.чат/),
      'Одинаковое наименование: 2\u00a0чата',
    ]);
  });

  test('nothing can be deleted where there is no chat', async () => {
    const page = await site.visit(admin(), '/manage');
    await page.getByText('Чатов пока нет').waitFor();
    expect(await page.getByRole('button', { name: 'Удалить' }).isDisabled()).toBe(true);
    await expectUsable(page);
  });

  test('on a phone the main sections stand below, and «Ещё» opens all of them, without script too', async () => {
    const page = await site.visit(admin(), '/manage', { viewport: PHONE, javaScriptEnabled: false });
    expect(await page.getByRole('navigation', { name: 'Разделы', exact: true }).isVisible()).toBe(false);
    const below = page.getByRole('navigation', { name: 'Главные разделы' });
    expect(await below.getByRole('link', { name: 'Управление' }).getAttribute('aria-current')).toBe('page');
    await below.getByRole('link', { name: 'Ещё' }).click();
    await page.getByRole('navigation', { name: 'Разделы', exact: true }).getByText('Настройки школы').click();
    await page.getByRole('heading', { level: 1, name: 'Настройки школы' }).waitFor();
    const pupil = await site.visit({ role: 'student', school, sub: people.student }, '/', {
      viewport: PHONE,
    });
    const own = pupil.getByRole('navigation', { name: 'Главные разделы' }).getByRole('link');
    expect(await own.allTextContents()).toEqual(['Чаты', 'Дневник']);
  });
});
