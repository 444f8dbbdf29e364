/**
 * What an operation holds is decided in the console: said, counted, undone in time, and told in the past tense
 * afterwards.
 */
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
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
import { keptManagedSchool, press } from '../support/manage-site.ts';
import { ADMIN } from '../support/manage-world.ts';

/** Long enough for a machine that other suites share. */
const SOON = { timeout: 45_000 };
const WAIT_MS = 12_000;
const CROWD = Array.from({ length: 14 }, (_, i) => `x${String(i + 1).padStart(2, '0')}`);

describeInBrowser('decisions', () => {
  let site: Console;

  beforeAll(async () => {
    site = await startConsole({
      env: { LIMIT_APPROVAL_WAIT_MS: String(WAIT_MS) },
      from: await keptManagedSchool(),
    });
    const { rows } = await sql<{ id: string }>`
      select id from chat where title in ('5А класс', 'Учительская')`.execute(everywhere(site.world.ctx));
    for (const { id } of rows) {
      const answer = await site.world.call('PATCH', `/v1/chats/${id}`, ADMIN, { members: { add: CROWD } });
      expect(answer.status).toBe(200);
    }
    await site.world.settled();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor(SOON);
  const alert = (page: Page, text: string) => page.getByRole('alert').filter({ hasText: text });
  const item = (page: Page, title: string) =>
    page.getByRole('listitem').filter({ has: page.getByRole('link', { name: title, exact: true }) });
  const row = async (page: Page, title: string) =>
    ((await page.getByRole('link', { name: new RegExp(`^${title}`) }).textContent()) ?? '').replaceAll(
      /\s+/g,
      ' ',
    );

  async function expectFocusInSight(page: Page, text: string): Promise<void> {
    const said = alert(page, text);
    await said.waitFor();
    await expect.poll(() => said.evaluate((e) => e === e.ownerDocument.activeElement)).toBe(true);
    const box = (await said.boundingBox())!;
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height).toBeLessThanOrEqual(page.viewportSize()!.height);
  }

  async function planStrictly(page: Page): Promise<void> {
    await page.goto(`${site.origin}/manage/initialize`);
    await page.getByLabel('Строго по спискам СГО').check();
    await press(page, 'Продолжить');
    await heading(page, 'План: что изменится');
  }

  test('a plan of held removals alone leads to the decision, before it waits and afterwards', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await planStrictly(page);
    expect(await page.getByRole('button', { name: 'Выполнить' }).count()).toBe(0);
    await press(page, 'Перейти к решению (28)');
    await heading(page, 'Инициализация ждёт решения');
    await planStrictly(page);
    expect(await page.getByRole('button', { name: 'Выполнить' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Посмотреть и решить' }).click();
    await heading(page, 'Инициализация ждёт решения');
    await expectAccessible(page);
  });

  test('a chat whose removals wait leads to the decision', async () => {
    const page = await site.visit(ADMIN, '/manage?condition=held');
    await page.getByRole('link', { name: '5А класс', exact: true }).click();
    await page.getByRole('link', { name: 'Посмотреть и решить' }).click();
    await item(page, '5А класс').getByRole('button', { name: 'Исключить (14)' }).waitFor();
  });

  test('an approval says what it does and can be taken back; then nobody has left', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await page.getByRole('link', { name: 'Посмотреть и решить' }).click();
    await item(page, '5А класс').getByRole('button', { name: 'Исключить (14)' }).press('Enter');
    await expectFocusInSight(page, 'Исключаем из чата «5А класс»: 14 участников');
    await page.getByText(/Начнётся через \d+\sс\. Решение: Обмочиева Ольга Викторовна/).waitFor();
    await page.getByText('исключаем: −14').waitFor();
    await page.getByRole('heading', { name: 'Ждут решения: 14 участников, 1 чат' }).waitFor();
    await page.setViewportSize(PHONE);
    await expectNoSidewaysScroll(page);
    await page.getByRole('button', { name: 'Отменить', exact: true }).press('Enter');
    await expectFocusInSight(page, 'Решение отменено');
    await page.getByRole('heading', { name: 'Ждут решения: 28 участников, 2 чата' }).waitFor();
    await expectAccessible(page);
    expect(site.world.inSferum('5А класс')).toContain('401');
  });

  test('while an approval waits, every page says that it is decided, and the chat takes it back', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await page.getByRole('link', { name: 'Посмотреть и решить' }).click();
    await item(page, '5А класс').getByRole('button', { name: 'Исключить (14)' }).click();
    await alert(page, 'Исключаем из чата «5А класс»').waitFor();
    await page.goto(`${site.origin}/overview`);
    await page.getByText(/решено: 1, исключим через \d+\sс, ждут решения: 1/).waitFor();
    await page.goto(`${site.origin}/manage?condition=held`);
    const listed = page.getByRole('row').filter({ hasText: '5А класс' });
    await listed.getByText(/^исключим через \d+\sс$/).waitFor();
    expect(await page.getByRole('row').getByText('ждёт решения', { exact: true }).count()).toBe(1);
    await page.getByRole('link', { name: '5А класс', exact: true }).click();
    await page.getByText('Исключения из чата подтверждены').waitFor();
    await expectAccessible(page);
    await press(page, 'Отменить');
    await alert(page, 'Решение отменено').waitFor();
    expect(site.world.inSferum('5А класс')).toContain('401');
  });

  test('«Исключить всех» shows first who leaves; without script the page goes on by itself', async () => {
    const page = await site.visit(ADMIN, '/manage', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Посмотреть и решить' }).click();
    await page.getByRole('link', { name: 'Исключить всех (28)' }).click();
    await heading(page, 'Исключить всех?');
    await page.getByText('28 участников, 2 чата').waitFor();
    await page.getByText('Кого и почему').first().click();
    await page.getByText('Борисов01 Иван').first().waitFor();
    await page.getByRole('link', { name: 'Не исключать' }).click();
    await item(page, 'Учительская').getByRole('button', { name: 'Оставить (14)' }).click();
    await alert(page, 'Оставлены: 14 участников, в чате «Учительская»').waitFor();
    const all = page.getByRole('link', { name: 'Исключить всех (14)' });
    await all.waitFor(SOON);
    await all.click();
    await press(page, 'Исключить всех (14)');
    await alert(page, 'Исключаем из чата «5А класс»: 14 участников').waitFor();
    await heading(page, 'Инициализация выполнена');
    await expect.poll(() => site.world.inSferum('5А класс'), SOON).not.toContain('401');
    expect(site.world.inSferum('Учительская')).toContain('401');
  });

  test('afterwards it says what was decided, by whom and when, in the past', async () => {
    const page = await site.visit(ADMIN, '/manage/initialize');
    await page.getByRole('link', { name: 'Инициализация выполнена' }).first().click();
    expect(await row(page, '5А класс')).toMatch(
      /исключены: −14 Обмочиева Ольга Викторовна, \d\d\.\d\d\.\d{4}/,
    );
    expect(await row(page, 'Учительская')).toMatch(/оставлены: 14 Обмочиева Ольга Викторовна/);
    const figures = ((await page.locator('.figures').textContent()) ?? '').replaceAll(/\s+/g, ' ');
    expect(figures).toContain('−14 исключено из чатов');
    expect(figures).not.toMatch(/жд[её]т решения|ждут решения|создать/);
    await page.getByRole('link', { name: /^Учительская/ }).click();
    await page.getByText(/^Решено оставить: Борисов01 Иван/).waitFor();
    await page.getByRole('link', { name: /^5А класс/ }).click();
    await page.getByText(/^Исключение: Борисов01 Иван/).waitFor();
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    await expectNoSidewaysScroll(page);
  });

  test('once the time is over the page follows without being loaded again, and the focus stays', async () => {
    const { rows } = await sql<{ id: string }>`select id from chat where title = '5Б класс'`.execute(
      everywhere(site.world.ctx),
    );
    await site.world.call('PATCH', `/v1/chats/${rows[0]!.id}`, ADMIN, { members: { add: ['h0'] } });
    await site.world.settled();
    const page = await site.visit(ADMIN, '/manage');
    await planStrictly(page);
    await page.getByRole('button', { name: /Перейти к решению|Выполнить/ }).click();
    await heading(page, 'Инициализация ждёт решения');
    await page.getByRole('link', { name: /Исключить всех/ }).click();
    await page.getByRole('button', { name: /Исключить всех/ }).click();
    await page.getByRole('button', { name: 'Отменить', exact: true }).waitFor();
    await page.evaluate('globalThis.sameDocument = true');
    const crumb = page.locator('main').getByRole('link', { name: 'Управление чатами' });
    await crumb.focus();
    await heading(page, 'Инициализация выполнена');
    expect(await page.evaluate('globalThis.sameDocument')).toBe(true);
    expect(await crumb.evaluate((e) => e === e.ownerDocument.activeElement)).toBe(true);
  });

  test('nothing was asked of another host, and no page complained', () => {
    expect(site.foreign).toEqual([]);
    expect(site.complaints).toEqual([]);
  });
});
