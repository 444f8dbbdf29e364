/** Pages stand still while they load: nothing jumps from under the pointer. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Console, describeInBrowser, PHONE, startConsole, type Visitor } from '../support/browser.ts';
import { keptManagedSchool } from '../support/manage-site.ts';
import { ADMIN, SCHOOL } from '../support/manage-world.ts';
import { addOperation } from '../support/seeds.ts';

/**
 * How much slower the machine is made. A slow machine paints a page half read, and what is read later must not move it.
 */
const SLOWER = 4;
/** 720: a page of 1440 pixels enlarged to 200 %. */
const WIDTHS = [1440, 1024, 800, 720, 390];

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
    '/readiness',
    '/connection',
  ],
];

const OPERATOR: Visitor = { role: 'operator', school: '*', sub: 'operator' };
const REGION_PAGES = [
  ...['/schools', '/schools/held', '/schools/readiness', '/server', '/server/connection'],
  ...['/server/notifications', '/server/webhooks'],
];

describeInBrowser('pages as they load', () => {
  let site: Console;
  beforeAll(async () => {
    site = await startConsole({ from: await keptManagedSchool() });
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test.each([
    ['a wide screen', {}],
    ['a phone', { viewport: PHONE }],
  ])('nothing moves on %s', async (_, options) => {
    const page = await site.visit(ADMIN, '/manage', { ...options, forOne: true });
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

  test('every control is whole and lies over no other, on every width', async () => {
    const page = await site.visit(ADMIN, '/manage');
    const editor = await page.locator('table.data tbody a').first().getAttribute('href');
    const bad: Record<string, string[]> = {};
    const look = async (page: Page, path: string) => {
      await page.goto(`${site.origin}${path}`);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate('innerWidth')).toBe(width);
        const found = await badlyPlaced(page);
        if (found.length > 0) bad[`${path} ${width}`] = found;
      }
    };
    for (const path of [...PAGES, editor!, `${editor}/pick`]) await look(page, path);
    const operator = await site.visit(OPERATOR, '/schools');
    for (const path of REGION_PAGES) await look(operator, path);
    expect(bad).toEqual({});
  });

  test('while work runs, the header has room for each of its parts, on every width', async () => {
    const { ctx } = site.world;
    await addOperation(ctx.db, {
      ...{ school_id: SCHOOL, state: 'running', created_by: 'a1', created_by_kind: 'person' },
      ...{ started_at: new Date().toISOString(), params: { types: ['class'] }, done: 1, total: 4 },
    });
    const page = await site.visit(ADMIN, '/overview');
    await page.getByRole('banner').getByText('25 %').waitFor();
    const bad: Record<string, string[]> = {};
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const found = await withoutRoom(page);
      if (found.length > 0) bad[width] = found;
    }
    expect(bad).toEqual({});
  });
});

/** No part of the header is narrower, except what a phone shows as an icon. */
const NARROWEST_PX = 40;
const NARROWEST_NAME_PX = 56;

/** Gives the parts of the header that are cut off, or too narrow to read or press, each by its class. */
const withoutRoom = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('.top > *')]
    .filter((el) => el.checkVisibility())
    .filter((el) => {
      const { width, right } = el.getBoundingClientRect();
      const least = el.matches('.brand, .seek') ? ${NARROWEST_NAME_PX} : ${NARROWEST_PX};
      return width < least || right > document.documentElement.clientWidth;
    })
    .map((el) => el.className + ' ' + Math.round(el.getBoundingClientRect().width))`);

/** Gives the controls of a page that are cut off at the right or lie over one another, each by its words. */
const badlyPlaced = (page: Page): Promise<string[]> =>
  page.evaluate(`(() => {
    const scrolls = (el) => el && (/(auto|scroll)/.test(getComputedStyle(el).overflowX) || scrolls(el.parentElement));
    const shown = [...document.querySelectorAll('main :is(input, select, textarea, button, a.button)')]
      .filter((el) => el.type !== 'hidden' && el.checkVisibility({ visibilityProperty: true }) && !el.closest('dialog'))
      .map((el) => ({ el, box: el.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && box.height > 1);
    const words = ({ el }) => el.name || el.textContent.trim() || el.id;
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    const sticks = (el) => el && (/(sticky|fixed)/.test(getComputedStyle(el).position) || sticks(el.parentElement));
    const cut = shown.filter(({ el, box }) => !scrolls(el) && box.right > document.documentElement.clientWidth);
    const covered = shown.filter((one, i) => shown.some((other, j) => j > i && over(one.box, other.box) &&
      !one.el.contains(other.el) && !other.el.contains(one.el) && !sticks(one.el) && !sticks(other.el)));
    const narrow = document.documentElement.clientWidth >= 1024
      ? [...document.querySelectorAll('main table')].filter((table) => {
          const box = table.parentElement;
          return box.scrollWidth > box.clientWidth + 1;
        })
      : [];
    return [...narrow.map((table) => 'table cut: ' + (table.caption?.textContent ?? '')), ...cut.map((one) => 'cut: ' + words(one)), ...covered.map((one) => 'covered: ' + words(one))];
  })()`);

/** Gives the layout shift that the browser counted until the page was painted whole. 0: nothing moved. */
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
