import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  type Console,
  describeInBrowser,
  expectAccessible,
  expectNoSidewaysScroll,
  PHONE,
} from '../support/browser.ts';
import { press, said, withManagedSchool } from '../support/manage-site.ts';
import { ADMIN, column, HOMEROOM, HOSTILE_NAMES, openChat } from '../support/manage-world.ts';

describeInBrowser('«Управление чатами»', () => {
  let site: Console;

  withManagedSchool((given) => {
    site = given;
  });

  const inSferum = (title: string) => site.world.inSferum(title);

  test('the list has the filters, columns and buttons of the manual (B1–B3)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Управление чатами');
    const types = page.getByLabel('Тип чата').locator('option');
    expect(await types.allTextContents()).toEqual(['Все', 'Учительская', 'Класс', 'Родители', 'Предметы']);
    for (const label of ['Наименование чата', 'Фамилия участников чата']) {
      expect(await page.getByLabel(label).count(), label).toBe(1);
    }
    const conditions = page.getByLabel('Состояние').locator('option');
    expect(await conditions.allTextContents()).toEqual([
      ...['Любое', 'актуален', 'обновляется', 'ждёт решения', 'не удаётся', 'в архиве', 'удаляется'],
    ]);
    const sizes = page.getByLabel('Число записей на странице');
    expect(await sizes.inputValue()).toBe('50');
    expect(await sizes.locator('option').allTextContents()).toEqual(['10', '25', '50', '100']);
    for (const name of ['Инициализировать список чатов', 'Добавить', 'Перейти в VK Мессенджер']) {
      expect(await page.getByRole('link', { name, exact: true }).count(), name).toBe(1);
    }
    for (const name of ['Загрузить', 'Удалить']) {
      expect(await page.getByRole('button', { name, exact: true }).count(), name).toBe(1);
    }
    const heads = await page.locator('thead th').allInnerTexts();
    expect(heads).toEqual([
      '№ п/п',
      'Наименование чата ↑',
      'Тип чата',
      'Кол-во участников',
      'Администратор',
      'Состояние',
    ]);
    const row = page.getByRole('row').filter({ hasText: '5Б класс' });
    expect((await row.allInnerTexts()).join().replaceAll(/\s+/g, ' ').trim()).toBe(
      '5 5Б класс Класс 17 в Сферуме: 14 Шевченко Пётр Ильич актуален',
    );
    await expectAccessible(page);
  });

  test('it is filtered, sorted in natural order both ways, and paged (B1, B2, B4)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await page.getByLabel('Состояние').selectOption('в архиве');
    await press(page, 'Загрузить');
    await page.getByText('Ничего не найдено').waitFor();
    expect(new URL(page.url()).searchParams.get('condition')).toBe('archived');
    expect(await page.getByLabel('Состояние').inputValue()).toBe('archived');
    await page.goto(`${site.origin}/manage`);
    await page.getByLabel('Тип чата').selectOption('Класс');
    await page.getByLabel('Наименование чата').fill('5');
    await press(page, 'Загрузить');
    await page.waitForURL(/type=class/);
    expect(await column(page, 'Наименование чата')).toEqual(['5А класс', '5Б класс']);
    await page.getByLabel('Фамилия участников чата').fill('агЕЕн');
    await page.keyboard.press('Enter');
    await page.waitForURL(/sought=/);
    expect(await column(page, 'Наименование чата')).toEqual(['5Б класс']);

    await page.goto(`${site.origin}/manage`);
    const ascending = await column(page, 'Наименование чата');
    expect(ascending.slice(0, 3)).toEqual(['5 *Рисование', '5А класс', '5А родители']);
    await page.getByRole('link', { name: 'Наименование чата' }).click();
    await page.waitForURL(/sort=-title/);
    expect(await column(page, 'Наименование чата')).toEqual(ascending.toReversed());

    await page.goto(`${site.origin}/manage?perPage=10`);
    expect(await column(page, '№ п/п')).toHaveLength(10);
    await page.getByRole('link', { name: 'Страница 2' }).first().click();
    await page.waitForURL(/page=2/);
    expect(await column(page, '№ п/п')).toEqual(ascending.slice(10).map((_, i) => String(i + 11)));
    await page.goto(`${site.origin}/manage?title=такого нет`);
    await page.getByRole('heading', { name: 'Ничего не найдено' }).waitFor();
    await expectAccessible(page);
  });

  test('a new chat fills itself in, the existing one is offered, another name makes a manual chat (E1–E3)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await page.getByRole('link', { name: 'Добавить', exact: true }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Добавить новый чат');
    await page.getByLabel('Тип чата').selectOption('Предметы');
    await page.getByLabel('Класс', { exact: true }).selectOption('5А');
    await page.getByLabel('Предмет', { exact: true }).selectOption('География');
    await page.getByRole('row').filter({ hasText: 'Загурская Марина Александровна' }).waitFor();
    expect(await page.getByLabel('Наименование чата').inputValue()).toBe('5А/География');
    expect(await column(page, 'Имя на экране')).toEqual([
      'Абаев Марк',
      'Абаева Анна',
      'Загурская Марина Александровна',
    ]);
    expect(await column(page, 'Админ')).toEqual(['', '', 'Да']);
    await expectAccessible(page);
    await press(page, 'Добавить');
    await page.getByText('Такой чат уже есть').waitFor();
    expect(await page.getByRole('link', { name: 'Открыть этот чат' }).count()).toBe(1);
    await page.getByLabel('Наименование чата').fill('География для всех');
    await press(page, 'Добавить');
    await said(page, 'Чат создан');
    await site.world.settled();
    expect(inSferum('География для всех')).toBe('101* 201');
  });

  test('a chat is deleted by typing its name, and shows «удаляется» until it is gone (G1)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    const row = page.getByRole('row').filter({ hasText: '6Д класс' });
    await row.getByText('Класс', { exact: true }).click();
    expect(await row.getByRole('checkbox').isChecked()).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Редактировать чат' }).waitFor();
    const address = page.url();
    await page.goBack();
    await row.getByRole('checkbox').check();
    await row.getByRole('checkbox').focus();
    await page.keyboard.press('Delete');
    await page.getByRole('heading', { name: 'Удалить чат?' }).waitFor();
    await expectAccessible(page);
    for (const other of ['6Г класс', '6д класс', '6Д Класс']) {
      await page.getByLabel('Введите наименование чата').fill(other);
      await press(page, 'Удалить');
      await page.getByText('Название не совпадает').waitFor();
      expect(await page.getByLabel('Введите наименование чата').inputValue()).toBe(other);
    }
    await page.getByLabel('Введите наименование чата').fill('6Д класс');
    await page.getByLabel('Не создавать снова').check();
    await press(page, 'Удалить');
    await said(page, 'Чат «6Д класс» удаляется');
    await site.world.settled();
    await page.goto(`${site.origin}/manage`);
    expect(await column(page, 'Наименование чата')).not.toContain('6Д класс');
    expect(inSferum('6Д класс') ?? '').toBe('');
    const answer = await page.goto(address);
    expect(answer?.status()).toBe(410);
    await page.getByRole('heading', { level: 1, name: 'Чат удалён' }).waitFor();
    await page
      .getByText(/«6Д класс» удалён \d\d\.\d\d\.\d{4}.*Кто удалил: Обмочиева Ольга Викторовна/)
      .waitFor();
    await page.getByText('Инициализация его не вернёт.').waitFor();
    await expectAccessible(page);
    const teacher = await site.visit(HOMEROOM, '/manage');
    expect((await teacher.goto(address))?.status()).toBe(404);
  });

  test('a slow answer shows that the press was heard', async () => {
    const page = await site.visit(ADMIN, '/manage');
    // The server gives no answer that a browser would show, so the page stays as it is during the wait.
    await page.route('**/find', (route) => route.fulfill({ status: 204 }));
    const go = page.getByRole('button', { name: 'Загрузить' });
    await go.click();
    await page.locator('#busy').filter({ hasText: 'Отправлено, ждём ответа…' }).waitFor();
    expect(await go.getAttribute('aria-busy')).toBe('true');
    await expectAccessible(page);
  });

  test('a teacher edits what he administers, looks at what he is in, and makes no chat of others (B5, C5, E2)', async () => {
    const page = await site.visit(HOMEROOM, '/manage');
    expect(await page.getByRole('link', { name: 'Инициализировать список чатов' }).count()).toBe(0);
    expect(await column(page, 'Наименование чата')).toEqual(
      expect.arrayContaining(['5А класс', 'Учительская только просмотр']),
    );
    await openChat(page, 'Учительская');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Просмотр чата');
    expect(await page.getByRole('button', { name: 'Сохранить' }).count()).toBe(0);
    await page.getByLabel('Фамилия участников чата').fill('шевч');
    await page.keyboard.press('Enter');
    await page.waitForURL(/sought=/);
    expect(await column(page, 'Имя на экране')).toEqual(['Шевченко Пётр Ильич']);
    await expectAccessible(page);

    await openChat(page, '5А класс');
    expect(await page.getByLabel('Наименование чата').isEditable()).toBe(false);
    expect(await page.getByRole('link', { name: 'Удалить чат' }).count()).toBe(0);
    await page.getByLabel('Загурская Марина').check();
    await press(page, 'Удалить');
    await press(page, 'Сохранить');
    await page
      .getByText(
        'Администратора по умолчанию меняет только администратор школы: Загурская Марина Александровна',
      )
      .waitFor();
    await press(page, 'Отменить изменения для них');
    await page.getByText('Изменений нет').waitFor();

    await page.goto(`${site.origin}/manage/new`);
    expect(await page.getByLabel('Тип чата').locator('option').allTextContents()).toEqual([
      'Выберите',
      'Класс',
      'Родители',
      'Предметы',
    ]);
    await page.getByLabel('Тип чата').selectOption('Класс');
    await page.getByLabel('Класс', { exact: true }).waitFor();
    expect(await page.getByLabel('Класс', { exact: true }).locator('option').allTextContents()).toEqual([
      'Выберите',
      '5А',
    ]);
  });

  test('hostile names are shown as text everywhere', async () => {
    const title = `<script>alert(1)</script> "5А" & 'b' \u202Eя😀`;
    const page = await site.visit(ADMIN, '/manage');
    await openChat(page, '5А класс');
    await page.getByLabel('Наименование чата').fill(title);
    await press(page, 'Сохранить');
    await said(page, 'Сохранено');
    await page.goto(`${site.origin}/manage?lastName=${encodeURIComponent('<img')}`);
    expect(await page.locator('tbody a').first().textContent()).toContain('<script>alert(1)</script> "5А"');
    await expectNoSidewaysScroll(page);
    await page.locator('tbody a').first().click();
    await page.getByLabel('Число записей на странице').selectOption('25');
    await page.getByRole('button', { name: 'Найти' }).last().click();
    await page.waitForURL(/perPage/);
    const names = await page.locator('tbody .name').allTextContents();
    for (const name of HOSTILE_NAMES.slice(0, 2)) expect(names.join('\n')).toContain(name);
    expect(await page.locator('main img, main script').count()).toBe(0);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Удалить чат' }).click();
    expect(await page.locator('.subject-of').textContent()).toContain('<script>alert(1)</script>');
  });

  test('the keyboard alone finds a chat, ticks a member, stages and takes it back', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await tabTo(page, 'Наименование чата');
    await page.keyboard.type('5Б класс');
    await page.keyboard.press('Enter');
    await page.waitForURL(/title=/);
    await tabTo(page, '5Б класс');
    await page.keyboard.press('Enter');
    await page.waitForURL(/manage\/chats/);
    await tabTo(page, 'Борисов02 Иван');
    await page.keyboard.press('Space');
    await tabTo(page, 'Удалить');
    await page.keyboard.press('Enter');
    await page.getByText('−1 участник').waitFor();
    await tabTo(page, 'Вернуть как было: Борисов02 Иван');
    await page.keyboard.press('Enter');
    await page.getByText('Изменений нет').waitFor();
  });

  test('on a phone nothing scrolls sideways and nothing is out of reach', async () => {
    const page = await site.visit(ADMIN, '/manage', { viewport: PHONE });
    const chat = await page.getByRole('link', { name: '5Б класс' }).getAttribute('href');
    for (const path of ['/manage', chat!, `${chat}/pick`, `${chat}/delete`, '/manage/new']) {
      await page.goto(`${site.origin}${path}`);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    }
  });

  test('nothing was asked of another host, and no page complained', () => {
    expect(site.foreign).toEqual([]);
    expect(site.complaints).toEqual([]);
  });
});

/** Presses Tab until the control of this label, or link or button of this text, has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const tried: string[] = [];
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press('Tab');
    const focused = (await page.evaluate(`(() => {
      const e = document.activeElement;
      return [e.ariaLabel, e.labels?.[0]?.textContent, e.textContent].find((text) => text) ?? '';
    })()`)) as string;
    const text = focused.replaceAll(/\s+/g, ' ').trim();
    if (text === name) return;
    tried.push(text);
  }
  throw new Error(`«${name}» is not reached: ${tried.join(' | ')}`);
}
