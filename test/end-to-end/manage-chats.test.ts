import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Console,
  describeInBrowser,
  expectAccessible,
  expectNoSidewaysScroll,
  PHONE,
  startConsole,
} from '../support/browser.ts';
import {
  ADMIN,
  column,
  HOMEROOM,
  HOSTILE_NAMES,
  manageRoster,
  openChat,
  SCHOOL,
} from '../support/manage-world.ts';
import { initializeAll } from '../support/small-world.ts';

describeInBrowser('«Управление чатами»', () => {
  let site: Console;

  beforeAll(async () => {
    site = await startConsole();
    await site.world.importRoster(manageRoster());
    await initializeAll(site.world, SCHOOL);
    await site.world.settled();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const said = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();
  const inSferum = (title: string) => site.world.inSferum(title);

  test('the list has the filters, columns and buttons of the manual (B1–B3)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Управление чатами');
    const types = page.getByLabel('Тип чата').locator('option');
    expect(await types.allTextContents()).toEqual(['Все', 'Учительская', 'Класс', 'Родители', 'Предметы']);
    for (const label of ['Наименование чата', 'Фамилия участников чата']) {
      expect(await page.getByLabel(label).count(), label).toBe(1);
    }
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

  test('members are ticked and picked over several pages, staged, and saved; Sferum follows (C2–C4, D7)', async () => {
    const before = inSferum('5Б класс');
    expect(before).toBe('401 402 403 404 405 406 407 408 409 410 411 412 413 414');
    const page = await site.visit(ADMIN, '/manage');
    await openChat(page, '5Б класс');
    expect(await page.getByLabel('Тип чата').inputValue()).toBe('Класс');
    expect(await page.getByLabel('Класс', { exact: true }).inputValue()).toBe('5Б');
    expect(await page.locator('thead th').allInnerTexts()).toEqual(
      expect.arrayContaining(['№ п/п', 'Имя на экране', 'Админ', 'Роль', 'Почему здесь', 'В Сферуме']),
    );
    await expectAccessible(page);

    await page.getByLabel('Борисов01 Иван').check();
    await said(page, 'Выбрано участников (1)');
    await page.getByRole('button', { name: 'Страница 2' }).first().click();
    await page.getByLabel('Борисов14 Иван').check();
    await said(page, 'Выбрано участников (2)');
    await press(page, 'Удалить');
    await page.getByText('−2 участника').waitFor();
    expect(inSferum('5Б класс')).toBe(before);

    await press(page, 'Добавить участников');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Выбрать участников чата');
    const roles = page.getByLabel('Роли', { exact: true });
    expect(await roles.locator('option').allTextContents()).toEqual(['Сотрудники', 'Ученики', 'Родители']);
    for (const label of ['По фамилии', 'Пол', 'Класс']) {
      expect(await page.getByLabel(label, { exact: true }).count(), label).toBe(1);
    }
    expect(await page.getByLabel('Число записей на странице').inputValue()).toBe('10');
    await said(page, 'Выбрано учащихся (0)');
    expect(
      await page.getByRole('button', { name: /^Выбрать учащихся на всех страницах \(\d+\)$/ }).count(),
    ).toBe(1);
    expect(await page.locator('thead th').allInnerTexts()).toEqual(
      expect.arrayContaining(['№ п/п', 'Фамилия ↑', 'Имя', 'Отчество', 'Дата рождения']),
    );
    expect(await column(page, 'Класс')).toContain('5Б');
    const inAlready = page.getByRole('row').filter({ hasText: 'Борисов01' });
    expect((await inAlready.allInnerTexts()).join()).toContain('Уже является участником');
    expect(await inAlready.getByRole('checkbox').isDisabled()).toBe(true);
    await expectAccessible(page);
    await page.getByLabel('Абаев Марк').check();
    await page.getByRole('button', { name: 'Страница 2' }).first().click();
    await page.waitForURL(/page=2/);
    await said(page, 'Выбрано учащихся (1)');
    await roles.selectOption('Сотрудники');
    await press(page, 'Поиск');
    await page.waitForURL(/role=staff/);
    await said(page, 'Выбрано сотрудников (0)');
    await page.getByLabel('Загурская Марина').check();
    await press(page, 'Добавить');
    await page.getByText('+2 участника, −2 участника').waitFor();

    await page.getByLabel('Показать').selectOption('Несохранённые изменения');
    await page.getByRole('button', { name: 'Найти' }).last().click();
    await page.waitForURL(/show=changes/);
    expect(await column(page, 'Имя на экране')).toEqual([
      'Абаев Марк к добавлению',
      'Борисов01 Иван к исключению',
      'Борисов14 Иван к исключению',
      'Загурская Марина Александровна к добавлению',
    ]);
    await page.getByLabel('Загурская Марина').check();
    await page.getByLabel('Абаев Марк').check();
    await press(page, 'Сделать администратором');
    const told = page.getByRole('alert').filter({ hasText: 'Ученик не может быть администратором чата' });
    await told.getByText('Из выбранных пропущено: 1 ученик.').waitFor();
    await expectFocused(told);
    await page.getByLabel('Причина').fill('замена «классного»');
    await press(page, 'Сохранить');
    await said(page, 'Сохранено');
    await site.world.settled();
    expect(inSferum('5Б класс')).toBe('101* 201 402 403 404 405 406 407 408 409 410 411 412 413');

    await openChat(page, '5Б класс');
    const row = page.getByRole('row').filter({ hasText: 'Абаев Марк' });
    expect((await row.allInnerTexts()).join()).toMatch(
      /добавление вручную: Обмочиева Ольга Викторовна.*«замена «классного»»/,
    );
    await page.getByLabel('Показать').selectOption('Исключённых вручную');
    await page.getByRole('button', { name: 'Найти' }).last().click();
    await page.waitForURL(/show=excluded/);
    expect(await column(page, 'Имя на экране')).toEqual(['Борисов01 Иван', 'Борисов14 Иван']);

    await page.getByRole('button', { name: 'Выбрать участников на всех страницах (2)' }).click();
    await press(page, 'Вернуть в чат');
    await press(page, 'Сохранить');
    await said(page, 'Сохранено');
    await site.world.settled();
    expect(inSferum('5Б класс')).toBe('101* 201 401 402 403 404 405 406 407 408 409 410 411 412 413 414');
  });

  test('closing with staged changes asks; not saving leaves the chat as it was (C4)', async () => {
    const before = inSferum('5А родители');
    const page = await site.visit(ADMIN, '/manage');
    await openChat(page, '5А родители');
    await page.getByLabel('Наименование чата').fill('Родители пятого');
    await press(page, 'Закрыть');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Сохранить изменения?');
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Вернуться к чату' }).click();
    expect(await page.getByLabel('Наименование чата').inputValue()).toBe('Родители пятого');
    const asked = page.waitForEvent('dialog').then((dialog) => dialog.dismiss());
    await page.getByRole('link', { name: 'Управление чатами' }).first().click();
    await asked;
    await press(page, 'Закрыть');
    await press(page, 'Не сохранять');
    await page.waitForURL(`${site.origin}/manage`);
    await site.world.settled();
    expect(inSferum('5А родители')).toBe(before);
    expect(inSferum('Родители пятого')).toBe(null);
  });

  test('the last admin stays, and the page says who is in the way (C6)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await openChat(page, '5 *Рисование');
    await page.getByLabel('Шевченко Пётр').check();
    await press(page, 'Снять права администратора');
    await press(page, 'Сохранить');
    await page.getByText('Это последний администратор чата: сначала назначьте другого').waitFor();
    await press(page, 'Отменить изменения');
    await page.getByText('Изменений нет').waitFor();
  });

  test('everything of it works without script, also a selection of all pages (C3)', async () => {
    const page = await site.visit(ADMIN, '/manage', { javaScriptEnabled: false });
    await page.getByRole('link', { name: '5А/География' }).click();
    await press(page, 'Добавить участников');
    await page.getByLabel('По фамилии').fill('борисов');
    await press(page, 'Поиск');
    await page.getByRole('button', { name: 'Выбрать учащихся на всех страницах (14)' }).click();
    await said(page, 'Выбрано учащихся (14)');
    await page.getByRole('button', { name: 'Страница 2' }).first().click();
    await page.getByLabel('Борисов14 Иван').uncheck();
    await press(page, 'Добавить');
    await page.getByText('+13 участников').waitFor();
    await press(page, 'Сохранить');
    await said(page, 'Сохранено');
    await site.world.settled();
    expect(inSferum('5А/География')).toBe('101* 201 401 402 403 404 405 406 407 408 409 410 411 412 413');
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
    expect(await row.getByRole('radio').isChecked()).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Редактировать чат' }).waitFor();
    const address = page.url();
    await page.goBack();
    await row.getByText('Класс', { exact: true }).click();
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

  test('what cannot act is off; without script the message stands beside the button, in sight and focused', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await openChat(page, '5Б класс');
    for (const name of ['Удалить', 'Сделать администратором', 'Снять права администратора', 'Сохранить']) {
      expect(await page.getByRole('button', { name, exact: true }).isDisabled(), name).toBe(true);
    }
    await page.getByLabel('Борисов02 Иван').check();
    expect(await page.getByRole('button', { name: 'Удалить', exact: true }).isEnabled()).toBe(true);
    await page.getByLabel('Борисов02 Иван').uncheck();
    await press(page, 'Добавить участников');
    expect(await page.getByRole('button', { name: 'Добавить', exact: true }).isDisabled()).toBe(true);

    const plain = await site.visit(ADMIN, '/manage', { javaScriptEnabled: false, viewport: PHONE });
    await openChat(plain, '5А родители');
    await press(plain, 'Удалить');
    await expectFocused(plain.getByRole('alert').filter({ hasText: 'Никто не выбран' }));
    await expectNoSidewaysScroll(plain);
    await press(plain, 'Добавить участников');
    await press(plain, 'Добавить');
    await expectFocused(plain.getByRole('alert').filter({ hasText: 'Никто не выбран' }));
  });

  test('a slow answer shows that the press was heard', async () => {
    const page = await site.visit(ADMIN, '/manage');
    // No answer that a browser would show: the page stays as it is while one waits.
    await page.route('**/find', (route) => route.fulfill({ status: 204 }));
    const go = page.getByRole('button', { name: 'Загрузить' });
    await go.click();
    await page.locator('#busy').filter({ hasText: 'Отправлено, ждём ответа…' }).waitFor();
    expect(await go.getAttribute('aria-busy')).toBe('true');
    await expectAccessible(page);
  });

  test('who is not here is found in the school, told why not, and added with one press (J1)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await openChat(page, '6А класс');
    await page.getByLabel('Фамилия участников чата').fill('агеенко');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'В этом чате таких нет' }).waitFor();
    const found = page.locator('.not-here');
    expect((await found.innerText()).replaceAll(/\s+/g, ' ')).toMatch(
      /В школе есть Агеенко \S+, 5Б\. В этом чате нет: не учится в 6А и не руководит этим классом\./,
    );
    await expectAccessible(page);
    await found.getByRole('button', { name: 'Добавить' }).click();
    await page.getByText('+1 участник').waitFor();
    await press(page, 'Отменить изменения');
    await page.getByText('Изменений нет').waitFor();
    await page.getByLabel('Фамилия участников чата').fill('нетаковский');
    await page.keyboard.press('Enter');
    await page.getByText('Проверьте написание фамилии').waitFor();
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

/** It has the focus and is seen whole, without scrolling. */
async function expectFocused(said: Locator): Promise<void> {
  await said.waitFor();
  await expect.poll(() => said.evaluate((e) => e === e.ownerDocument.activeElement)).toBe(true);
  const box = (await said.boundingBox())!;
  expect(box.y).toBeGreaterThanOrEqual(0);
  expect(box.y + box.height).toBeLessThanOrEqual(said.page().viewportSize()!.height);
}

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
