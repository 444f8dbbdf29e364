/** Pages that the tests of one console use one after another: a new browser context costs as much as three pages. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export interface VisitOptions extends BrowserContextOptions {
  /** Nobody uses its page afterwards: the test changes what cannot be put back, as the page's clock or its pace. */
  forOne?: boolean;
}

export interface KeptPages {
  /** A page without a session, as a new context has it. It may show the last answer of the origin. */
  take(options: VisitOptions): Promise<Page>;
  /** Puts back what a test changed, and lets others take the page. Does nothing the second time. */
  giveBack(page: Page): Promise<void>;
  close(): Promise<void>;
}

const DEFAULTS = { viewport: { width: 1280, height: 800 }, locale: 'ru-RU', colorScheme: 'light' } as const;

/** `watch` is called once for each page. */
export function keptPages(
  { browser, origin }: { browser: () => Promise<Browser>; origin: string },
  watch: (page: Page) => void,
): KeptPages {
  const contexts = new Set<BrowserContext>();
  const taken = new Map<Page, VisitOptions>();
  const free = new Map<string, Page[]>();

  async function make(options: BrowserContextOptions): Promise<Page> {
    const context = await (await browser()).newContext(options);
    contexts.add(context);
    context.once('close', () => contexts.delete(context));
    const page = await context.newPage();
    watch(page);
    return page;
  }

  return {
    async take({ forOne = false, ...given }) {
      const options = { ...DEFAULTS, ...given };
      const page = (forOne ? undefined : free.get(JSON.stringify(options))?.pop()) ?? (await make(options));
      taken.set(page, { ...options, forOne });
      return page;
    },
    async giveBack(page) {
      const given = taken.get(page);
      if (!given) return;
      taken.delete(page);
      const { forOne, ...options } = given;
      if (forOne || !(await isPutBack(page, options, origin))) return page.context().close();
      const kind = JSON.stringify(options);
      free.set(kind, [...(free.get(kind) ?? []), page]);
    },
    close: async () => void (await Promise.all([...contexts].map((context) => context.close()))),
  };
}

/** False where the page is closed or cannot be left. */
async function isPutBack(page: Page, options: BrowserContextOptions, origin: string): Promise<boolean> {
  if (page.isClosed()) return false;
  const context = page.context();
  try {
    const others = context.pages().filter((other) => other !== page);
    await Promise.all(others.map((other) => other.close()));
    await page.unrouteAll();
    await page.emulateMedia({ media: null, colorScheme: options.colorScheme });
    if (options.viewport) await page.setViewportSize(options.viewport);
    // A page of the console would follow the school, and take time from the pages of the next tests. An address of
    // another origin would end the page's process.
    await page.goto(`${origin}/healthz`);
    await page.evaluate('sessionStorage.clear()');
    await context.clearCookies();
    return true;
  } catch {
    return false;
  }
}
