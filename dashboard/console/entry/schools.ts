import { sql } from 'kysely';
import { notFound } from '../../../src/refusal.ts';
import { unauthenticated } from '../../auth.ts';
import { forbidden } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';

/** Lets an operator, whose token is for all schools, choose one to look at. */
export function schoolRoutes({ app, ctx, sessions }: ConsoleParts): void {
  const requireAll = async (c: ConsoleContext) => {
    const session = await sessions.find(c);
    if (!session) throw unauthenticated();
    if (session.caller.schoolId !== '*') throw forbidden();
  };
  const schools = async () => {
    const { rows } = await sql<{ id: string; name: string }>`
      select id, name from school order by name, id`.execute(ctx.db.across('operator-view'));
    return rows;
  };

  app.get('/schools', async (c) => {
    await requireAll(c);
    const all = await schools();
    const [only] = all;
    if (only && all.length === 1) {
      await sessions.choose(c, only.id);
      return goTo(c, '/');
    }
    return page({
      c,
      title: 'Выберите школу',
      body: html`<form method="post" action="/schools"><ul class="personas">${all.map(
        ({ id, name }) =>
          html`<li><button class="sheet persona" name="school" value="${id}"><b>${name}</b></button></li>`,
      )}</ul></form>`,
    });
  });

  app.post('/schools', async (c) => {
    await requireAll(c);
    const chosen = String((await c.req.parseBody()).school ?? '');
    if (!(await schools()).some(({ id }) => id === chosen)) throw notFound();
    await sessions.choose(c, chosen);
    return goTo(c, '/');
  });
}
