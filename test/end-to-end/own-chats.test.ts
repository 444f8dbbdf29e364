import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

const LINK = 'Привязать учебный профиль VK ID';
const UNLINK = 'Отменить привязку учебного профиля VK ID';
const LINKED = 'Ваша учётная запись связана с учебным профилем Сферума';
const MESSENGER = 'Перейти в VK Мессенджер';
const MANAGE = 'Управление чатами';

describeInBrowser('«Чаты», as everybody sees them', () => {
  let site: Console;
  let people: Record<PersonaKind, Visitor & { name: string }>;

  beforeAll(async () => {
    site = await startConsole({ from: await keptSmallSchool() });
    const school = await newestSchool(site.world);
    const personas = await findPersonas(everywhere(site.world.ctx));
    const role = {
      'school-admin': 'school-admin',
      'homeroom-teacher': 'staff',
      'subject-teacher': 'staff',
    } as const;
    people = Object.fromEntries(
      personas.map(({ kind, personId, name }) => [
        kind,
        {
          sub: personId,
          school,
          name,
          role: role[kind as keyof typeof role] ?? kind.replace('unlinked-', ''),
        },
      ]),
    ) as typeof people;
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const button = (page: Page, name: string) =>
    page.getByRole(name === LINK ? 'button' : 'link', { name, exact: true });

  test('a linked pupil has his cards, the messenger and the unlinking, and no management (A1, A3, A4)', async () => {
    const page = await site.visit(people.student);
    await expect.poll(() => page.title(), { timeout: 20_000 }).toContain('Чаты');
    expect(await page.getByText(LINKED, { exact: true }).count()).toBe(1);
    expect(await button(page, MESSENGER).count()).toBe(1);
    expect(await button(page, UNLINK).count()).toBe(1);
    expect(await page.getByText(MANAGE).count()).toBe(0);
    expect(await button(page, LINK).count()).toBe(0);

    const { rows } = await sql<{ title: string; people: string }>`
      select c.title, count(*) as people from chat c join membership m on m.chat_id = c.id
      where c.id in (select chat_id from membership where person_id = ${people.student.sub})
      group by c.id order by c.title_key collate "C"`.execute(everywhere(site.world.ctx));
    const cards = page.locator('.chats > li');
    expect(await cards.locator('h3').allTextContents()).toEqual(rows.map(({ title }) => title));
    const [first] = await cards.allTextContents();
    expect(first).toMatch(/Администраторы чата: \S+ \S+ \S+/);
    expect(first).toContain(`Участников чата: ${rows[0]!.people}`);
    expect(first).toMatch(/Учительская|Класс|Родители|Предметы/);
  });

  test('three cards in a row on a wide screen, one on a phone (A4)', async () => {
    const columns = (page: Page) =>
      page.evaluate<number>(
        `getComputedStyle(document.querySelector('.chats')).gridTemplateColumns.split(' ').length`,
      );
    expect(await columns(await site.visit(people.student))).toBe(3);
    const phone = await site.visit(people.student, '/', { viewport: PHONE });
    expect(await columns(phone)).toBe(1);
    await expectNoSidewaysScroll(phone);
  });

  test('staff are led to management, a parent is refused it (A1)', async () => {
    const teacher = await site.visit(people['homeroom-teacher']);
    await button(teacher, MANAGE).first().click();
    expect(await teacher.getByRole('heading', { level: 1 }).textContent()).toBe(MANAGE);

    const parent = await site.visit(people.parent, '/manage');
    expect(await parent.getByRole('heading', { level: 1 }).textContent()).toBe('Недостаточно прав');
    expect((await parent.goto(`${site.origin}/manage`))!.status()).toBe(403);
  });

  test('linking by VK ID brings a pupil into all his chats in Sferum, unlinking takes him out (A2, A5, A6)', async () => {
    const vkUserId = 770_000_001;
    const chatsInSferum = () =>
      [...site.world.sandbox.world.chats.values()]
        .filter((chat) => chat.members.has(vkUserId))
        .map((c) => c.title)
        .sort();
    const page = await site.visit(people['unlinked-student']);
    const titles = await page.locator('.chats h3').allTextContents();
    expect(titles.length).toBeGreaterThan(0);

    await button(page, LINK).click();
    await page.getByLabel('Идентификатор VK').fill(String(vkUserId));
    await page.getByRole('button', { name: 'Разрешить' }).click();
    const asked = page.getByRole('heading', { level: 1, name: 'Привязать профиль' });
    await asked.waitFor();
    const account = people['unlinked-student'].name;
    expect(await asked.textContent()).toBe(
      `Привязать профиль «Пользователь ${vkUserId}» (VK ID ${vkUserId}) к учётной записи «${account}»?`,
    );
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    expect(chatsInSferum()).toEqual([]);
    await page.getByRole('button', { name: 'Привязать', exact: true }).click();
    await page.getByText(LINKED, { exact: true }).waitFor();
    expect(await page.getByRole('status').textContent()).toContain('Профиль привязан');
    await site.world.settled();
    expect(chatsInSferum()).toEqual([...titles].sort());

    await button(page, UNLINK).click();
    const dialog = page.getByRole('dialog', { name: `${UNLINK}?` });
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(false);
    expect(chatsInSferum()).toHaveLength(titles.length);
    await button(page, UNLINK).focus();
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Отменить привязку' }).press('Enter');
    await button(page, LINK).waitFor();
    await site.world.settled();
    expect(chatsInSferum()).toEqual([]);
    expect(await page.locator('.chats h3').allTextContents()).toEqual(titles);
  });

  test('a refusal at VK ID and a profile of somebody else are told kindly, and change nothing (A7)', async () => {
    const page = await site.visit(people['unlinked-student']);
    await button(page, LINK).click();
    await page.getByRole('button', { name: 'Отказаться' }).click();
    await button(page, LINK).waitFor();
    expect(await page.getByRole('status').textContent()).toContain('Вы не дали согласия в VK ID');

    const { rows } = await sql<{ vk: string }>`select vk_user_id as vk from profile_link
      where person_id = ${people.parent.sub} and present`.execute(everywhere(site.world.ctx));
    await button(page, LINK).click();
    await page.getByLabel('Идентификатор VK').fill(rows[0]!.vk);
    await page.getByRole('button', { name: 'Разрешить' }).click();
    await page.getByRole('button', { name: 'Привязать', exact: true }).click();
    await button(page, LINK).waitFor();
    expect(await page.getByRole('status').textContent()).toContain(
      'Профиль VK уже привязан к другому человеку',
    );

    const back = page.url();
    await page.goto(`${site.origin}/profile/callback?state=${'x'.repeat(43)}&code=c&device_id=d`);
    expect(page.url()).toBe(back);
    expect(await page.getByRole('status').textContent()).toContain('Привязка не завершена');
    const links =
      await sql`select from profile_link where person_id = ${people['unlinked-student'].sub} and present`.execute(
        everywhere(site.world.ctx),
      );
    expect(links.rows).toHaveLength(0);
  });

  test('without script unlinking is asked on a page of its own', async () => {
    const page = await site.visit(people.parent, '/', { javaScriptEnabled: false });
    await button(page, UNLINK).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(`${UNLINK}?`);
    await page.getByRole('link', { name: 'Отмена' }).click();
    expect(await page.getByText(LINKED, { exact: true }).count()).toBe(1);
  });

  test('names of any kind are shown as text', async () => {
    const name = `<img src=x onerror=alert(1)> "'&\u202e ${'ы'.repeat(200)} 👩‍🏫`;
    await sql`update person set family_name = ${name} where id = ${people.parent.sub}`.execute(
      everywhere(site.world.ctx),
    );
    const page = await site.visit(people.parent, '/', { viewport: PHONE });
    expect(await page.locator('.who .name').textContent()).toContain(name);
    expect(await page.locator('img').count()).toBe(0);
    await expectNoSidewaysScroll(page);
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing on «Чаты» of anybody (%s)',
    async (colorScheme) => {
      for (const who of Object.values(people)) {
        const page = await site.visit(who, '/', { colorScheme });
        await expectAccessible(page);
        await site.leave(page);
      }
    },
  );

  test('nothing was asked of other hosts, and no page complained', () => {
    expect(site.foreign).toEqual([]);
    expect(site.complaints).toEqual([]);
  });
});
