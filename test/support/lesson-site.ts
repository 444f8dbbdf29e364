/** The console in a browser, with one distance lesson, for each test anew. */
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect } from 'vitest';
import { type Console, entryPath, startConsole, type Visitor } from './browser.ts';
import type { VisitOptions } from './kept-pages.ts';
import { keptLesson, type LessonWorld, lessonWorldOf, movableClock } from './lesson-world.ts';

/** Other suites share the machine. */
export const SOON = { timeout: 20_000 };
export const LESSON = '/journal/lessons/geo';

export interface LessonSite {
  site: Console;
  world: LessonWorld;
  /** Signed in by a link that is fresh by the product's clock. */
  visit(who: Visitor, path: string, options?: VisitOptions): Promise<Page>;
}

/** Gives each test of the group a site of its own. No page may complain or ask another host. */
export function eachWithLessonSite(give: (site: LessonSite) => void): void {
  let site: Console;
  beforeEach(async () => {
    const from = await keptLesson();
    const clock = movableClock(new Date(from.atMs).toISOString());
    site = await startConsole({ clock, env: { LIMIT_SESSION_IDLE_MINUTES: '480' }, from });
    const world = lessonWorldOf(site.world, clock);
    const visit: LessonSite['visit'] = async (who, path, options = {}) => {
      const ageSeconds = Math.round((Date.now() - world.clock.now()) / 1000);
      return site.open(await entryPath(who, path, { ageSeconds }), options);
    };
    give({ site, world, visit });
  });
  afterEach(async () => {
    expect(site.foreign).toEqual([]);
    expect(site.complaints).toEqual([]);
    await site[Symbol.asyncDispose]();
  });
}

export const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent();
export const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true });
export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Gives the window that a click opens. */
export async function opened(page: Page, click: () => Promise<void>): Promise<Page> {
  const [window] = await Promise.all([page.context().waitForEvent('page'), click()]);
  await window.waitForLoadState();
  return window;
}
