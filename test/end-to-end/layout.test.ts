/** Pages stand still while they load: nothing jumps from under the pointer. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Console, describeInBrowser, PHONE, startConsole } from '../support/browser.ts';
import { ADMIN, manageRoster, SCHOOL } from '../support/manage-world.ts';
import { initializeAll } from '../support/small-world.ts';

/** A slow machine paints a page half read, and what is read later must not move it. */
const SLOWER = 4;

const PAGES = [
  ...['/', '/manage', '/manage/new', '/manage/initialize', '/manage/ahead', '/journal', '/people/p1'],
  '/people/p1/export',
  ...[
    '/overview',
    '/delays',
    '/attention',
    '/operations',
    '/rosters',
    '/unreachable',
    '/changes',
    '/settings',
  ],
];

describeInBrowser('pages as they load', () => {
  let site: Console;
  beforeAll(async () => {
    site = await startConsole();
    await site.world.importRoster(manageRoster());
    await initializeAll(site.world, SCHOOL);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test.each([
    ['a wide screen', {}],
    ['a phone', { viewport: PHONE }],
  ])('nothing moves on %s', async (_, options) => {
    const page = await site.visit(ADMIN, '/manage', options);
    const editor = await page.locator('table.data tbody a').first().getAttribute('href');
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    const moved: Record<string, number> = {};
    for (const path of [...PAGES, editor!]) {
      const response = await page.goto(`${site.origin}${path}`);
      expect(response!.status(), path).toBe(200);
      const score = await layoutShift(page);
      if (score > 0) moved[path] = score;
    }
    expect(moved).toEqual({});
  });
});

/** What the browser counted until the page was painted with everything that belongs to it; 0: nothing moved. */
const layoutShift = (page: Page): Promise<number> =>
  page.evaluate(`(async () => {
    let score = 0;
    const count = (entries) => entries.forEach(({ value }) => { score += value; });
    const observer = new PerformanceObserver((list) => count(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    await document.fonts.ready;
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    count(observer.takeRecords());
    return score;
  })()`);
