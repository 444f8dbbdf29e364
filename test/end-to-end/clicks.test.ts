/** How many presses what people come for takes from their first screen. A press is a click, or Enter after typing. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Console, describeInBrowser, PHONE, startConsole } from '../support/browser.ts';
import { everywhere } from '../support/everywhere.ts';
import { eachWithLessonSite, heading, type LessonSite, opened } from '../support/lesson-site.ts';
import { PUPIL } from '../support/lesson-world.ts';
import { keptManagedSchool } from '../support/manage-site.ts';
import { ADMIN, SCHOOL } from '../support/manage-world.ts';
import { holdRemovals, makeRegion } from '../support/region-rows.ts';
import { initializeAll } from '../support/small-world.ts';

/** Long enough for a machine that other suites share. */
const SOON = { timeout: 45_000 };
const CROWD = Array.from({ length: 14 }, (_, i) => `x${String(i + 1).padStart(2, '0')}`);

/** Presses things and counts the presses. */
function hand() {
  let presses = 0;
  return {
    click: async (what: Locator) => {
      presses += 1;
      await what.click();
    },
    enter: async (page: Page) => {
      presses += 1;
      await page.keyboard.press('Enter');
    },
    presses: () => presses,
  };
}

describeInBrowser('presses from the first screen of a school', () => {
  let site: Console;
  const run = (statement: ReturnType<typeof sql>) => statement.execute(everywhere(site.world.ctx));
  const first = () => site.visit(ADMIN, '/overview');

  beforeAll(async () => {
    site = await startConsole({
      env: { LIMIT_APPROVAL_WAIT_MS: '600000' },
      from: await keptManagedSchool({ initialized: false }),
    });
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test('initialising: 3', async () => {
    const page = await first();
    const { click, presses } = hand();
    await click(page.getByRole('link', { name: 'Инициализировать список чатов' }));
    await click(page.getByRole('button', { name: 'Продолжить' }));
    const apply = page.getByRole('button', { name: 'Выполнить' });
    await apply.waitFor(SOON);
    await click(apply);
    await page.getByRole('heading', { level: 1, name: /^Инициализация/ }).waitFor(SOON);
    expect(presses()).toBe(3);
    await site.world.settled();
    expect(site.world.inSferum('5А класс')).toContain('101');
    await initializeAll(site.world, SCHOOL);
  });

  test('how the school is: 0', async () => {
    const page = await first();
    await page.getByRole('heading', { level: 1, name: 'Всё идёт само' }).waitFor();
    await page.getByText(/^Все чаты совпадают со списками СГО: \d+/).waitFor();
  });

  test('the chats of a pupil, by surname: 2', async () => {
    const page = await first();
    const { click, enter, presses } = hand();
    await page.keyboard.press('/');
    await page.keyboard.type('борисов07');
    await enter(page);
    await click(page.getByRole('link', { name: 'Борисов07 Иван' }));
    await page.getByRole('link', { name: '5Б класс', exact: true }).waitFor();
    expect(presses()).toBe(2);
  });

  test('why somebody is not in a chat: 2', async () => {
    const { rows } = await sql<{ id: string }>`select id from chat where title = '5Б класс'`.execute(
      everywhere(site.world.ctx),
    );
    const removed = { members: { remove: ['x07'] }, reason: 'по заявлению' };
    expect((await site.world.call('PATCH', `/v1/chats/${rows[0]!.id}`, ADMIN, removed)).status).toBe(200);
    const page = await first();
    const { click, enter, presses } = hand();
    await page.keyboard.press('/');
    await page.keyboard.type('борисов07');
    await enter(page);
    await click(page.getByRole('link', { name: 'Борисов07 Иван' }));
    const row = page.getByRole('row').filter({ hasText: '5Б класс' }).first();
    await row
      .getByText(/исключ/i)
      .first()
      .waitFor();
    expect(presses()).toBe(2);
  });

  test('what was done last night: 1', async () => {
    const page = await first();
    const { click, presses } = hand();
    const day = page.getByRole('region', { name: 'За сутки' });
    await day.getByText('Загрузка списков из СГО').waitFor();
    await click(day.getByRole('link', { name: /Инициализация выполнена/ }).first());
    await page.getByRole('heading', { name: 'Что сделано' }).waitFor();
    expect(presses()).toBe(1);
  });

  test('a job that runs: 0', async () => {
    const id = randomUUID();
    await run(sql`insert into operation (id, school_id, kind, params, state, created_by, created_by_kind, created_at, started_at)
      values (${id}, ${SCHOOL}, 'initialization', '{"following": true, "types": ["class"]}', 'running', 'a1', 'person', now(), now())`);
    await run(sql`insert into operation_chat (operation_id, chat_id, school_id, ordinal, first_action, type, title, actions, generation, done_at)
      select ${id}, gen_random_uuid(), ${SCHOOL}, n, n, 'class', 'Чат', '[]', 1, case when n = 1 then now() end from generate_series(1, 4) n`);
    const page = await first();
    await page.getByRole('banner').getByText('25 %').waitFor();
    await run(sql`delete from operation_chat where operation_id = ${id}`);
    await run(sql`delete from operation where id = ${id}`);
  });

  test('what one school holds: 2', async () => {
    const { rows } = await sql<{ id: string }>`select id from chat where title = 'Учительская'`.execute(
      everywhere(site.world.ctx),
    );
    await site.world.call('PATCH', `/v1/chats/${rows[0]!.id}`, ADMIN, { members: { add: CROWD } });
    await site.world.settled();
    const held = await site.world.commands.initialize({
      ...{ schoolId: SCHOOL, types: ['staff'], dryRun: false, strict: true, asOf: null },
      by: { id: 'test', kind: 'operator' },
    });
    expect((await site.world.ended(held)).state).toBe('held');
    const page = await first();
    const { click, presses } = hand();
    await click(page.getByText('Исключить 14…'));
    await click(page.getByRole('button', { name: /^Исключить 14\sчеловек/ }));
    await page.getByRole('alert').filter({ hasText: 'Исключаем из чата «Учительская»: 14' }).waitFor();
    expect(presses()).toBe(2);
  });
});

describeInBrowser('presses of an operator', () => {
  test('what thirty schools hold: 3, and the number typed', async () => {
    await using site = await startConsole({ env: { LIMIT_APPROVAL_WAIT_MS: '600000' } });
    await makeRegion(site.world.ctx, { schools: 40, chats: 2, people: 12 });
    for (let at = 1; at <= 30; at++) await holdRemovals(site.world.ctx, `s${at}`, 4);
    const page = await site.visit({ role: 'operator', school: '*', sub: 'operator' }, '/schools');
    const { click, presses } = hand();
    await click(page.locator('.rail').getByRole('link', { name: 'Ждут решения' }));
    await click(page.getByRole('link', { name: 'Выбрать все (30)' }));
    await page.getByLabel('Чтобы исключить, введите число 120').fill('120');
    await click(page.getByRole('button', { name: 'Исключить 120 человек' }));
    await page
      .getByRole('alert')
      .filter({ hasText: 'Исключаем 120\u00a0человек в 30\u00a0школах' })
      .waitFor();
    expect(presses()).toBe(3);
  });
});

describeInBrowser('presses of a pupil on a phone', () => {
  let world: LessonSite['world'];
  let visit: LessonSite['visit'];
  eachWithLessonSite((given) => {
    ({ world, visit } = given);
  });

  test.each(['/', '/diary'])('into the lesson that runs, from %s: 1, without a scroll', async (path) => {
    world.clock.moveTo('2026-10-01T12:55:00Z');
    await world.create();
    await world.ready();
    const page = await visit(PUPIL, path, { viewport: PHONE });
    const { click, presses } = hand();
    const enter = page.getByRole('region', { name: 'Идёт урок' }).getByRole('link', { name: 'Войти' });
    const box = (await enter.boundingBox())!;
    expect(box.y + box.height).toBeLessThanOrEqual(PHONE.height);
    const call = await opened(page, () => click(enter));
    expect(await heading(call)).toBe('Звонок Сферума');
    expect(presses()).toBe(1);
  });
});
