/** K1: an operator finds the worst school, opens it, comes back, and decides about many schools at once. */
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countFigures } from '../../src/outbox/count-figures.ts';
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
import { holdRemovals, makeRegion, trouble } from '../support/region-rows.ts';

const OPERATOR: Visitor = { role: 'operator', school: '*', sub: 'operator' };
/** Long enough for a machine that other suites share. */
const SOON = { timeout: 60_000 };
const HELD_SCHOOLS = Array.from({ length: 30 }, (_, i) => `s${i + 11}`);
const PEOPLE_OF_EACH = 4;

describeInBrowser('all schools of an operator', () => {
  let site: Console;
  beforeAll(async () => {
    site = await startConsole({ env: { LIMIT_APPROVAL_WAIT_MS: '12000' } });
    const { ctx } = site.world;
    await makeRegion(ctx, { schools: 60, chats: 4, people: 24 });
    await trouble(ctx, 's2', 'broken');
    await trouble(ctx, 's9', 'unconnected');
    await trouble(ctx, 's10', 'failing');
    await trouble(ctx, 's3', 'behind');
    await trouble(ctx, 's4', 'overdue');
    for (const school of HELD_SCHOOLS) await holdRemovals(ctx, school, PEOPLE_OF_EACH);
    await countFigures(ctx);
  }, 120_000);
  afterAll(() => site?.[Symbol.asyncDispose]());

  const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent();
  const names = (page: Page) => page.locator('tbody td.phone-title').allTextContents();

  test('the worst stands first; a school is opened, and the way back is on every page', async () => {
    const page = await site.visit(OPERATOR, '/');
    expect(await heading(page)).toBe('В порядке 25\u00a0школ из 60');
    expect((await names(page)).slice(0, 4)).toEqual(['Школа № 2', 'Школа № 9', 'Школа № 10', 'Школа № 11']);
    expect(await page.locator('tbody tr').first().textContent()).toContain('ключ не принят');
    await page.getByRole('button', { name: 'Школа № 10, чаты, которые не удаётся обновить: 1 из 4' }).click();
    expect(new URL(page.url()).search).toBe('?condition=failing');
    expect(await page.locator('.switch > summary').textContent()).toContain('Школа № 10');
    await page.getByRole('link', { name: 'Все школы' }).first().click();
    await page.getByRole('heading', { name: 'В порядке 25\u00a0школ из 60' }).waitFor();
  });

  test('a letter leads to a page of the school it is about, whichever one is open', async () => {
    const page = await site.visit(OPERATOR, '/schools/open?school=s4&to=%2Frosters');
    expect(await heading(page)).toBe('Школа № 4');
    await page.getByRole('button', { name: 'Открыть школу' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Списки из СГО' }).waitFor();
    expect(await page.locator('.switch > summary').textContent()).toContain('Школа № 4');
    await page.goto(`${site.origin}/schools/open?school=s10&to=%2Fattention`);
    await page.getByRole('button', { name: 'Открыть школу' }).click();
    expect(await page.locator('.switch > summary').textContent()).toContain('Школа № 10');
    expect(new URL(page.url()).pathname).toBe('/attention');
  });

  test('to look at another day changes nothing, and its button lets schools be counted for it', async () => {
    const page = await site.visit(OPERATOR, '/schools/readiness?day=01.12.2099');
    const isUncounted = page.getByText('На этот день школы не считаются');
    expect(await isUncounted.count()).toBe(1);
    await page.reload();
    await page.getByRole('button', { name: 'Посчитать на этот день' }).click();
    await page.waitForURL('**/schools/readiness?day=2099-12-01');
    expect(await isUncounted.count()).toBe(0);
    await expectAccessible(page);
    await page.getByLabel('Другой день').fill('02.12.2099');
    await page.getByRole('button', { name: 'Показать', exact: true }).click();
    await page.waitForURL('**/schools/readiness?day=2099-12-02');
    expect(await isUncounted.count()).toBe(0);
  });

  test('a school is found by a part of its name, from any page', async () => {
    const page = await site.visit(OPERATOR, '/schools?state=held');
    expect(await page.locator('tbody tr').count()).toBe(30);
    await page.locator('.switch > summary').click();
    await page.getByLabel('Перейти в школу').fill('№ 5');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Найдено: 11\u00a0школ' }).waitFor();
    expect((await names(page)).at(0)).toBe('Школа № 5');
  });

  test('holds of thirty schools are decided together with three clicks, and the number is typed', async () => {
    const page = await site.visit(OPERATOR, '/schools');
    await page.locator('.rail').getByRole('link', { name: 'Ждут решения' }).click();
    await page.getByRole('link', { name: 'Выбрать все (30)' }).click();
    expect(await heading(page)).toBe('Исключить 120\u00a0человек?');
    await page.getByRole('button', { name: 'Исключить 120 человек' }).click();
    await page.getByText('Введите число 120.').waitFor();
    await page.getByLabel('Чтобы исключить, введите число 120').fill('120');
    await page.getByRole('button', { name: 'Исключить 120 человек' }).click();
    const waits = page.getByRole('alert').filter({ hasText: 'Исключаем 120\u00a0человек в 30\u00a0школах' });
    await waits.waitFor();
    await expectAccessible(page);
    await waits.getByRole('button', { name: 'Отменить' }).click();
    await page.getByRole('alert').filter({ hasText: 'Решение отменено' }).waitFor();
    expect(await decided()).toEqual({ schools: 0, left: 120 });
    await page.getByRole('link', { name: 'Выбрать все (30)' }).click();
    await page.getByLabel('Чтобы исключить, введите число 120').fill('120');
    await page.getByRole('button', { name: 'Исключить 120 человек' }).click();
    await waits.waitFor();
    await expect.poll(decided, SOON).toEqual({ schools: 30, left: 0 });
    await page.getByRole('heading', { name: 'Ничего не ждёт решения' }).waitFor(SOON);
  });

  async function decided() {
    const { rows } = await sql<{ schools: number; left: number }>`select
      (select count(distinct school_id)::int from journal where what = 'decision' and author_id = 'operator') as schools,
      (select count(*)::int from membership where held_by is not null) as left`.execute(
      everywhere(site.world.ctx),
    );
    return rows[0];
  }

  test('who is chosen alone is asked about alone', async () => {
    await holdRemovals(site.world.ctx, 's51', 2);
    await holdRemovals(site.world.ctx, 's52', 3);
    const page = await site.visit(OPERATOR, '/schools/held');
    await page.getByRole('button', { name: 'Решить о выбранных' }).click();
    await page.getByText('Ничего не выбрано').waitFor();
    await page.getByRole('checkbox', { name: /Школа № 52/ }).check();
    await page.getByRole('button', { name: 'Решить о выбранных' }).click();
    expect(await heading(page)).toBe('Исключить 3\u00a0человека?');
    await page.getByRole('button', { name: 'Оставить всех' }).click();
    await page.getByText('Все остаются: решено в 1\u00a0школе').waitFor();
    expect(await names(page)).toEqual(['Школа № 51']);
  });

  test.each(['/schools', '/schools/held', '/schools/held?all=1', '/schools/open?school=s1&to=%2F'])(
    '%s is calm for everybody: axe, phone',
    async (path) => {
      await holdRemovals(site.world.ctx, 's53', 2);
      const page = await site.visit(OPERATOR, path);
      await expectAccessible(page);
      await page.setViewportSize({ width: 1024, height: 768 });
      expect(await cutTables(page)).toBe(0);
      await page.setViewportSize(PHONE);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    },
  );
});

/** Tables of which a part stands beyond their frame. */
const cutTables = (page: Page): Promise<number> =>
  page.evaluate(
    `[...document.querySelectorAll('main table')].filter(({ parentElement: box }) => box.scrollWidth > box.clientWidth + 1).length`,
  );
