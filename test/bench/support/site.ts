/** The pages over HTTP, and a visitor who has signed in. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { SignJWT } from 'jose';
import { sql } from 'kysely';
import { serverOptions } from '../../../dashboard/server-options.ts';
import type { App } from '../../../src/app.ts';
import type { TokenRole } from '../../../src/caller.ts';
import { everywhere } from '../../support/everywhere.ts';

export const JWT_SECRET = 'x'.repeat(32);

export interface Site extends AsyncDisposable {
  origin: string;
}

/** Serves the console and the API of `app`. */
export async function serve({ ctx, http }: App): Promise<Site> {
  const options = { fetch: http.fetch, serverOptions: serverOptions(ctx.config.limits) };
  return listening(createAdaptorServer(options));
}

/** Serves an answer that does nothing. */
export function serveNothing(): Promise<Site> {
  return listening(createServer((_, response) => response.end('ok')));
}

async function listening(server: ReturnType<typeof createAdaptorServer>): Promise<Site> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
    },
  };
}

/** Gives the id of an administrator of the school. */
export async function adminOf({ ctx }: App, schoolId: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select id from person where school_id = ${schoolId} and present and 'administrator' = any(roles) order by id limit 1`.execute(
    everywhere(ctx),
  );
  return rows[0]!.id;
}

/** Signs in as people do, by СГО's link. Returns the session's cookie. */
export async function signIn(
  origin: string,
  school: string,
  subject: string,
  role: TokenRole = 'school-admin',
): Promise<string> {
  const token = await new SignJWT({ school, role, jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuer('sgo')
    .setAudience('sferum-sync')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(JWT_SECRET));
  const answer = await fetch(`${origin}/sso?${new URLSearchParams({ token, to: '/manage' })}`, {
    redirect: 'manual',
  });
  const cookie = answer.headers.getSetCookie().map((one) => one.split(';', 1)[0]!);
  if (cookie.length === 0) throw new Error(`signing in: ${answer.status}`);
  return cookie.join('; ');
}
