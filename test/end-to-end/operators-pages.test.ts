/** The two bought-in pages work under our policy: swagger-ui and Bull Board, all of it from our own host. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Console,
  describeInBrowser,
  expectNoSidewaysScroll,
  PHONE,
  startConsole,
} from '../support/browser.ts';

describeInBrowser('the operators’ pages', () => {
  let site: Console;
  beforeAll(async () => {
    site = await startConsole();
  });
  afterAll(() => site[Symbol.asyncDispose]());

  test('the queue board shows the queues, and a queue opened from it', async () => {
    const page = await site.visit({ role: 'operator', school: '*' }, '/admin/queues');
    await page.getByRole('link', { name: 'operations' }).first().click();
    await page.waitForURL(/\/admin\/queues\/queue\/operations/);
    await page.reload();
    await page.getByText('operations').first().waitFor();
    expect(site.foreign).toEqual([]);
  });

  test('the description of the API is read in swagger-ui', async () => {
    const page = await site.open('/docs');
    await page.getByRole('heading', { name: 'Как подключить школу' }).waitFor();
    expect(await page.locator('.guide pre').count()).toBe(7);
    await page.locator('#swagger-ui').getByText('/v1/roster-imports').first().waitFor();
    await page.setViewportSize(PHONE);
    await expectNoSidewaysScroll(page);
    expect(site.foreign).toEqual([]);
    // Chromium tells that the board's own <base> is shut off.
    expect(site.complaints.filter((text) => !text.includes('base'))).toEqual([]);
  });
});
