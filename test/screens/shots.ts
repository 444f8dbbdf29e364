/** Takes pictures of pages in every width and in both schemes. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { inject } from 'vitest';
import type { SchoolSize } from '../../src/demo/school/sizes.ts';
import type { Console, Visitor } from '../support/browser.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the pictures go, and the size of the made-up school. */
    screens: { dir: string; size: SchoolSize };
  }
}

export interface Shot {
  /** The picture's name. */
  name: string;
  path: string;
  /** What to press before the picture is taken. */
  first?: (page: Page) => Promise<void>;
}

const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];
const SCHEMES = ['light', 'dark'] as const;
/** No picture is taller. A page that scrolls on is cut. */
const TALLEST_PX = 4_000;

/**
 * Takes pictures of a state as one person sees it: `DIR/state/who/page-1440-light.png`. Nobody: a visitor who has not
 * signed in.
 */
export async function take(
  site: Console,
  { state, who, as }: { state: string; who: string; as: Visitor | null },
  shots: readonly Shot[],
): Promise<void> {
  const dir = join(inject('screens').dir, state, who);
  await mkdir(dir, { recursive: true });
  for (const colorScheme of SCHEMES) {
    const [first] = WIDTHS;
    const options = { viewport: first!, colorScheme, reducedMotion: 'reduce' as const };
    const page = as ? await site.visit(as, '/sessions', options) : await site.open('/signed-out', options);
    for (const shot of shots) {
      for (const size of WIDTHS) {
        await page.setViewportSize(size);
        await page.goto(`${site.origin}${shot.path}`);
        await shot.first?.(page);
        await page.waitForLoadState('load');
        await page.evaluate('scrollTo(0, 0)');
        const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
        const clip = {
          x: 0,
          y: 0,
          width: size.width,
          height: Math.min(Math.max(height, size.height), TALLEST_PX),
        };
        const path = join(dir, `${shot.name}-${size.width}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true, clip });
      }
    }
    await page.context().close();
  }
}
