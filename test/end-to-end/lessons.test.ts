import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInBrowser, expectAccessible, expectNoSidewaysScroll, PHONE } from '../support/browser.ts';
import {
  button,
  eachWithLessonSite,
  heading,
  LESSON,
  type LessonSite,
  link,
  opened,
  SOON,
} from '../support/lesson-site.ts';
import { ENDS_AT, PUPIL, STARTS_AT, TEACHER } from '../support/lesson-world.ts';

const NOT_YET = 'Дистанционный урок еще не начался';
const OVER = 'Урок завершился';

describeInBrowser('a distance lesson, as everybody sees it', () => {
  let site: LessonSite['site'];
  let world: LessonSite['world'];
  let visit: LessonSite['visit'];
  eachWithLessonSite((given) => {
    ({ site, world, visit } = given);
  });

  /** Sets the product's clock to the instant and moves the browser's timers by the same time. */
  const later = async (instant: string, ...pages: Page[]) => {
    const byMs = Date.parse(instant) - world.clock.now();
    world.clock.moveTo(instant);
    for (const page of pages) await page.clock.fastForward(byMs);
  };

  test('I1–I7: through its whole life, as teacher and pupil, without a page loaded anew', async () => {
    const pupil = await visit(PUPIL, '/diary', { forOne: true });
    await pupil.clock.install();
    await pupil.reload();
    expect(await pupil.getByRole('row', { name: /География/ }).count()).toBe(1);
    expect(await pupil.locator('.call').count()).toBe(0);

    const teacher = await visit(TEACHER, '/journal', { forOne: true });
    await teacher.clock.install();
    await teacher.getByLabel('Класс/параллель').selectOption({ label: '5А' });
    await teacher.getByLabel('Предмет').selectOption({ label: 'География' });
    await button(teacher, 'Загрузить').click();
    await link(teacher, 'Выставить оценки').click();
    await expect.poll(() => heading(teacher), SOON).toBe('Выставить оценки');
    for (const shown of [
      'География',
      '01.10.2026, 15:50 – 16:50',
      '1.1. Материки и океаны. Части света. Острова. (1 ч)',
    ])
      expect(await teacher.getByText(shown, { exact: true }).count()).toBe(1);

    await link(teacher, 'Создать').click();
    const dialog = teacher.getByRole('dialog', { name: 'Настройки дистанционного урока' });
    expect(await dialog.getByLabel('Наименование урока').inputValue()).toBe(
      'Урок по предмету «География» от 01.10.2026 15:50',
    );
    expect(await dialog.getByLabel('Время начала').inputValue()).toBe('15:50');
    expect(await dialog.getByLabel('Время окончания').getAttribute('readonly')).toBe('');
    expect(await dialog.getByText('Система ВКС: Сферум').count()).toBe(1);
    await button(teacher, 'Отмена').click();
    expect(await dialog.count()).toBe(0);
    await link(teacher, 'Создать').click();
    await dialog.getByLabel('Наименование урока').fill('Путешествие по материкам');
    await dialog.getByRole('button', { name: 'Создать' }).click();
    await link(teacher, 'Открыть').waitFor();
    expect(await link(teacher, 'Создать').count()).toBe(0);
    const early = await opened(teacher, () => link(teacher, 'Открыть').click());
    expect(await heading(early)).toBe(NOT_YET);
    await early.close();

    // The diary was not loaded anew: the icon comes by itself.
    await pupil.clock.fastForward(31_000);
    const icon = pupil.locator('a.call');
    await expect.poll(() => icon.textContent(), SOON).toContain('начнётся в 15:50');
    const before = await opened(pupil, () => icon.click());
    expect(await heading(before)).toBe(NOT_YET);

    await later('2026-10-01T12:49:00Z', pupil);
    await world.ready();
    await later(STARTS_AT, pupil, teacher);
    await pupil.clock.fastForward(1000);
    await expect.poll(() => icon.textContent(), SOON).toContain('Войти');
    const call = await opened(pupil, () => icon.click());
    expect(await heading(call)).toBe('Звонок Сферума');
    const teachers = await opened(teacher, () => link(teacher, 'Открыть').click());
    expect(teachers.url()).toBe(call.url());
    expect(call.url()).toContain(world.running().join());

    const told = Promise.all([pupil, teacher].map((page) => page.waitForURL('**/lessons/ended')));
    await later(ENDS_AT, pupil, teacher);
    for (const page of [pupil, teacher]) await page.clock.fastForward(1000);
    await told;
    await world.runs(0);
    await call.reload();
    expect(await heading(call)).toBe('Звонок завершён');
    // «Вы будете перенаправлены на главный экран.»
    for (const page of [pupil, teacher]) await expect.poll(() => heading(page), SOON).toBe('Чаты');

    await teacher.goto(`${site.origin}${LESSON}`);
    expect(await teacher.getByText(OVER, { exact: true }).count()).toBe(1);
    for (const gone of ['Создать', 'Открыть', 'Удалить']) expect(await link(teacher, gone).count()).toBe(0);
    await pupil.goto(`${site.origin}/diary`);
    const after = await opened(pupil, () => pupil.locator('a.call').click());
    expect(await heading(after)).toBe(OVER);
  });

  test('I2: the journal begins with today, and a lesson’s row makes and opens its call', async () => {
    world.clock.moveTo('2026-10-01T12:40:00Z');
    const teacher = await visit(TEACHER, '/journal');
    expect(await teacher.getByRole('heading', { level: 2 }).first().textContent()).toBe(
      'четверг, 1 октября сегодня',
    );
    const row = teacher.getByRole('row', { name: /География/ });
    expect(await row.locator('.now-mark').textContent()).toBe('следующий');
    await row.getByRole('link', { name: 'Создать' }).click();
    await expect.poll(() => heading(teacher), SOON).toBe('Настройки дистанционного урока');
    await button(teacher, 'Создать').click();
    await expect.poll(() => heading(teacher), SOON).toBe('Выставить оценки');
    await teacher.goto(`${site.origin}/journal`);
    expect(await row.getByRole('link', { name: 'Создать' }).count()).toBe(0);
    const early = await opened(teacher, () => row.getByRole('link', { name: 'Открыть' }).click());
    expect(await heading(early)).toBe(NOT_YET);
    await expectAccessible(teacher);
    await teacher.setViewportSize(PHONE);
    await expectNoSidewaysScroll(teacher);
    await row.getByRole('link', { name: 'География' }).click();
    await expect.poll(() => heading(teacher), SOON).toBe('Выставить оценки');
  });

  test('I5: who waits before the door is let in when the lesson begins, without script too', async () => {
    await world.create();
    for (const javaScriptEnabled of [true, false]) {
      world.clock.moveTo('2026-10-01T12:49:48Z');
      const page = await visit(PUPIL, '/lessons/geo/join', { javaScriptEnabled });
      expect(await heading(page)).toBe(NOT_YET);
      await expect.poll(() => heading(page), SOON).toBe('Звонок Сферума');
    }
  });

  test('I4: «Удалить» asks, and ends the call; who was in is told', async () => {
    world.clock.moveTo('2026-10-01T12:55:00Z');
    await world.create();
    await world.ready();
    const pupil = await visit(PUPIL, '/diary', { forOne: true });
    await pupil.clock.install();
    await pupil.reload();
    await opened(pupil, () => pupil.locator('a.call').click());
    const teacher = await visit(TEACHER, LESSON);
    await link(teacher, 'Удалить').click();
    const dialog = teacher.getByRole('dialog', { name: 'Удалить дистанционный урок?' });
    await expectAccessible(teacher);
    await dialog.getByRole('button', { name: 'Отмена' }).click();
    expect(await link(teacher, 'Открыть').count()).toBe(1);
    await link(teacher, 'Удалить').click();
    await dialog.getByRole('button', { name: 'Удалить' }).click();
    await teacher.getByText('Дистанционный урок удалён').waitFor();
    expect(await link(teacher, 'Создать').count()).toBe(1);
    await world.runs(0);
    const told = pupil.waitForURL('**/lessons/ended');
    await pupil.clock.fastForward(31_000);
    await told;
    expect(await heading(pupil)).toBe('Звонок завершен');
  });

  test('I4: a school admin who does not teach the lesson ends its call after a question', async () => {
    world.clock.moveTo('2026-10-01T12:55:00Z');
    await world.create();
    await world.ready();
    const admin = await visit({ role: 'school-admin', school: 's1', sub: 'a1' }, LESSON, {
      javaScriptEnabled: false,
    });
    await link(admin, 'Удалить').click();
    await button(admin, 'Удалить').click();
    await world.runs(0);
    expect(await admin.getByText('Не создан: это делает учитель предмета').count()).toBe(1);
  });
});
