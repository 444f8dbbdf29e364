import type { ConsoleContext } from './page.ts';
import type { Screens } from './screens.ts';
import { ADMINS, STAFF } from './visitor.ts';

/** Where a page stands: in the settings of a school, or beside the state of the service. */
export type Base = '/settings' | '/server';

type Handler = Parameters<Screens['get']>[2];

/**
 * Registers a page, or a form, at both places. `who`: the roles below the settings. Beside the service it is for
 * operators of all schools only.
 */
export function atBoth(
  screens: Screens,
  method: 'get' | 'post',
  path: string,
  who: 'staff' | 'admins',
  handler: (c: ConsoleContext, base: Base) => ReturnType<Handler>,
): void {
  const roles = who === 'staff' ? STAFF : ADMINS;
  screens[method](`/settings${path}`, roles, (c) => handler(c, '/settings'), { unconnected: true });
  screens.ofRegion[method](`/server${path}`, (c) => handler(c, '/server'));
}
