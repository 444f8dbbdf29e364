/** The school of «Управление чатами» in a browser, and what its pages are asked to do. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { startTestApp } from './app.ts';
import { type Console, startConsole } from './browser.ts';
import { type KeptWorld, keptWorld } from './kept-world.ts';
import { manageRoster, SCHOOL } from './manage-world.ts';
import { initializeAll } from './small-world.ts';

/** The school of «Управление чатами» after its import, or with all its chats made. */
export function keptManagedSchool({ initialized = true } = {}): Promise<KeptWorld> {
  return keptWorld(JSON.stringify(['managed school', initialized]), async () => {
    const world = await startTestApp();
    await world.importRoster(manageRoster());
    if (initialized) await initializeAll(world, SCHOOL);
    await world.settled();
    return world;
  });
}

/** Gives the group's tests one site, with the school's chats made. */
export function withManagedSchool(give: (site: Console) => void): void {
  let site: Console | undefined;
  beforeAll(async () => {
    site = await startConsole({ from: await keptManagedSchool() });
    give(site);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());
}

/** Presses the button of this name. */
export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** Waits until this text is on the page. */
export const said = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();
