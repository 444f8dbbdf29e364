/** «Классы под новыми номерами» (K4): what is proposed, and a decision about one class. */
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
import { initializeAll } from '../support/small-world.ts';

describeInBrowser('classes under new ids', () => {
  let site: Console;
  beforeAll(async () => {
    site = await startConsole();
    const files = linkedRoster();
    await site.world.importRoster(files);
    await initializeAll(site.world, 's1');
    const under = (file: string, ...pairs: [string, string][]) =>
      pairs.reduce((text, [from, to]) => text.replaceAll(from, to), files[file]!);
    await site.world.importRoster({
      ...files,
      'classes.csv': under('classes.csv', ['c5a,', 'c6a,'], ['5А,', '6А,']),
      'enrollments.csv': under('enrollments.csv', ['c5a,', 'c6a,']),
    });
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test('a proposal says what it is about, and its decision keeps the chat', async () => {
    const page = await site.visit(ADMIN, '/classes');
    await page.getByText('5А').first().waitFor();
    await page.getByText('6А').first().waitFor();
    await expectAccessible(page);
    const phone = await site.visit(ADMIN, '/classes', { viewport: PHONE });
    await expectNoSidewaysScroll(phone);
    await page
      .getByRole('button', { name: /Продолжить/ })
      .first()
      .click();
    await expect.poll(() => site.world.inSferum('6А класс'), { timeout: 20_000 }).toContain('101*');
    expect(site.world.inSferum('5А класс')).toBeNull();
  });
});
