import type { Context } from '../../../src/context.ts';
import { forbidden, Refusal } from '../../../src/refusal.ts';
import { idNow } from '../../../src/store/queries/former-ids.ts';
import { openByToken, presentToken, tokenKey } from '../../../src/store/used-tokens.ts';
import type { Claims } from '../../auth.ts';
import { BY_TOKEN } from '../../may-act.ts';
import { unauthenticated } from '../../problem.ts';
import type { Session } from '../../sessions/sessions.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { toSgo } from '../errors.ts';
import { formOf } from '../form.ts';
import { html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { submitButton } from '../parts/button.ts';
import { firstScreen } from '../visitor.ts';
import { localPath } from './local-path.ts';

/** A link from СГО works for this time after it was made (contract). */
const LINK_LIFE_MS = 5 * 60_000;
/** СГО's clock may be ahead of ours by this much. */
const CLOCK_SKEW_MS = 60_000;

/** The way in and out: СГО's link, signing out, and an operator's choice of a school. */
export function entryRoutes(parts: ConsoleParts): void {
  const { app, ctx, sessions } = parts;
  app.get('/sso', async (c) => {
    // A request for the headers alone is no sign-in.
    if (c.req.method === 'HEAD') return c.body(null);
    return enter(parts, c, { token: c.req.query('token') ?? '', to: c.req.query('to'), isSure: false });
  });

  app.post('/sso', async (c) => {
    const form = await formOf(c);
    const field = (name: string) => form.get(name)?.toString();
    return enter(parts, c, { token: field('token') ?? '', to: field('to'), isSure: true });
  });

  app.post('/sign-out', async (c) => {
    const session = await sessions.find(c);
    await sessions.end(c);
    if (session) {
      const { subject, role, schoolId } = session.caller;
      ctx.metrics.session('signed-out');
      ctx.log.info({ subject, role, schoolId }, 'signed out');
    }
    return goTo(c, '/signed-out');
  });

  app.get('/signed-out', (c) =>
    page({
      c,
      title: 'Вы вышли',
      body: html`<div class="explained"><p>Чтобы войти снова, откройте «Сетевой город» и нажмите значок чатов.</p><div class="actions">${toSgo(ctx)}</div></div>`,
    }),
  );
}

interface Entry {
  token: string;
  to: string | undefined;
  /** True where the person has confirmed taking the place of the person who is signed in here. */
  isSure: boolean;
}

/**
 * Turns СГО's token into a session, once. Within another person's live session it asks first. A person who follows a
 * link that somebody else sent must not work under that person's name without noticing.
 */
async function enter(
  { ctx, sessions, verify }: ConsoleParts,
  c: ConsoleContext,
  entry: Entry,
): Promise<Response> {
  const { token, to, isSure } = entry;
  const claims = await verify(token);
  const key = tokenKey(token, claims.jti);
  await presentToken(ctx.db.ofNone, key, new Date(claims.exp * 1000), new Date(ctx.clock.now()));
  assertOpens(ctx, claims);
  const { role, school: schoolId, acr, amr } = claims;
  const subject = await subjectOf(ctx, claims);
  const there = await sessions.find(c);
  if (there && !isSure && !isSessionOf(there, { ...claims, sub: subject })) return askFirst(c, entry);
  const id = await ctx.db.transactionAcross('sessions', async ({ sql: tx }) => {
    if (!(await openByToken(tx, key))) throw new Refusal(401, 'link-used', 'Ссылка уже использована');
    return sessions.open(tx, c, { caller: { subject, role, schoolId }, acr, amr });
  });
  ctx.metrics.session('signed-in');
  ctx.log.info({ subject, role, schoolId, acr, amr }, 'signed in');
  sessions.give(c, id);
  return goTo(c, to ? localPath(to) : firstScreen(role));
}

/** Gives the person whose session it is. The person's token may still say a former id (K4). */
function subjectOf({ db }: Context, { sub, role, school }: Claims): string | Promise<string> {
  return BY_TOKEN.includes(role) || school === '*' ? sub : idNow(db.of(school), school, sub);
}

function isSessionOf({ caller }: Session, { sub, role, school }: Claims): boolean {
  return caller.subject === sub && caller.role === role && caller.schoolId === school;
}

function askFirst(c: ConsoleContext, { token, to }: Entry): Response | Promise<Response> {
  c.header('Cache-Control', 'no-store');
  return page({
    c,
    title: 'Войти другим пользователем?',
    styles: ['manage.css'],
    body: html`<form method="post" action="/sso" class="sheet padded ask">
<p>В этом браузере уже открыт сеанс другого пользователя. Если вы продолжите, он закончится.</p>
<p>Если вы не открывали эту ссылку из «Сетевого города» сами, не продолжайте.</p>
<input type="hidden" name="token" value="${token}"><input type="hidden" name="to" value="${to ?? ''}">
<div class="actions">${submitButton({ label: 'Войти', kind: 'primary' })}<a class="button" href="/">Остаться</a></div></form>`,
  });
}

/** Checks that a token may open a session: it must be fresh, a person's or an operator's, and have an id. */
function assertOpens(ctx: Context, { role, iat, jti }: Claims): void {
  if (role === 'service' || role === 'security') throw forbidden();
  if (jti === undefined || iat === undefined) throw unauthenticated();
  const ageMs = ctx.clock.now() - iat * 1000;
  if (ageMs > LINK_LIFE_MS || ageMs < -CLOCK_SKEW_MS) throw new Refusal(401, 'link-over', 'Ссылка устарела');
}
