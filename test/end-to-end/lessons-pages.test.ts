import { expect, test } from 'vitest';
import { describeInBrowser, expectAccessible, expectNoSidewaysScroll, PHONE } from '../support/browser.ts';
import { PUPIL, TEACHER } from '../support/lesson-world.ts';

const PARENT = { role: 'parent', school: 's1', sub: 'm1' } as const;
const OTHER_PUPIL = { role: 'student', school: 's1', sub: 'p4' } as const;
const OTHER_TEACHER = { role: 'staff', school: 's1', sub: 't2' } as const;

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

describeInBrowser('a distance lesson’s pages, for whom and on what they are seen', () => {
  let site: LessonSite['site'];
  let world: LessonSite['world'];
  let visit: LessonSite['visit'];
  eachWithLessonSite((given) => {
    ({ site, world, visit } = given);
  });

  test('I6: on a phone the lesson that runs is on top of «Дневник» and «Чаты», and today comes first', async () => {
    world.clock.moveTo('2026-10-01T12:55:00Z');
    await world.create();
    await world.ready();
    for (const path of ['/diary', '/']) {
      for (const javaScriptEnabled of [true, false]) {
        const pupil = await visit(PUPIL, path, { viewport: PHONE, javaScriptEnabled });
        await pupil.getByText('Сейчас: География, до 16:50').waitFor();
        const enter = pupil.getByRole('region', { name: 'Идёт урок' }).getByRole('link', { name: 'Войти' });
        const box = (await enter.boundingBox())!;
        expect(box.y + box.height, path).toBeLessThanOrEqual(PHONE.height);
        expect(box.height).toBeGreaterThanOrEqual(44);
        const call = await opened(pupil, () => enter.click());
        expect(await heading(call)).toBe('Звонок Сферума');
        await expectNoSidewaysScroll(pupil);
        if (javaScriptEnabled) await expectAccessible(pupil);
      }
    }
    const diary = await visit(PUPIL, '/diary');
    const days = await diary.getByRole('heading', { level: 2 }).allTextContents();
    expect(days[0]).toBe('четверг, 1 октября сегодня');
    expect(days.slice(1)).toEqual([
      ...['пятница, 2 октября', 'суббота, 3 октября', 'воскресенье, 4 октября'],
      ...['понедельник, 28 сентября', 'вторник, 29 сентября', 'среда, 30 сентября'],
    ]);
    await diary.goto(`${site.origin}/diary?week=2026-09-21`);
    await link(diary, 'Сегодня').click();
    await expect.poll(() => diary.url(), SOON).not.toContain('week=');
  });

  test('I6: a parent sees the icon without entry, another class’s pupil nothing, another teacher neither', async () => {
    world.clock.moveTo('2026-10-01T12:55:00Z');
    await world.create();
    const parent = await visit(PARENT, '/diary');
    expect(await parent.getByRole('link', { name: 'Абаев Марк' }).getAttribute('aria-current')).toBe('true');
    expect(await parent.locator('.call').textContent()).toContain('идёт');
    expect(await parent.locator('a.call').count()).toBe(0);
    await expectAccessible(parent);
    const other = await visit(OTHER_PUPIL, '/diary');
    expect(await other.getByText('География').count()).toBe(0);
    for (const who of [PARENT, OTHER_PUPIL, OTHER_TEACHER]) {
      const page = await visit(who, '/lessons/geo/join');
      expect(await heading(page)).toBe('Недостаточно прав');
    }
    expect(await heading(await visit(OTHER_TEACHER, LESSON))).toBe('Недостаточно прав');
    expect(await heading(await visit(PUPIL, '/journal'))).toBe('Недостаточно прав');
    const admin = await visit({ role: 'school-admin', school: 's1', sub: 'a1' }, LESSON);
    expect(await admin.getByText('Создан', { exact: true }).count()).toBe(1);
    expect(await link(admin, 'Открыть').count()).toBe(0);
    expect(await link(admin, 'Создать').count()).toBe(0);
  });

  test('everything works without script, by loading anew', async () => {
    const page = await visit(TEACHER, LESSON, { javaScriptEnabled: false });
    await link(page, 'Создать').click();
    expect(await heading(page)).toBe('Настройки дистанционного урока');
    await page.getByLabel('Наименование урока').fill('Без скриптов');
    await button(page, 'Создать').click();
    await link(page, 'Удалить').click();
    expect(await heading(page)).toBe('Удалить дистанционный урок?');
    await button(page, 'Удалить').click();
    expect(await link(page, 'Создать').count()).toBe(1);
    expect(await world.journal()).toEqual(['meeting-create', 'meeting-delete']);
  });

  test('the pages are accessible and fit a phone, light and dark', async () => {
    world.clock.moveTo('2026-10-01T12:55:00Z');
    await world.create();
    await world.ready();
    for (const options of [{}, { colorScheme: 'dark', viewport: PHONE } as const]) {
      for (const [who, path] of [
        [TEACHER, '/journal'],
        [TEACHER, LESSON],
        [TEACHER, `${LESSON}/meeting`],
        [PUPIL, '/diary'],
        [PUPIL, '/diary?week=2026-09-21'],
        [OTHER_PUPIL, '/lessons/geo-2/join'],
        [PUPIL, '/lessons/ended'],
      ] as const) {
        const page = await visit(who, path, options);
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
        await site.leave(page);
      }
    }
  });
});
