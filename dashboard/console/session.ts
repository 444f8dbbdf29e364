import { createHash, randomBytes } from 'node:crypto';
import type { Context as HonoContext } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { sql } from 'kysely';
import type { Context } from '../../src/context.ts';
import type { Sql } from '../../src/store/database.ts';
import type { Caller, TokenRole } from '../auth.ts';

/** Contract, «Who calls». */
const SESSION_LIFE_MS = 8 * 60 * 60_000;
const ID_BYTES = 32;

export interface Session {
  caller: Caller;
  /** An operator's: the one school he looks at. */
  chosenSchoolId: string | null;
}

/** The console's sessions: a row each (migrations/0004-console.ts), found by the digest of a random cookie. */
export class Sessions {
  readonly #ctx: Context;
  readonly #cookie: { name: string; secure: boolean };

  constructor(ctx: Context) {
    this.#ctx = ctx;
    const secure = ctx.config.publicUrl.startsWith('https:');
    // A `__Host-` cookie cannot be planted by a neighbour of the same domain; browsers take it over https alone.
    this.#cookie = { name: secure ? '__Host-session' : 'session', secure };
  }

  /** Opens one in `tx`; the returned value is for `give`, after the transaction. */
  async open(tx: Sql, caller: Caller): Promise<string> {
    const id = randomBytes(ID_BYTES).toString('base64url');
    const at = new Date(this.#ctx.clock.now());
    await sql`delete from console_session where expires_at < ${at}`.execute(tx);
    await sql`insert into console_session (digest, school_id, subject, role, created_at, expires_at)
      values (${digest(id)}, ${caller.schoolId}, ${caller.subject}, ${caller.role}, ${at},
        ${new Date(at.getTime() + SESSION_LIFE_MS)})`.execute(tx);
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

  /** Null: no cookie, or one that means nothing (any more). */
  async find(c: HonoContext): Promise<Session | null> {
    const id = getCookie(c, this.#cookie.name);
    if (!id) return null;
    const { rows } = await sql<{ schoolId: string; subject: string; role: TokenRole; chosen: string | null }>`
      select school_id as "schoolId", subject, role, chosen_school_id as chosen from console_session
      where digest = ${digest(id)} and expires_at > ${new Date(this.#ctx.clock.now())}`.execute(
      this.#ctx.db.sql,
    );
    const row = rows[0];
    if (!row) return null;
    const { schoolId, subject, role, chosen } = row;
    return { caller: { schoolId, subject, role }, chosenSchoolId: chosen };
  }

  /** Whether the browser once had a session: it is told that it ended, not that it never was. */
  had(c: HonoContext): boolean {
    return getCookie(c, this.#cookie.name) !== undefined;
  }

  async choose(c: HonoContext, schoolId: string): Promise<void> {
    const id = getCookie(c, this.#cookie.name) ?? '';
    await sql`update console_session set chosen_school_id = ${schoolId} where digest = ${digest(id)}`.execute(
      this.#ctx.db.sql,
    );
  }

  async end(c: HonoContext): Promise<void> {
    const id = getCookie(c, this.#cookie.name);
    if (id) await sql`delete from console_session where digest = ${digest(id)}`.execute(this.#ctx.db.sql);
    deleteCookie(c, this.#cookie.name, { path: '/', secure: this.#cookie.secure });
  }
}

function digest(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}
