import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  type Console,
  describeInBrowser,
  expectAccessible,
  expectNoSidewaysScroll,
  PHONE,
} from '../support/browser.ts';
import { press, said, withManagedSchool } from '../support/manage-site.ts';
import { ADMIN, column, openChat } from '../support/manage-world.ts';

describeInBrowser('«Редактировать чат»: its members', () => {
  let site: Console;

  withManagedSchool((given) => {
    site = given;
  });

  const inSferum = (title: string) => site.world.inSferum(title);

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

  test('nothing was asked of another host, and no page complained', () => {
    expect(site.foreign).toEqual([]);
    expect(site.complaints).toEqual([]);
  });
});

/** Checks that it has the focus and is wholly visible without scrolling. */
async function expectFocused(said: Locator): Promise<void> {
  await said.waitFor();
  await expect.poll(() => said.evaluate((e) => e === e.ownerDocument.activeElement)).toBe(true);
  const box = (await said.boundingBox())!;
  expect(box.y).toBeGreaterThanOrEqual(0);
  expect(box.y + box.height).toBeLessThanOrEqual(said.page().viewportSize()!.height);
}
