/** What an admin sees first, and that every statement of a page about the school's state is true. */
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { findPersonas, type PersonaKind } from '../../src/store/queries/personas.ts';
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

/** Long enough for a machine that other suites share. */
const SOON = { timeout: 45_000 };

describeInBrowser('what an admin sees of the school', () => {
  let site: Console;
  let school: string;
  let people: Record<PersonaKind, string>;

  /** Begins a test with the school after its import, or with all its chats made. */
  async function begin(options: { initialized: boolean }): Promise<void> {
    site = await startConsole({
      env: { LIMIT_APPROVAL_WAIT_MS: '12000' },
      from: await keptSmallSchool(options),
    });
    school = await newestSchool(site.world);
    const personas = await findPersonas(everywhere(site.world.ctx));
    people = Object.fromEntries(personas.map(({ kind, personId }) => [kind, personId])) as typeof people;
  }
  afterEach(async () => {
    expect(site.foreign).toEqual([]);
    expect(site.complaints).toEqual([]);
    await site[Symbol.asyncDispose]();
  });

  const admin = (): Visitor => ({ role: 'school-admin', school, sub: people['school-admin'] });
  const badge = async (page: Page) => Number(await page.locator('.rail .badge').textContent());

  /** Checks that the page as it is now can be used with a screen reader and on a phone. */
  async function expectUsable(page: Page): Promise<void> {
    await expectAccessible(page);
    const size = page.viewportSize()!;
    await page.setViewportSize(PHONE);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize(size);
  }

  /** Sferum refuses the key from now on, which the next change finds out. */
  async function revokeKey(): Promise<void> {
    const { rows } = await sql<{ owner: string; chat: string }>`
      select a.owner_id as owner, c.id as chat from sferum_account a, chat c where c.type = 'staff'`.execute(
      everywhere(site.world.ctx),
    );
    const { owner, chat } = rows[0]!;
    const { world } = site.world.sandbox;
    world.revokeToken(world.token('user', Number(owner)).token);
    const { role, sub } = admin();
    const changed = await site.world.call(
      'PATCH',
      `/v1/chats/${chat}`,
      { role, sub: sub!, school },
      { title: 'Совет' },
    );
    expect(changed.status).toBe(200);
  }

  test('with a dead key every page says since when, and no chat is said to be up to date', async () => {
    await begin({ initialized: true });
    const page = await site.visit(admin(), '/manage');
    expect(await page.locator('td').getByText('актуален').count()).toBeGreaterThan(0);
    await revokeKey();
    const bar = page.getByRole('alert').filter({ hasText: 'Сферум не принимает ключ школы' });
    await expect
      .poll(async () => {
        await page.reload();
        return bar.count();
      }, SOON)
      .toBe(1);
    expect(await page.locator('td').getByText('актуален').count()).toBe(0);
    const rows = await page.locator('tbody tr').count();
    expect(await page.locator('td').getByText('неизвестно').count()).toBe(rows);
    expect(
      await page
        .locator('td')
        .getByText(/сверено в \d\d\.\d\d\.\d{4}/)
        .count(),
    ).toBeGreaterThan(0);
    await expectUsable(page);

    await page.goto(`${site.origin}/overview`);
    await page.getByRole('heading', { level: 1, name: 'Чаты не обновляются' }).waitFor();
    expect(await page.getByRole('region', { name: 'Ждут вас' }).getByRole('listitem').count()).toBe(
      await badge(page),
    );
    await expectUsable(page);
    await page.goto(`${site.origin}/manage`);
    await page.getByRole('link', { name: 'Что делать' }).click();
    const items = page.locator('main ol.stack > li');
    expect(await items.count()).toBe(await badge(page));
    await items.filter({ hasText: 'идентификатор сообщества VK' }).waitFor();
    expect(await page.getByText(/Остальное обновляется само|Всё идёт само/).count()).toBe(0);
    for (const path of ['/', '/unreachable', '/changes', '/settings', '/manage/initialize', '/journal']) {
      await page.goto(`${site.origin}${path}`);
      expect(await bar.count(), path).toBe(1);
    }
    const teacher = await site.visit({ role: 'staff', school, sub: people['subject-teacher'] }, '/manage');
    await teacher.getByRole('alert').getByText('Сообщите администратору школы.').waitFor();
    const pupil = await site.visit({ role: 'student', school, sub: people.student });
    expect(await pupil.getByRole('alert').count()).toBe(0);
  });

  test('the number in the navigation counts what the list shows, whatever it is', async () => {
    await begin({ initialized: true });
    const run = (statement: ReturnType<typeof sql>) => statement.execute(everywhere(site.world.ctx));
    const page = await site.visit(admin(), '/attention');
    await page.getByText('Всё идёт само').waitFor();
    expect(await page.locator('.rail .badge').count()).toBe(0);
    await run(sql`update chat set lacks_admin = true where type = 'class'`);
    await run(sql`update chat set warning = 'no-own-admin' where type = 'parents'`);
    await run(sql`update chat set title = 'Одно', title_key = 'одно' where id in (
      select id from chat where type = 'subject' order by id limit 2)`);
    await run(sql`update school set revision = revision + 1`);
    await run(sql`insert into operation (id, school_id, kind, state, created_by, created_at, finished_at)
      values (gen_random_uuid(), ${school}, 'drift', 'failed', 'test', now(), now())`);
    await page.reload();
    expect(await page.locator('main ol.stack > li').count()).toBe(4);
    expect(await badge(page)).toBe(4);
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      'Сверка со Сферумом: не выполнено',
      expect.stringMatching(/^Нет администратора в Сферуме: \d+.чат/),
      expect.stringMatching(/^Администратор школы замещает: \d+.чат/),
      'Одинаковое наименование: 2\u00a0чата',
    ]);
  });

  test('nothing can be deleted where there is no chat', async () => {
    await begin({ initialized: false });
    const page = await site.visit(admin(), '/manage');
    await page.getByText('Чатов пока нет').waitFor();
    expect(await page.getByRole('button', { name: 'Удалить' }).count()).toBe(0);
    await page.goto(`${site.origin}/unreachable`);
    await page.getByText('Чатов пока нет').waitFor();
    expect(await page.getByText('Все в Сферуме').count()).toBe(0);
    await expectUsable(page);
  });

  test('on a phone the main sections stand below, and «Ещё» opens all of them, without script too', async () => {
    await begin({ initialized: false });
    const page = await site.visit(admin(), '/manage', { viewport: PHONE, javaScriptEnabled: false });
    expect(await page.getByRole('navigation', { name: 'Разделы', exact: true }).isVisible()).toBe(false);
    const below = page.getByRole('navigation', { name: 'Главные разделы' });
    expect(await below.getByRole('link', { name: 'Управление' }).getAttribute('aria-current')).toBe('page');
    await below.getByRole('link', { name: 'Ещё' }).click();
    await page.getByRole('navigation', { name: 'Разделы', exact: true }).getByText('Настройки школы').click();
    await page.getByRole('heading', { level: 1, name: 'Настройки школы' }).waitFor();
    const pupil = await site.visit({ role: 'student', school, sub: people.student }, '/', {
      viewport: PHONE,
    });
    const own = pupil.getByRole('navigation', { name: 'Главные разделы' }).getByRole('link');
    expect(await own.allTextContents()).toEqual(['Чаты', 'Дневник']);
  });

  test('an admin lands on one screen whose figures open, with the classes as picture and table', async () => {
    await begin({ initialized: true });
    const db = everywhere(site.world.ctx);
    // A count comes a minute after the last one, and so does the question which schools are to be counted.
    await sql`delete from setting where key = 'schools-counted'`.execute(db);
    await sql`update school_figures set counted_at = counted_at - interval '1 hour'`.execute(db);
    await expect
      .poll(async () => {
        const { rows } = await sql<{ n: number }>`
          select coalesce(max(jsonb_array_length(by_class)), 0) as n from school_figures`.execute(db);
        return rows[0]!.n;
      }, SOON)
      .toBeGreaterThan(0);
    await sql`insert into school_figures (school_id, day, people, linked, revision, counted_at)
      select school_id, day - n, people, greatest(linked - n, 0), 0, counted_at
      from school_figures, generate_series(1, 14) n`.execute(db);
    const page = await site.visit(admin(), '', { viewport: { width: 1440, height: 900 } });
    expect(new URL(page.url()).pathname).toBe('/overview');
    expect(await page.title()).toMatch(/^Обзор – /);
    await page.getByRole('heading', { level: 1, name: 'Всё идёт само' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThanOrEqual(900);
    await expectUsable(page);
    expect(await page.locator('.spark').count()).toBe(1);
    expect(await page.getByRole('table', { name: 'Доля привязанных по дням' }).getByRole('row').count()).toBe(
      4,
    );

    await page.getByText('Таблицей').click();
    const { rows: classes } = await sql<{ title: string; share: string }>`
      select k.title, format('%s из %s', count(distinct l.person_id), count(distinct m.person_id)) as share
      from membership m join chat c on c.id = m.chat_id and c.type in ('class', 'parents')
        join class k on k.id = c.class_id
        left join profile_link l on l.person_id = m.person_id and l.present and l.vk_user_id is not null
      where m.grounds @> '[{"kind": "enrollment"}]' or m.grounds @> '[{"kind": "guardian"}]'
      group by k.id, k.title`.execute(db);
    const table = page.getByRole('table', { name: 'Доля привязанных по классам' });
    const shown = await table.getByRole('row').allInnerTexts();
    for (const { title, share } of classes) {
      expect(
        shown.some((text) => text.startsWith(title) && text.includes(share)),
        `${title} ${share}`,
      ).toBe(true);
    }
    expect(await page.locator('svg.heat a').count()).toBe(classes.length);
    await page.goto(`${site.origin}/unreachable`);
    expect(await page.locator('svg.heat a').count()).toBe(classes.length);
    expect(await page.locator('.spark').count()).toBe(1);
    await expectAccessible(page);
    await page.goBack();
    await expectUsable(page);

    for (const [name, path] of [
      ['Чаты', '/manage'],
      ['Привязаны к Сферуму', '/unreachable'],
      ['Приказы впереди', '/manage/ahead'],
      ['От приказа до чата', '/delays'],
    ] as const) {
      await page.goto(`${site.origin}/overview`);
      await page.getByRole('main').getByRole('link', { name, exact: true }).click();
      expect(new URL(page.url()).pathname, name).toBe(path);
    }
    await expectUsable(page);
  });

  test('what is held in one chat is decided on the spot, after a question', async () => {
    await begin({ initialized: true });
    const db = everywhere(site.world.ctx);
    const { rows } = await sql<{ chat: string; pupils: string[] }>`
      select (select id from chat where type = 'staff') as chat,
        array(select distinct l.person_id from profile_link l join enrollment e on e.student_id = l.person_id and e.unit = 'class'
          where l.present order by 1 limit 30) as pupils`.execute(db);
    const { chat, pupils } = rows[0]!;
    const { role, sub } = admin();
    const who = { role, school, sub: sub! };
    const added = await site.world.call('PATCH', `/v1/chats/${chat}`, who, { members: { add: pupils } });
    expect(added.status).toBe(200);
    await site.world.settled();
    const crowded = site.world.inSferum('Учительская')!.split(' ').length;
    const id = await site.world.commands.initialize({
      ...{ schoolId: school, types: ['staff'], dryRun: false, strict: true, asOf: null },
      by: { id: 'test', kind: 'operator' },
    });
    expect((await site.world.ended(id)).state).toBe('held');
    const page = await site.visit(admin(), '/overview');
    await page.getByRole('heading', { level: 1, name: 'Всё сошлось, кроме 1\u00a0чата' }).waitFor();
    const row = page.getByRole('listitem').filter({ hasText: /^ждёт решенияУчительская: 30.человек из \d+/ });
    await expectUsable(page);
    await row.getByText('Исключить 30…').click();
    await row.getByText('30\u00a0человек потеряют доступ к переписке «Учительская».').waitFor();
    await expectUsable(page);
    await page.keyboard.press('Escape');
    expect(await row.getByRole('button', { name: 'Исключить 30\u00a0человек' }).isVisible()).toBe(false);
    await row.getByText('Исключить 30…').click();
    await row.getByRole('button', { name: 'Исключить 30\u00a0человек' }).click();
    const waits = page.getByRole('alert').filter({ hasText: 'Исключаем из чата «Учительская»: 30' });
    await waits.getByText(/Начнётся через \d+\sс\. Решение: .+, \d\d\.\d\d\.\d{4}/).waitFor();
    await expect.poll(() => waits.evaluate((e) => e === e.ownerDocument.activeElement)).toBe(true);
    expect(new URL(page.url()).pathname).toBe('/overview');
    expect(await row.count()).toBe(0);
    await expectUsable(page);
    await waits.getByRole('button', { name: 'Отменить' }).click();
    await page.getByRole('alert').filter({ hasText: 'Решение отменено' }).waitFor();
    expect(site.world.inSferum('Учительская')!.split(' ').length).toBe(crowded);
    await row.getByText('Исключить 30…').click();
    await row.getByRole('button', { name: 'Исключить 30\u00a0человек' }).click();
    await waits.waitFor();
    await expect.poll(() => site.world.inSferum('Учительская')!.split(' ').length, SOON).toBe(crowded - 30);
  });

  test('a school without chats is shown its first steps, and begins with three clicks', async () => {
    await begin({ initialized: false });
    const page = await site.visit(admin(), '/overview');
    await page.getByRole('heading', { level: 1, name: 'Осталось создать чаты' }).waitFor();
    const steps = page.getByRole('region', { name: 'Первые шаги' }).getByRole('listitem');
    expect(await steps.getByText(/^(готово|осталось)$/).allTextContents()).toEqual([
      'готово',
      'готово',
      'осталось',
    ]);
    expect(await page.getByText('Всё идёт само').count()).toBe(0);
    await expectUsable(page);
    await page.getByRole('link', { name: 'Инициализировать список чатов' }).click();
    await page.getByRole('button', { name: 'Продолжить' }).click();
    const apply = page.getByRole('button', { name: 'Выполнить' });
    await apply.waitFor(SOON);
    await apply.click();
    await site.world.settled();
    await page.goto(`${site.origin}/overview`);
    expect(await page.getByRole('region', { name: 'Первые шаги' }).count()).toBe(0);
  });
});
