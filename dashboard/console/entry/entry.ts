import type { Context } from '../../../src/context.ts';
import { Refusal } from '../../../src/refusal.ts';
import { useToken } from '../../../src/store/used-tokens.ts';
import { type Claims, unauthenticated } from '../../auth.ts';
import { forbidden } from '../../rights.ts';
import type { ConsoleParts } from '../console.ts';
import { html } from '../html.ts';
import { goTo, page } from '../page.ts';
import { localPath } from './local-path.ts';

/** A link from СГО works for so long after it was made (contract). */
const LINK_LIFE_MS = 5 * 60_000;
/** СГО's clock may be ahead of ours by so much. */
const CLOCK_SKEW_MS = 60_000;

/** In and out: СГО's link, signing out, and an operator's choice of a school. */
export function entryRoutes({ app, ctx, sessions, verify }: ConsoleParts): void {
  app.get('/sso', async (c) => {
    const claims = await verify(c.req.query('token') ?? '');
    const jti = linkId(ctx, claims);
    const { sub: subject, role, school: schoolId } = claims;
    const id = await ctx.db.transaction(async ({ sql: tx }) => {
      const first = await useToken(tx, jti, new Date(claims.exp * 1000), new Date(ctx.clock.now()));
      if (!first) throw new Refusal(401, 'link-used', 'Ссылка уже использована');
      return sessions.open(tx, { subject, role, schoolId });
    });
    sessions.give(c, id);
    return goTo(c, localPath(c.req.query('to')));
  });

  app.post('/sign-out', async (c) => {
    await sessions.end(c);
    return goTo(c, '/signed-out');
  });

  app.get('/signed-out', (c) =>
    page({
      c,
      title: 'Вы вышли',
      body: html`<div class="explained"><p>Чтобы войти снова, откройте «Сетевой город» и нажмите значок чатов.</p></div>`,
    }),
  );
}

/** The id of a token that may open a session: fresh, a person's or an operator's, with an id to use once. */
function linkId(ctx: Context, { role, iat, jti }: Claims): string {
  if (role === 'service') throw forbidden();
  if (jti === undefined || iat === undefined) throw unauthenticated();
  const ageMs = ctx.clock.now() - iat * 1000;
  if (ageMs > LINK_LIFE_MS || ageMs < -CLOCK_SKEW_MS) throw new Refusal(401, 'link-over', 'Ссылка устарела');
  return jti;
}
