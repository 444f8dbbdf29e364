/** What a school rarely sees: everything that stands still until a person decides about it or mends it. */
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { makeSchool } from '../../src/demo/school/make-school.ts';
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
import { asOwner, everywhere } from '../support/everywhere.ts';
import { press } from '../support/manage-site.ts';
import { initializeAll, keptSmallSchool, newestSchool, TODAY } from '../support/small-world.ts';

const OPERATOR = { role: 'operator', sub: 'operator' } as const;
const OTHER_COMMUNITY = 77;
/** Long enough for a machine that other suites share. */
const SOON = { timeout: 20_000 };
const WHOLE = makeSchool({ seed: 7, size: 'small', today: TODAY }).files;

describeInBrowser('what stands still until somebody decides', () => {
  let site: Console;
  let school: string;
  let people: Record<PersonaKind, string>;

  /** Begins a test with the school after its import, or with all its chats made. */
  async function begin(options: { initialized: boolean }): Promise<void> {
    site = await startConsole({
      env: { LIMIT_APPROVAL_WAIT_MS: '500' },
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
  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor();
  const task = (page: Page, title: string | RegExp) =>
    page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 2, name: title }) });

  /** Checks that the page as it is now can be used with a screen reader and on a phone. */
  async function expectUsable(page: Page): Promise<void> {
    await expectAccessible(page);
    const size = page.viewportSize()!;
    await page.setViewportSize(PHONE);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize(size);
  }

  function connect(tokenKind: 'user' | 'community'): Promise<Response> {
    const { communityId, userToken, communityToken } = site.world.sandbox.world.connectSchool({
      communityId: OTHER_COMMUNITY,
    });
    const accessToken = tokenKind === 'user' ? userToken : communityToken;
    const body = { communityId, accessToken, tokenKind, requestsPerSecond: 200, replaceAccount: true };
    return site.world.call('PUT', `/v1/schools/${school}/sferum`, OPERATOR, body);
  }

  test('lists that were cut are accepted by the school’s admin, who is told what that means (J2)', async () => {
    await begin({ initialized: true });
    const rows = String(WHOLE['enrollments.csv']).split('\n');
    const places = rows.filter((row) => row.includes(',student,'));
    const lost = new Set(places.filter((_, at) => at % 5 < 3));
    const files = Object.fromEntries(Object.entries(WHOLE).map(([name, text]) => [name, String(text)]));
    await site.world.importRoster({
      ...files,
      'enrollments.csv': rows.filter((row) => !lost.has(row)).join('\n'),
    });
    const page = await site.visit(admin(), '/attention');
    expect(await page.locator('.rail .badge').textContent()).toBe('1');
    const item = task(page, 'Списки из СГО приняты не полностью');
    await item.getByText(/никто не исключён/).waitFor();
    await expectUsable(page);
    await item.getByRole('link', { name: 'Посмотреть и решить' }).click();
    await heading(page, 'Загрузка списков из СГО');
    await page.getByText(/Выгрузка похожа на неполную/).waitFor();
    expect(await page.locator('.rail [aria-current]').innerText()).toBe('Работы');
    await expectUsable(page);
    await page.getByRole('link', { name: 'Списки верны, принять' }).click();
    await heading(page, 'Принять списки?');
    const leave = (await page.locator('.panel strong').textContent()) ?? '';
    expect(leave).toMatch(/^\d+\sчеловек\S?, \d+\sмест\S? в \d+\sчат/);
    const [peopleLeaving, placesLeft] = (leave.match(/\d+/g) ?? []).map(Number);
    expect(peopleLeaving).toBeLessThan(placesLeft!);
    const classes = page
      .locator('details.branch')
      .filter({ has: page.getByRole('heading', { name: 'Класс' }) });
    await classes.getByText('5А класс').click();
    const person = classes
      .getByRole('listitem')
      .filter({ hasText: /^Исключить: .* – нет больше основания: учится в/ });
    expect(await person.first().getByRole('link').getAttribute('href')).toMatch(/^\/people\//);
    await expectUsable(page);
    await page.getByLabel('Тип чата').selectOption('subject');
    await page.getByLabel('Что меняется').selectOption('remove');
    await press(page, 'Показать');
    await page.locator('details.branch details.branch').filter({ hasText: '5А' }).first().click();
    expect(await classes.count()).toBe(0);
    await expectUsable(page);
    const [total] = /\d+/.exec(leave)!;
    await press(page, `Списки верны, принять (${total})`);
    await page.getByText('Принимаем списки из СГО').waitFor();
    await expect
      .poll(async () => {
        await page.goto(`${site.origin}/attention`);
        return task(page, 'Списки из СГО приняты не полностью').count();
      }, SOON)
      .toBe(0);
  });

  test('a replaced account asks whether chats may be made anew, and nobody is asked about lists (D12)', async () => {
    await begin({ initialized: true });
    expect((await connect('user')).status).toBe(200);
    const page = await site.visit(admin(), '/attention');
    await task(page, 'Новые чаты не создаются')
      .getByText(/заново нужно подтвердить/)
      .waitFor();
    expect(
      await page
        .getByRole('main')
        .getByText(/Списки из СГО/)
        .count(),
    ).toBe(0);
    expect(await page.getByRole('link', { name: 'Посмотреть и решить' }).count()).toBe(1);
    expect(
      await page
        .getByRole('listitem')
        .filter({ has: page.getByRole('heading', { level: 2 }) })
        .count(),
    ).toBe(1);
    await expectUsable(page);
    await page.goto(`${site.origin}/settings`);
    await page.getByText('Новые чаты не создаются').waitFor();
    await expectUsable(page);
    const { rows } = await sql<{ id: string }>`
      select id from operation where kind = 'account-replacement'`.execute(everywhere(site.world.ctx));
    await page.goto(`${site.origin}/manage/operations/${rows[0]!.id}`);
    await heading(page, 'Замена учётной записи Сферума');
    expect(await page.getByRole('button', { name: /Списки верны/ }).count()).toBe(0);
    await expectUsable(page);
    await press(page, 'Создать чаты заново');
    await expect
      .poll(async () => {
        await page.goto(`${site.origin}/attention`);
        return task(page, 'Новые чаты не создаются').count();
      }, SOON)
      .toBe(0);
  });

  test('a chat that cannot be made says so in the work list, in the list of chats and in its editor', async () => {
    await begin({ initialized: false });
    const { rows } = await sql<{ owner: number }>`
      select owner_id as owner from sferum_account where school_id = ${school}`.execute(
      everywhere(site.world.ctx),
    );
    const ownerId = Number(rows[0]!.owner);
    site.world.sandbox.world.faults.add({ method: 'messages.createChat', fault: 100, ownerId, times: 1 });
    await initializeAll(site.world, school);
    const page = await site.visit(admin(), '/attention');
    await expect
      .poll(async () => {
        await page.reload();
        return page.getByRole('heading', { level: 2, name: /не обновля/ }).count();
      }, SOON)
      .toBe(1);
    await expectUsable(page);
    await page.getByRole('link', { name: 'Открыть чат' }).click();
    await page
      .getByText(/администратору сервера/)
      .first()
      .waitFor();
    await expectUsable(page);
    // The obstacle is gone: one press, and the step is tried at once.
    await press(page, 'Попробовать ещё раз');
    await page.getByText('Пробуем ещё раз').waitFor();
    await site.world.settled();
    await page.reload();
    expect(await page.getByRole('button', { name: 'Попробовать ещё раз' }).count()).toBe(0);
    await page.goto(`${site.origin}/manage?condition=failing`);
    await expectUsable(page);
  });

  test('with a community’s token people enter by «Войти в чат» on their own cards (A8)', async () => {
    await begin({ initialized: false });
    expect((await connect('community')).status).toBe(200);
    await initializeAll(site.world, school);
    for (const role of ['student', 'parent'] as const) {
      const page = await site.visit({ role, school, sub: people[role] });
      const links = page.getByRole('link', { name: /^Войти в чат/ });
      const cards = await page.locator('.chat').count();
      expect(cards, role).toBeGreaterThan(0);
      expect(await links.count(), role).toBe(cards);
      expect(await links.first().getAttribute('href')).toContain('/join/');
      await expectUsable(page);
    }
  });

  test('lessons whose calls cannot be started are told to the admin with what to do (I8)', async () => {
    await begin({ initialized: false });
    const message = 'Ключ школы для звонков не действует: администратор сервера должен задать новый.';
    await sql`insert into meeting (school_id, lesson_id, author_id, asked_at, due_at, condition, condition_reason,
        condition_message, condition_since)
      values (${school}, 'l1', 't1', now(), now() + interval '1 hour', 'failing', 'token', ${message}, now())`.execute(
      everywhere(site.world.ctx),
    );
    const page = await site.visit(admin(), '/attention');
    expect(await page.locator('.rail .badge').textContent()).toBe('1');
    await task(page, 'Звонок не начинается: 1 дистанционный урок').getByText(message).waitFor();
    await expectUsable(page);
  });

  test('the picker tells a parent by his children, and offers none whose last child has left (C3, D6)', async () => {
    await begin({ initialized: true });
    const { rows } = await sql<{ chat: string; name: string; family: string; child: string; class: string }>`
      select c.id as chat, p.family_name as family, concat_ws(' ', p.family_name, p.given_name, p.middle_name) as name,
        concat_ws(' ', s.family_name, s.given_name) as child, k.title as class
      from guardian g join person p on p.id = g.guardian_id join person s on s.id = g.student_id
        join enrollment e on e.student_id = s.id and e.unit = 'class' join class k on k.id = e.unit_id,
        chat c where c.type = 'staff' and p.id = ${people.parent}`.execute(everywhere(site.world.ctx));
    const { chat, name, family, child, class: title } = rows[0]!;
    const query = new URLSearchParams({ role: 'parent', lastName: family });
    const page = await site.visit(admin(), `/manage/chats/${chat}/pick?${query}`);
    const row = page.getByRole('row').filter({ has: page.getByRole('checkbox', { name }) });
    await row.getByText(`${child}, ${title}`).waitFor();
    expect(await row.getByRole('checkbox').isEnabled()).toBe(true);
    await expectUsable(page);

    await sql`update enrollment set ends_on = '2020-01-01' where student_id in (
      select student_id from guardian where guardian_id = ${people.parent})`.execute(
      everywhere(site.world.ctx),
    );
    await page.reload();
    await row.getByText('Детей в школе сейчас нет').waitFor();
    expect(await row.getByRole('checkbox').isEnabled()).toBe(false);
    await expectUsable(page);
  });

  test('a session that is over, a page that is not for one, and a fault of ours say what to do next', async () => {
    await begin({ initialized: false });
    const page = await site.visit(admin(), '/manage');
    await sql`update console_session set expires_at = now() - interval '1 minute'`.execute(
      everywhere(site.world.ctx),
    );
    await page.reload();
    await heading(page, 'Сеанс закончился');
    await page.getByText(/Откройте «Сетевой город»/).waitFor();
    await expectUsable(page);

    const teacher = await site.visit({ role: 'staff', school, sub: people['homeroom-teacher'] }, '/changes');
    await heading(teacher, 'Недостаточно прав');
    await expectUsable(teacher);
    await teacher.getByRole('link', { name: 'На главную' }).click();
    await heading(teacher, 'Чаты');

    await asOwner(site.world.ctx, 'alter table journal rename to journal_elsewhere');
    const broken = await site.visit(admin(), '/changes');
    await heading(broken, 'Что-то сломалось у нас');
    await expectUsable(broken);
    await asOwner(site.world.ctx, 'alter table journal_elsewhere rename to journal');
  });
});
