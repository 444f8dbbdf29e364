import type { Context as HonoContext } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { derivedKeys, SecretBox } from '../../src/secrets.ts';

const LIFE_SECONDS = 120;
const PLACE = { schoolId: null, column: 'console flash' };

const flash = z.object({
  kind: z.enum(['info', 'good', 'warn', 'bad']),
  title: z.string(),
  text: z.string().optional(),
  /** The place on the page (`saidAt`), beside the button that was pressed; without it, under the heading. */
  at: z.enum(['members', 'picker', 'held', 'chosen']).optional(),
});
/** A message that is shown once, on the page that follows a change. */
export type Flash = z.infer<typeof flash>;

/** Keeps messages in a sealed cookie, so that nobody else can make our pages say something. */
export class Flashes {
  readonly #box: SecretBox;
  /** The cookie is named like a session's (sessions.ts), so a neighbour of the same domain cannot plant it. */
  readonly #cookie: { name: string; secure: boolean };
  readonly #taken = new WeakMap<HonoContext, Flash | null>();

  constructor(secretsKeys: readonly Uint8Array[], secure: boolean) {
    this.#box = new SecretBox(derivedKeys(secretsKeys, PLACE.column));
    this.#cookie = { name: secure ? '__Host-flash' : 'flash', secure };
  }

  leave(c: HonoContext, message: Flash): void {
    const sealed = this.#box.seal(JSON.stringify(message), PLACE);
    setCookie(c, this.#cookie.name, sealed, {
      path: '/',
      httpOnly: true,
      sameSite: 'Lax',
      secure: this.#cookie.secure,
      maxAge: LIFE_SECONDS,
    });
  }

  /** Gives the message that was left for this browser, and forgets it. For the same request it gives the same again. */
  take(c: HonoContext): Flash | null {
    if (!this.#taken.has(c)) this.#taken.set(c, this.#read(c));
    return this.#taken.get(c) ?? null;
  }

  #read(c: HonoContext): Flash | null {
    const sealed = getCookie(c, this.#cookie.name);
    if (sealed === undefined) return null;
    deleteCookie(c, this.#cookie.name, { path: '/', secure: this.#cookie.secure });
    try {
      return flash.parse(JSON.parse(this.#box.open(sealed, PLACE)));
    } catch {
      return null;
    }
  }
}
