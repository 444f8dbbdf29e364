import { sql } from 'kysely';
import { z } from 'zod';
import { notFound } from '../../../src/refusal.ts';
import { momentOf } from '../../../src/store/school-day.ts';
import { unauthenticated } from '../../problem.ts';
import { listSchools, SCHOOL_STATES } from '../../read/schools.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { localPath } from '../entry/local-path.ts';
import { fieldsOf } from '../form.ts';
import { html } from '../html.ts';
import { liveOfRegion } from '../live.ts';
import { goTo, page } from '../page.ts';
import { submitButton } from '../parts/button.ts';
import { hiddenField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { firstScreen } from '../visitor.ts';
import { SCHOOLS_ASKED } from './query.ts';
import { schoolsBody, schoolsTitle } from './schools.ts';

const query = z.object({
  state: z.enum(SCHOOL_STATES).optional().catch(undefined),
  ...SCHOOLS_ASKED,
});

const asked = z.object({ school: z.string().catch(''), to: z.string().optional() });
interface SchoolName {
  id: string;
  name: string;
}

/** All schools of an operator whose token is for all, and the choice of one to look at (K1). */
export function schoolsPageRoutes({ screens, ctx, sessions }: ConsoleParts): void {
  const db = ctx.db.across('operator-view');
  screens.ofRegion.get('/schools', async (c) => {
    const { timeZone } = c.get('visitor').school;
    const filter = query.parse(c.req.query());
    const moment = momentOf(ctx);
    const live = await liveOfRegion({ ctx });
    const listed = await listSchools(db, { ...filter, only: null, moment });
    const [only] = listed.items;
    const session = await sessions.find(c);
    // Where there is one school, it is opened at once. An operator who comes back from it sees this page.
    if (only && listed.total === 1 && session?.chosenSchoolId === null && !filter.q && !filter.state) {
      await sessions.choose(c, only.id);
      return goTo(c, firstScreen('operator'));
    }
    const view = { ...listed, filter, nowMs: moment.nowMs, timeZone };
    return page({
      c,
      section: 'schools',
      live,
      title: schoolsTitle(view),
      body: schoolsBody(view),
    });
  });

  // A letter leads here. Following a link changes no session, so the person says which school to open.
  screens.ofRegion.get('/schools/open', async (c) => {
    const { school, to } = asked.parse(c.req.query());
    const { rows } = await sql<SchoolName>`select id, name from school where id = ${school}`.execute(db);
    const [found] = rows;
    if (!found) throw notFound();
    if ((await sessions.find(c))?.chosenSchoolId === found.id) return goTo(c, localPath(to));
    return page({
      c,
      section: 'schools',
      title: found.name,
      body: html`<form method="post" action="${hrefOf('/schools', { to: localPath(to) })}" class="sheet padded stack">${hiddenField('school', found.id)}
<p>Ссылка ведёт на страницу этой школы.</p><div class="actions">${submitButton({ label: 'Открыть школу', kind: 'primary' })}</div></form>`,
    });
  });

  screens.ofRegion.post('/schools', async (c) => {
    if (!(await sessions.find(c))) throw unauthenticated();
    const chosen = String((await fieldsOf(c)).school ?? '');
    const { rows } = await sql`select from school where id = ${chosen}`.execute(db);
    if (rows.length === 0) throw notFound();
    await sessions.choose(c, chosen);
    const to = c.req.query('to');
    return goTo(c, to === undefined ? firstScreen('operator') : localPath(to));
  });
}
