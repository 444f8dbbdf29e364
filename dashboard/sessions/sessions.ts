/**
 * The console's sessions. Each is a row, found by the digest of a random cookie.
 *
 *   opened ──► used … ──► ended: signed out, ended by its person or an operator, another sign-in in its browser,
 *                         8 hours after it was opened, or nobody used it for the school's `sessionIdleMinutes`
 *
 * A use is something that a person does. What a page does by itself (streams, refreshes) is marked as such and is no
 * use.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Context as HonoContext } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { sql } from 'kysely';
import type { Caller, TokenRole } from '../../src/caller.ts';
import type { Context } from '../../src/context.ts';
import type { Sql } from '../../src/store/database.ts';

/** How long a session lives (contract, «Who calls»). */
const SESSION_LIFE_MS = 8 * 60 * 60_000;
/** A use is written at most this often. */
const TOUCH_EVERY_MS = 60_000;
const ID_BYTES = 32;
const BROWSER_CHARS = 300;

export interface Session {
  id: string;
  caller: Caller;
  /** The one school that an operator looks at; null for others. */
  chosenSchoolId: string | null;
}

interface Row {
  id: string;
  schoolId: string;
  subject: string;
  role: TokenRole;
  chosen: string | null;
  usedAt: string;
}

/** How somebody signed in to СГО, as the token says. */
interface SignIn {
  caller: Caller;
  acr?: string | undefined;
  amr?: string[] | undefined;
}

/** Opens, finds and ends sessions. */
export class Sessions {
  readonly #ctx: Context;
  readonly #cookie: { name: string; secure: boolean };

  constructor(ctx: Context) {
    this.#ctx = ctx;
    const secure = ctx.config.publicUrl.startsWith('https:');
    // A neighbour of the same domain cannot plant a `__Host-` cookie, which browsers accept over https alone.
    this.#cookie = { name: secure ? '__Host-session' : 'session', secure };
  }

  /**
   * Opens a session in `tx` and ends this browser's former one. The returned value is for `give`, after the
   * transaction.
   */
  async open(tx: Sql, c: HonoContext, { caller, acr, amr }: SignIn): Promise<string> {
    const id = randomBytes(ID_BYTES).toString('base64url');
    const at = new Date(this.#ctx.clock.now());
    await sql`delete from console_session
      where expires_at < ${at} or digest = ${this.#digestOf(c)}::bytea`.execute(tx);
    await tx
      .insertInto('console_session')
      .values({
        digest: digest(id),
        id: this.#ctx.newId(),
        school_id: caller.schoolId,
        subject: caller.subject,
        role: caller.role,
        created_at: at,
        used_at: at,
        expires_at: new Date(at.getTime() + SESSION_LIFE_MS),
        browser: browserOf(c),
        acr: acr ?? null,
        amr: amr ?? null,
      })
      .execute();
    return id;
  }

  give(c: HonoContext, id: string): void {
    setCookie(c, this.#cookie.name, id, {
      path: '/',
      httpOnly: true,
      sameSite: 'Lax',
      secure: this.#cookie.secure,
      maxAge: SESSION_LIFE_MS / 1000,
    });
  }

  /** Finds the session; null where there is no cookie, or where the cookie means nothing, or nothing any more. */
  async find(c: HonoContext): Promise<Session | null> {
    const key = this.#digestOf(c);
    if (!key) return null;
    const nowMs = this.#ctx.clock.now();
    const { rows } = await sql<Row>`
      select c.id, c.school_id as "schoolId", c.subject, c.role, c.chosen_school_id as chosen, c.used_at as "usedAt"
      from console_session c left join school s on s.id = c.school_id
      where c.digest = ${key} and c.expires_at > ${new Date(nowMs)}
        and c.used_at > ${new Date(nowMs)}::timestamptz - ${this.#idle}`.execute(this.#db);
    const row = rows[0];
    if (!row) return null;
    if (!isRefresh(c) && nowMs - Date.parse(row.usedAt) >= TOUCH_EVERY_MS) {
      await this.#db
        .updateTable('console_session')
        .set({ used_at: new Date(nowMs) })
        .where('digest', '=', key)
        .execute();
    }
    const { id, schoolId, subject, role, chosen } = row;
    return { id, caller: { schoolId, subject, role }, chosenSchoolId: chosen };
  }

  /** Whether the browser once had a session. It is then told that the session ended, not that there never was one. */
  had(c: HonoContext): boolean {
    return getCookie(c, this.#cookie.name) !== undefined;
  }

  /**
   * Whether the browser names a session that never was: no row has its digest, not even one that has ended by itself.
   */
  async isMadeUp(c: HonoContext): Promise<boolean> {
    const key = this.#digestOf(c);
    if (!key) return false;
    const row = await this.#db
      .selectFrom('console_session')
      .select('id')
      .where('digest', '=', key)
      .executeTakeFirst();
    return row === undefined;
  }

  async choose(c: HonoContext, schoolId: string): Promise<void> {
    await sql`update console_session set chosen_school_id = ${schoolId}
      where digest = ${this.#digestOf(c)}::bytea`.execute(this.#db);
  }

  /** Ends the session. The browser also forgets what it kept of the pages. */
  async end(c: HonoContext): Promise<void> {
    await sql`delete from console_session where digest = ${this.#digestOf(c)}::bytea`.execute(this.#db);
    deleteCookie(c, this.#cookie.name, { path: '/', secure: this.#cookie.secure });
    c.header('Clear-Site-Data', '"cache", "cookies", "storage"');
  }

  get #db(): Sql {
    return this.#ctx.db.across('sessions');
  }

  /** How long the session `c` of the school `s` may be unused. */
  get #idle() {
    const minutes = this.#ctx.config.limits.sessionIdleMinutes;
    return sql`coalesce(s.session_idle_minutes, ${minutes}) * interval '1 minute'`;
  }

  #digestOf(c: HonoContext): Buffer | null {
    const id = getCookie(c, this.#cookie.name);
    return id ? digest(id) : null;
  }
}

/** Whether a page made the request by itself (page.ts, its scripts, streams). */
function isRefresh(c: HonoContext): boolean {
  return (
    c.req.header('x-refresh') !== undefined ||
    c.req.query('refresh') === '1' ||
    c.req.path.endsWith('/stream')
  );
}

function browserOf(c: HonoContext): string | null {
  return c.req.header('user-agent')?.slice(0, BROWSER_CHARS) ?? null;
}

function digest(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}
