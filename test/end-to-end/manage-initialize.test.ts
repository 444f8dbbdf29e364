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
import { keptManagedSchool, press } from '../support/manage-site.ts';
import { ADMIN, column, HOMEROOM, openChat, SCHOOL } from '../support/manage-world.ts';

/** Long enough for a machine that other suites share. */
const SOON = { timeout: 20_000 };
const ENDED = /Инициализация (выполнена|ждёт решения|не завершена)/;

describeInBrowser('«Инициализировать список чатов»', () => {
  let site: Console;

  beforeAll(async () => {
    site = await startConsole({
      env: { LIMIT_APPROVAL_WAIT_MS: '1500' },
      from: await keptManagedSchool({ initialized: false }),
    });
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor();
  const titles = () =>
    [...site.world.sandbox.world.chats.values()]
      .filter((chat) => chat.members.size > 1)
      .map((chat) => chat.title)
      .sort();

  /** Presses «Продолжить» with these types and waits until the plan is shown. */
  async function plan(page: Page, types: readonly string[], strict = false): Promise<void> {
    await page.goto(`${site.origin}/manage/initialize`);
    await page.getByLabel('Все', { exact: true }).uncheck();
    for (const type of types) await page.getByLabel(type, { exact: true }).check();
    if (strict) await page.getByLabel('Строго по спискам СГО').check();
    await press(page, 'Продолжить');
    await heading(page, 'План: что изменится');
  }

  test('nothing chosen is said; «Все» stands for each of the others (F1)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await page.getByRole('link', { name: 'Инициализировать список чатов' }).click();
    await heading(page, 'Настройки создания/синхронизации чатов');
    const all = page.getByLabel('Все', { exact: true });
    expect(await all.isChecked()).toBe(true);
    await page.getByLabel('Класс', { exact: true }).uncheck();
    expect(await all.isChecked()).toBe(false);
    await all.check();
    expect(await page.getByLabel('Класс', { exact: true }).isChecked()).toBe(true);
    await all.uncheck();
    expect(await page.getByRole('button', { name: 'Продолжить' }).isDisabled()).toBe(true);
    await expectAccessible(page);

    const plain = await site.visit(ADMIN, '/manage/initialize', { javaScriptEnabled: false });
    for (const label of ['Все', 'Учительская', 'Класс', 'Родители', 'Предметы']) {
      await plain.getByLabel(label, { exact: true }).uncheck();
    }
    await plain.getByLabel('Строго по спискам СГО').check();
    await press(plain, 'Продолжить');
    await plain.getByRole('alert').filter({ hasText: 'Выберите хотя бы один тип' }).waitFor();
    // What was chosen stays as it was.
    expect(await plain.getByLabel('Класс', { exact: true }).isChecked()).toBe(false);
    expect(await plain.getByLabel('Все', { exact: true }).isChecked()).toBe(false);
    expect(await plain.getByLabel('Строго по спискам СГО').isChecked()).toBe(true);
  });

  test('the plan is read by chat and by person, then applied as it is, and followed to its end (F3, J7)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await plan(page, ['Учительская', 'Класс']);
    expect(titles()).toEqual([]);
    const figures = (await page.locator('.figures').textContent()) ?? '';
    expect(figures.replaceAll(/\s+/g, ' ')).toContain('8 чатов создать');
    expect(figures).toMatch(/запрос/);
    const row = page.getByRole('link', { name: /^5Б класс/ });
    expect(await row.textContent()).toMatch(/создать.*\+14.*ещё 3 без привязки/s);
    await row.click();
    await page.getByText('Добавить: Борисов01 Иван – учится в 5Б').waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'По людям' }).click();
    await page.getByLabel('Фамилия').fill('загурская мар');
    await press(page, 'Показать');
    await page.getByText('1–1 из 1').waitFor();
    expect(await page.locator('.rows').textContent()).toMatch(
      /сделать администратором: 5А класс – классный руководитель 5А/,
    );
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    await expectNoSidewaysScroll(page);

    await press(page, 'Выполнить');
    await heading(page, ENDED);
    await site.world.settled();
    expect(titles()).toEqual(['5А класс', '5Б класс', 'Учительская']);
    expect(site.world.inSferum('5Б класс')).toBe('401 402 403 404 405 406 407 408 409 410 411 412 413 414');
    await page.getByRole('link', { name: 'Отменить инициализацию' }).waitFor();
    await expectAccessible(page);
  });

  test('a run is left, found again among the last ones, and tells its progress with figures (F3)', async () => {
    const page = await site.visit(ADMIN, '/manage', { javaScriptEnabled: false });
    await page.goto(`${site.origin}/manage/initialize`);
    expect((await column(page, 'Инициализация')).slice(0, 2)).toEqual([
      'Инициализация выполнена',
      'План: что изменится',
    ]);
    await page.getByRole('link', { name: 'Инициализация выполнена' }).click();
    const { pathname } = new URL(page.url());
    const progress = await page.request.get(`${site.origin}${pathname}/progress`);
    expect(await progress.text()).toMatch(/data-state="succeeded".*Класс.*7 из 7/s);
  });

  test('a plan whose lists have moved is refused as out of date, and made anew with one button (F3)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await plan(page, ['Класс', 'Родители']);
    const planned = page.url();
    await openChat(page, '5А класс');
    await page.getByLabel('Абаев Марк').check();
    await press(page, 'Удалить');
    await press(page, 'Сохранить');
    await page.getByText('Сохранено', { exact: true }).waitFor();
    await page.goto(planned);
    await page.getByText('План устарел', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Выполнить' }).count()).toBe(0);
    await expectAccessible(page);
    await press(page, 'Составить план заново');
    await page.waitForURL((url) => url.href !== planned);
    await heading(page, 'План: что изменится');
    await page.getByRole('button', { name: 'Выполнить' }).waitFor();
  });

  test('what signed orders will do is listed by its day, and shown as a plan to be read alone (J5)', async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const [order, effectiveOn] = [{ id: 'o7', number: '7', issuedOn: inDays(-1) }, inDays(40)];
    const event = {
      ...{ specversion: '1.0', id: 'e7', source: 'sgo', time: new Date().toISOString() },
      ...{
        type: 'sgo.order.issued',
        data: { ...order, kind: 'withdrawal', effectiveOn, items: [{ studentId: 'x01' }] },
      },
    } as const;
    await site.world.commands.receiveEvents({
      by: { id: 'sgo', kind: 'service' },
      schoolId: SCHOOL,
      events: [event],
    });
    const written = (day: string) => day.split('-').toReversed().join('.');

    const page = await site.visit(ADMIN, '/manage/initialize');
    await page.getByRole('link', { name: 'План на дату' }).click();
    await heading(page, 'План на дату');
    const row = page.getByRole('row', { name: new RegExp(written(effectiveOn)) });
    await row.getByText(`Приказ № 7 от ${written(order.issuedOn)} о выбытии: 1 ученик`).waitFor();
    await expectAccessible(page);
    await row.getByRole('button', { name: 'Показать план' }).click();
    await heading(page, `План на ${written(effectiveOn)}`);
    expect(await page.getByRole('button', { name: 'Выполнить' }).count()).toBe(0);

    await page.goto(`${site.origin}/manage/ahead`);
    const typed = page.getByLabel('План на дату');
    expect(await typed.getAttribute('placeholder')).toBe('ДД.ММ.ГГГГ');
    await typed.fill(written(inDays(20)));
    await page.getByRole('button', { name: 'Показать план' }).first().click();
    await heading(page, `План на ${written(inDays(20))}`);
    const planned = page.url();
    await openChat(page, '5А класс');
    await page.getByLabel('Наименование чата').fill('5А класс дружбы');
    await press(page, 'Сохранить');
    await page.getByText('Сохранено', { exact: true }).waitFor();
    await page.goto(planned);
    await press(page, 'Составить план заново');
    await page.waitForURL((url) => url.href !== planned);
    await heading(page, `План на ${written(inDays(20))}`);
    expect(await page.getByRole('link', { name: 'План на дату' }).count()).toBe(1);
    await openChat(page, '5А класс дружбы');
    await page.getByText('Изменено вручную. По спискам СГО: «5А класс»').waitFor();
    await press(page, 'Вернуть название по спискам');
    expect(await page.getByLabel('Наименование чата').inputValue()).toBe('5А класс');
    await press(page, 'Сохранить');
    await page.getByText('Сохранено', { exact: true }).waitFor();
  });

  test('what is held is decided chat by chat: one goes on, the other stays (F4, J3)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    for (const title of ['5А класс', 'Учительская']) {
      await openChat(page, title);
      await press(page, 'Добавить участников');
      await page.getByLabel('Роли').selectOption('Ученики');
      await page.getByLabel('По фамилии').fill('борисов');
      await page.getByRole('button', { name: 'Поиск' }).click();
      await page.getByRole('button', { name: 'Выбрать учащихся на всех страницах (14)' }).click();
      await page.getByText('Выбрано учащихся (14)').waitFor();
      await press(page, 'Добавить');
      await press(page, 'Сохранить');
      await page.getByText('Сохранено', { exact: true }).waitFor();
    }
    await site.world.settled();
    const crowded = site.world.inSferum('Учительская');
    await plan(page, ['Учительская', 'Класс'], true);
    await page.getByText('Исключений больше, чем бывает обычно: 28').waitFor();
    await press(page, 'Выполнить');
    await heading(page, 'Инициализация ждёт решения');
    expect(site.world.inSferum('Учительская')).toBe(crowded);
    await expectAccessible(page);

    await page.goto(`${site.origin}/manage`);
    await page.getByText(/^Остановлено: 28.исключений в 2.чатах$/).waitFor();
    await page.getByRole('link', { name: 'Посмотреть и решить' }).click();
    const item = (title: string) =>
      page.getByRole('listitem').filter({ has: page.getByRole('link', { name: title, exact: true }) });
    await item('5А класс').getByText('Кого и почему').click();
    await item('5А класс').getByText('Борисов01 Иван').waitFor();
    await item('5А класс').getByRole('button', { name: 'Исключить (14)' }).click();
    await page.getByRole('heading', { name: 'Ждут решения: 14 участников, 1 чат' }).waitFor();
    await item('Учительская').getByRole('button', { name: 'Оставить (14)' }).click();
    await page.getByText(/исключены: −14/).waitFor(SOON);
    await heading(page, 'Инициализация выполнена');
    await site.world.settled();
    expect(site.world.inSferum('5А класс')).not.toContain('401');
    expect(site.world.inSferum('Учительская')).toBe(crowded);
  });

  test('an applied run is taken back after a question (J4)', async () => {
    const page = await site.visit(ADMIN, '/manage');
    await plan(page, ['Предметы']);
    await press(page, 'Выполнить');
    await heading(page, 'Инициализация выполнена');
    expect(titles()).toContain('5А/География');
    await page.getByRole('link', { name: 'Отменить инициализацию' }).click();
    await heading(page, 'Отменить инициализацию?');
    await expectAccessible(page);
    const lost = page
      .locator('details.branch')
      .filter({ has: page.getByRole('heading', { name: 'Предметы' }) });
    expect(await lost.first().locator('summary').first().innerText()).toMatch(/2\sчата/);
    expect(await lost.locator('.rows a').count()).toBe(2);
    await page.getByLabel('Введите число удаляемых чатов').fill('3');
    await press(page, 'Отменить и удалить 2\u00a0чата');
    await page.getByText('Введите число: 2').waitFor();
    await expectAccessible(page);
    expect(titles()).toContain('5А/География');
    await page.getByLabel('Введите число удаляемых чатов').fill('2');
    await press(page, 'Отменить и удалить 2\u00a0чата');
    await heading(page, 'Инициализация отменена');
    await site.world.settled();
    expect(titles()).not.toContain('5А/География');
    await expectAccessible(page);
  });

  test('it is for school admins: a teacher is refused in page and form alike (F)', async () => {
    const page = await site.visit(HOMEROOM, '/manage');
    const answer = await page.goto(`${site.origin}/manage/initialize`);
    expect(answer?.status()).toBe(403);
    const sent = await page.request.post(`${site.origin}/manage/initialize`, {
      form: { type: 'all' },
      headers: { origin: site.origin },
    });
    expect(sent.status()).toBe(403);
  });

  test('nothing was asked of another host, and no page complained', () => {
    expect(site.foreign).toEqual([]);
    expect(site.complaints).toEqual([]);
  });
});
