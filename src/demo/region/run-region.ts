/** The demonstration of a region: thirty schools at once, four of which need somebody. */

import { sql } from 'kysely';
import type { App } from '../../app.ts';
import { DAY_MS } from '../../clock.ts';
import { connectSferum } from '../../operations/connect-sferum.ts';
import { TOLD_KINDS } from '../../store/entities.ts';
import { oneRow } from '../../store/rows.ts';
import { sure } from '../../sure.ts';
import { saveChoice } from '../../told/choices.ts';
import { createWebhook } from '../../told/webhooks.ts';
import type { Bars } from '../bars.ts';
import { followOperation } from '../follow.ts';
import { BY, importList, initialize, startInitialization } from '../steps.ts';
import { stateNextYear } from './next-year.ts';
import { cutListsOf, listsOf, type RegionSchool, type RegionTrouble } from './schools.ts';

const OVERDUE_DAYS = 3;
/** So many schools are imported, or initialised, at a time. */
const AT_ONCE = 6;
/** One request in ten seconds: what takes others seconds takes this school minutes. */
const SLOW_PER_SECOND = 0.1;
/** So many schools have entered the classes of the next year; some have left something out. */
const WITH_NEXT_YEAR = 20;

/** Imports and initialises the schools, then lets something be wrong with four of them. */
export async function runRegion(app: App, schools: readonly RegionSchool[], bars: Bars): Promise<void> {
  const byTrouble = (trouble: RegionTrouble) => sure(schools.find((school) => school.trouble === trouble));
  const begun = byTrouble('begun');
  await each(schools, 'Списки', bars, async (school) => {
    const takenAt = school.trouble === 'overdue' ? { takenAt: daysAgo(app, OVERDUE_DAYS) } : {};
    const { state, problems } = await importList(app, await listsOf(school), takenAt);
    if (state !== 'succeeded') throw new Error(`the import ended ${state}: ${JSON.stringify(problems)}`);
  });
  const others = schools.filter((school) => school !== begun);
  await each(others, 'Чаты', bars, ({ id }) => initialize(app, id, () => undefined));
  const entered = others.filter(({ trouble }) => trouble === null).slice(0, WITH_NEXT_YEAR);
  for (const [at, { id }] of entered.entries())
    await stateNextYear(app.ctx, id, at % 4 === 0 ? 1 + (at % 3) : 0);
  await holdList(app, byTrouble('hold'));
  await revokeKey(app, byTrouble('key').id);
  await slowDown(app, begun.id);
  await startInitialization(app, begun.id);
}

/** Lets an operator of all schools be told of everything, by letter and by webhook. */
export async function hearOfAll(
  app: App,
  { hookUrl, email }: { hookUrl: string; email: string },
): Promise<void> {
  const operator = { subject: 'operator', role: 'operator', schoolId: '*' } as const;
  const kinds = [...TOLD_KINDS];
  await saveChoice(app.ctx, operator, { email, kinds, daily: false });
  await createWebhook(app.ctx, { schoolId: null, url: hookUrl, kinds, by: BY });
}

const daysAgo = ({ ctx }: App, days: number): Date => new Date(ctx.clock.now() - days * DAY_MS);

async function each(
  schools: readonly RegionSchool[],
  name: string,
  bars: Bars,
  work: (school: RegionSchool) => Promise<unknown>,
): Promise<void> {
  const waiting = [...schools];
  let done = 0;
  bars.set(name, 0, schools.length);
  const worker = async () => {
    for (let school = waiting.shift(); school; school = waiting.shift()) {
      await work(school);
      done += 1;
      bars.set(name, done, schools.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function holdList(app: App, school: RegionSchool): Promise<void> {
  const { state } = await importList(app, await cutListsOf(school));
  if (state !== 'held') throw new Error(`a list that was cut ended ${state}`);
}

interface Connected {
  communityId: number;
  accessToken: string;
}

/** The school's account as the sandbox holds it. */
async function accountOf({ ctx, sandbox }: App, schoolId: string): Promise<Connected> {
  const { rows } = await sql<{ community: string; owner: string }>`
    select community_id as community, owner_id as owner from sferum_account where school_id = ${schoolId}`.execute(
    ctx.db.of(schoolId),
  );
  const { community, owner } = oneRow(rows);
  const token = sure(sandbox).world.accounts.tokenOf(Number(owner));
  return { communityId: Number(community), accessToken: sure(token).token };
}

/** Revokes the key, and lets the service find out by its next work. */
async function revokeKey(app: App, schoolId: string): Promise<void> {
  const { accessToken } = await accountOf(app, schoolId);
  sure(app.sandbox).world.revokeToken(accessToken);
  await followOperation(app.ctx, await startInitialization(app, schoolId));
}

async function slowDown(app: App, schoolId: string): Promise<void> {
  await connectSferum(app.ctx, {
    ...{ schoolId, ...(await accountOf(app, schoolId)), tokenKind: 'user', callsToken: null, by: BY },
    ...{ requestsPerSecond: SLOW_PER_SECOND, replaceAccount: false },
  });
}
