import { hkdfSync } from 'node:crypto';
import type { Context as HonoContext } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { SecretBox } from '../../src/secrets.ts';

const COOKIE = 'flash';
const LIFE_SECONDS = 120;

const flash = z.object({
  kind: z.enum(['info', 'good', 'warn', 'bad']),
  title: z.string(),
  text: z.string().optional(),
});
/** What is said once, on the page that follows a change. */
export type Flash = z.infer<typeof flash>;

/** Sealed, so that nobody else can make our pages say something. */
export class Flashes {
  readonly #box: SecretBox;
  readonly #secure: boolean;

  constructor(secretsKey: Uint8Array, secure: boolean) {
    this.#box = new SecretBox(new Uint8Array(hkdfSync('sha256', secretsKey, '', 'console flash', 32)));
    this.#secure = secure;
  }

  leave(c: HonoContext, message: Flash): void {
    const sealed = this.#box.seal(JSON.stringify(message));
    setCookie(c, COOKIE, sealed, {
      path: '/',
      httpOnly: true,
      sameSite: 'Lax',
      secure: this.#secure,
      maxAge: LIFE_SECONDS,
    });
  }

  take(c: HonoContext): Flash | null {
    const sealed = getCookie(c, COOKIE);
    if (sealed === undefined) return null;
    deleteCookie(c, COOKIE, { path: '/', secure: this.#secure });
    try {
      return flash.parse(JSON.parse(this.#box.open(sealed)));
    } catch {
      return null;
    }
  }
}
