/** «Паузы списков» (K3) of a school and of the region, and what every page says during a pause. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
import { keptSmallSchool, newestSchool } from '../support/small-world.ts';

const OPERATOR: Visitor = { role: 'operator', school: '*', sub: 'operator' };

describeInBrowser('pauses of the lists', () => {
  let site: Console;
  let admin: Visitor;
  let pupil: Visitor;
  beforeAll(async () => {
    site = await startConsole({ from: await keptSmallSchool() });
    const school = await newestSchool(site.world);
    const one = async (role: string) => {
      const { rows } = await sql<{ id: string }>`select id from person
        where school_id = ${school} and ${role} = any(roles) order by id limit 1`.execute(
        everywhere(site.world.ctx),
      );
      return rows[0]!.id;
    };
    admin = { role: 'school-admin', school, sub: await one('administrator') };
    pupil = { role: 'student', school, sub: await one('student') };
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const today = () => new Date(site.world.ctx.clock.now()).toISOString().slice(0, 10);
  const typed = (plusDays: number) =>
    new Date(Date.parse(today()) + plusDays * 24 * 3600_000)
      .toISOString()
      .slice(0, 10)
      .split('-')
      .reverse()
      .join('.');

  test('a school’s admin takes the offer for the summer, and takes it back', async () => {
    const page = await site.visit(admin, '/settings');
    await page.getByRole('link', { name: 'Паузы' }).click();
    await expectAccessible(page);
    expect(await page.getByLabel('Первый день').inputValue()).toMatch(/^24\.05\./);
    expect(await page.getByLabel('Последний день').inputValue()).toMatch(/^25\.08\./);
    await page.getByRole('button', { name: 'Добавить' }).click();
    await page.getByText('Пауза добавлена').waitFor();
    await page.getByRole('button', { name: 'Удалить' }).click();
    await page.getByText('Пауза удалена').waitFor();
    expect(await page.getByRole('button', { name: 'Удалить' }).count()).toBe(0);
  });

  test('what cannot be is said beside the field, as it was typed', async () => {
    const page = await site.visit(admin, '/settings/pauses');
    await page.getByLabel('Первый день').fill(typed(9));
    await page.getByLabel('Последний день').fill(typed(1));
    await page.getByRole('button', { name: 'Добавить' }).click();
    await page.getByText('заканчивается раньше, чем начинается').waitFor();
    expect(await page.getByLabel('Первый день').inputValue()).toBe(typed(9));
  });

  test('it is told before it begins; while it is on every page says so, to pupils in their words', async () => {
    const page = await site.visit(admin, '/settings/pauses');
    await page.getByLabel('Первый день').fill(typed(5));
    await page.getByLabel('Последний день').fill(typed(9));
    await page.getByRole('button', { name: 'Добавить' }).click();
    await page.getByText(`Скоро пауза: ${typed(5)} – ${typed(9)}.`).waitFor();
    await page.getByLabel('Первый день').fill(typed(-1));
    await page.getByLabel('Последний день').fill(typed(4));
    await page.getByRole('button', { name: 'Добавить' }).click();
    for (const path of ['/overview', '/manage', '/']) {
      await page.goto(site.origin + path);
      await page.getByText(`Пауза: ${typed(-1)} – ${typed(9)}.`).waitFor();
    }
    await page.goto(`${site.origin}/overview`);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Что изменится после паузы' }).click();
    await page
      .getByText(`на ${typed(10)}`)
      .first()
      .waitFor();
    const phone = await site.visit(pupil, '/', { viewport: PHONE });
    await phone.getByText('Новые списки школы попадут в чаты после неё').waitFor();
    await expectNoSidewaysScroll(phone);
  });

  test('an operator pauses one school, and sees which schools are paused', async () => {
    const page = await site.visit(OPERATOR, '/server');
    await page.getByRole('link', { name: 'Паузы' }).click();
    await page.getByLabel('Первый день').fill(typed(20));
    await page.getByLabel('Последний день').fill(typed(30));
    await page.getByLabel('Идентификатор школы').fill('none');
    await page.getByRole('button', { name: 'Добавить' }).click();
    await page.getByText('Нет школы «none»').waitFor();
    await page.getByLabel('Идентификатор школы').fill(admin.school);
    await page.getByRole('button', { name: 'Добавить' }).click();
    await page.getByText('Пауза добавлена').waitFor();
    await page.goto(`${site.origin}/schools?state=paused`);
    await page.getByText('пауза').first().waitFor();
  });
});
