/** «Люди под новыми номерами» (K4): what is proposed, and one decision about all of them from the keyboard. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Console,
  describeInBrowser,
  expectAccessible,
  expectNoSidewaysScroll,
  PHONE,
  startConsole,
} from '../support/browser.ts';
import { linkedRoster } from '../support/chat-world.ts';
import { ADMIN } from '../support/manage-world.ts';
import { newIdOf, peopleOf, underNewIds } from '../support/new-ids.ts';
import { withRows } from '../support/roster-files.ts';
import { initializeAll } from '../support/small-world.ts';

/** СГО gives nothing but the name of «Ли Анна». */
const LISTS = withRows(linkedRoster(), 'users.csv', 'x1,,s1,administrator,,Анна,Ли,,');
const SURE = peopleOf(LISTS).length - 1;
/** More than the page has controls that can be reached. */
const TABS_AT_MOST = 200;

describeInBrowser('people under new ids', () => {
  let site: Console;
  beforeAll(async () => {
    site = await startConsole();
    await site.world.importRoster(LISTS);
    await initializeAll(site.world, 's1');
    await site.world.importRoster(underNewIds(LISTS));
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test('what waits leads to the page, and one press keeps everybody who is in no doubt in their chats', async () => {
    const { world } = site;
    const before = world.inSferum('5А класс');
    const overview = await site.visit(ADMIN, '/attention');
    await overview.getByText('Под новыми номерами').first().waitFor();
    await overview.getByRole('link', { name: 'Посмотреть и решить' }).first().click();
    await overview.waitForURL(/same-people/);

    const phone = await site.visit(ADMIN, '/same-people', { viewport: PHONE });
    await expectNoSidewaysScroll(phone);
    const page = await site.visit(ADMIN, '/same-people');
    await page.getByText('Абаев Марк').first().waitFor();
    await expectAccessible(page);
    const focused = () => page.locator(':focus').allTextContents();
    for (let n = 0; n < TABS_AT_MOST && !String(await focused()).includes('Это те же люди'); n++) {
      await page.keyboard.press('Tab');
    }
    expect(String(await focused())).toContain(`(${SURE})`);
    await page.keyboard.press('Enter');
    // A person known by nothing but a name is not among «все», and is the only one left.
    const left = page.locator('tr', { hasText: 'совпало только имя: возможно, это тёзка' });
    await left.getByText('Ли Анна').waitFor();
    await left.getByRole('button', { name: 'Тот же человек' }).click();
    await page.getByText('Решать нечего').waitFor();
    await world.settled();
    expect(world.inSferum('5А класс')).toBe(before);
    // An old link to the person leads to the page of the new id.
    const person = await site.visit(ADMIN, '/people/p1');
    await person.getByRole('heading', { name: 'Абаев Марк' }).waitFor();
    expect(await person.locator(`form[action="/people/${newIdOf('p1')}/check"]`).count()).toBe(1);
  });
});
