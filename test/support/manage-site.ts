/** The school of «Управление чатами» in a browser, and what its pages are asked to do. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { type Console, startConsole } from './browser.ts';
import { manageRoster, SCHOOL } from './manage-world.ts';
import { initializeAll } from './small-world.ts';

/** Gives the group's tests one site, with the school's chats made. */
export function withManagedSchool(give: (site: Console) => void): void {
  let site: Console | undefined;
  beforeAll(async () => {
    site = await startConsole();
    await site.world.importRoster(manageRoster());
    await initializeAll(site.world, SCHOOL);
    await site.world.settled();
    give(site);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());
}

/** Presses the button of this name. */
export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** Waits until this text is on the page. */
export const said = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();
