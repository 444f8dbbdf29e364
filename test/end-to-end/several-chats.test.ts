import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  type Console,
  describeInBrowser,
  expectAccessible,
  expectNoSidewaysScroll,
  PHONE,
} from '../support/browser.ts';
import { everywhere } from '../support/everywhere.ts';
import { press, withManagedSchool } from '../support/manage-site.ts';
import { ADMIN, column, HOMEROOM, SCHOOL } from '../support/manage-world.ts';

describeInBrowser('several chats at once', () => {
  let site: Console;

  withManagedSchool((given) => {
    site = given;
  });

  const tick = (page: Page, title: string) =>
    page.getByRole('checkbox', { name: `Выбрать чат ${title}`, exact: true });
  const chosen = (page: Page) => page.locator('.choice-bar [aria-live]').textContent();

  test('the bar counts what is ticked by click, key and heading, and is off before', async () => {
    const page = await site.visit(ADMIN, '/manage?type=class');
    const check = page.getByRole('button', { name: 'Сверить сейчас' });
    expect(await check.isDisabled()).toBe(true);
    await tick(page, '6А класс').focus();
    await page.keyboard.press('Space');
    await page.getByRole('row').filter({ hasText: '6Б класс' }).getByText('Класс', { exact: true }).click();
    expect(await chosen(page)).toBe('Выбрано чатов (2)');
    expect(await check.isDisabled()).toBe(false);
    await page.getByLabel('Выбрать все на странице').check();
    expect(await chosen(page)).toBe(`Выбрано чатов (${(await column(page, '№ п/п')).length})`);
    await page.getByLabel('Выбрать все на странице').uncheck();
    expect(await chosen(page)).toBe('Выбрано чатов (0)');
    await expectAccessible(page);
  });

  test('«Сверить сейчас» compares them in one work (K7)', async () => {
    const page = await site.visit(ADMIN, '/manage?type=class');
    await tick(page, '6А класс').check();
    await tick(page, '6Б класс').check();
    await press(page, 'Сверить сейчас');
    await page.getByText('Всё совпадает').waitFor();
    const { rows } = await sql`select jsonb_array_length(params->'chatIds') as chats from operation
      where kind = 'check'`.execute(site.world.ctx.db.of(SCHOOL));
    expect(rows).toEqual([{ chats: 2 }]);
    await page.getByRole('button', { name: 'Сверить ещё раз' }).click();
    await page.getByText('Всё совпадает').waitFor();
    await expectAccessible(page);
  });

  test('«Попробовать ещё раз» gives those that fail their work, and says what became of the others', async () => {
    await sql`update chat set generation = generation + 1, not_before = now() + interval '1 day', condition = 'failing', condition_reason = 'flood', condition_message = 'Сферум просит подождать'
      where title = '6В класс'`.execute(everywhere(site.world.ctx));
    const page = await site.visit(ADMIN, '/manage?type=class');
    await tick(page, '6В класс').check();
    await tick(page, '6Г класс').check();
    await press(page, 'Попробовать ещё раз');
    await page.getByText('Пробуем ещё раз: 1 чат').waitFor();
    await page.getByText('Остальным это не нужно: 1 чат').waitFor();
    expect(new URL(page.url()).searchParams.get('type')).toBe('class');
    await site.world.settled();
    await page.goto(`${site.origin}/manage?type=class`);
    expect(await page.getByText('Сферум просит подождать').count()).toBe(0);
  });

  test('several are deleted by their number, by keyboard alone, as one work (G1)', async () => {
    const page = await site.visit(ADMIN, '/manage?type=class');
    for (const title of ['6Г класс', '6Д класс']) {
      await tick(page, title).focus();
      await page.keyboard.press('Space');
    }
    await page.keyboard.press('Delete');
    await page.getByRole('heading', { level: 1, name: 'Удалить 2 чата?' }).waitFor();
    await page.getByRole('link', { name: '6Г класс' }).waitFor();
    await expectAccessible(page);
    await page.getByLabel('Чтобы удалить, введите число 2').fill('3');
    await page.keyboard.press('Enter');
    await page.getByText('Введите число 2.').waitFor();
    await page.getByLabel('Чтобы удалить, введите число 2').fill('2');
    await page.getByLabel('Не создавать снова').check();
    await page.keyboard.press('Enter');
    await page.getByText('Удаляем 2 чата').waitFor();
    await site.world.settled();
    await page.goto(`${site.origin}/manage?type=class`);
    const left = await column(page, 'Наименование чата');
    expect(left).toContain('6В класс');
    expect(left).not.toContain('6Г класс');
    expect(left).not.toContain('6Д класс');
    expect(site.world.inSferum('6Г класс') ?? '').toBe('');
    await page.goto(`${site.origin}/operations?kind=delete-chat`);
    await page.getByRole('link', { name: 'Удаление чатов: 2' }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
  });

  test('without script the buttons act, and say so where nothing is ticked', async () => {
    const page = await site.visit(ADMIN, '/manage?type=class', { javaScriptEnabled: false });
    await press(page, 'Удалить');
    await page.getByText('Выберите чаты', { exact: true }).waitFor();
    await tick(page, '6А класс').check();
    await tick(page, '6Б класс').check();
    await press(page, 'Сверить сейчас');
    await page.getByText('Всё совпадает').waitFor();
  });

  test('a teacher chooses the chats that are his, and is offered no deletion (C5)', async () => {
    const page = await site.visit(HOMEROOM, '/manage');
    expect(await tick(page, 'Учительская').count()).toBe(0);
    await tick(page, '5А класс').check();
    await tick(page, '5А родители').check();
    expect(await page.getByRole('button', { name: 'Удалить' }).count()).toBe(0);
    await press(page, 'Сверить сейчас');
    await page.getByRole('heading', { level: 1, name: 'Сверка со Сферумом' }).waitFor();
    await page.getByText(/по спискам СГО/).waitFor();
  });

  test('on a phone the bar stands at the thumb once something is ticked', async () => {
    const page = await site.visit(ADMIN, '/manage?type=class', { viewport: PHONE });
    await tick(page, '6А класс').check();
    const bar = await page.locator('.choice-bar').boundingBox();
    expect(bar!.y).toBeGreaterThan(PHONE.height / 2);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    expect(site.complaints).toEqual([]);
  });
});
