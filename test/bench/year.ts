import { sql } from 'kysely';
import { Client } from 'pg';
import type { App } from '../../src/app.ts';
import { dayIn } from '../../src/clock.ts';
import { everywhere } from '../support/everywhere.ts';
import type { Benchmark, Print } from './benchmark.ts';
import { importManualSchool, initialize, startApp, succeeded } from './support/app.ts';
import { type ChangeEvent, changesOf } from './support/changes.ts';
import { follow } from './support/follow.ts';
import { median, timed } from './support/measure.ts';
import { startSandbox } from './support/sandbox-process.ts';
import { TIME_ZONE } from './support/school.ts';
import { startServer } from './support/server.ts';
import { adminOf, JWT_SECRET, type Site, serve, signIn } from './support/site.ts';
import { LEAVE_ROOM, makeYear, YEAR } from './support/year.ts';

const REQUESTS_PER_SECOND = 200;
const EVENTS = 40;
const LOOKS = 25;
const WARM_UP = 8;
/** What is asked of every figure, against the first day. */
const AIM = 1.2;

type Figures = Map<string, number>;

export const year: Benchmark = {
  name: 'year',
  about: `events and pages of a school on its first day and after a year: ${YEAR.events} events, ${YEAR.imports} imports, 3.4 orders a pupil, ${YEAR.journalLines} lines of the journal`,
  async run(print) {
    await using server = await startServer();
    await using sandbox = await startSandbox(REQUESTS_PER_SECOND);
    const database = await server.database();
    await using app = await startApp(database.url, sandbox.url, { SGO_JWT_SECRET: JWT_SECRET });
    await asOwner(database.ownerUrl, LEAVE_ROOM);
    const schoolId = await importManualSchool(app, sandbox, REQUESTS_PER_SECOND);
    await succeeded(app.ctx, await initialize(app, schoolId));
    // The teachers who are exchanged are many for a day: nothing of that is to wait for anybody.
    await sql`update school set limits = '{"schoolAtLeast": 100000, "chatAtLeast": 1000}'`.execute(
      everywhere(app.ctx),
    );
    await using site = await serve(app);
    const changes = await changesOf(
      everywhere(app.ctx),
      schoolId,
      dayIn(TIME_ZONE, app.ctx.clock.now()),
      2 * (EVENTS + WARM_UP),
    );
    await asOwner(database.ownerUrl, 'vacuum analyze');
    const half = changes.length / 2;
    const first = await measure(app, site, schoolId, changes.slice(0, half));
    await makeYear(everywhere(app.ctx), schoolId);
    // Orders are grounds now: what the lists say of them is brought up to date once, as it was in that year.
    await succeeded(app.ctx, await initialize(app, schoolId));
    await asOwner(database.ownerUrl, 'vacuum analyze');
    const after = await measure(app, site, schoolId, changes.slice(half));
    report(print, first, after);
  },
};

function report(print: Print, first: Figures, after: Figures): void {
  let worst = 0;
  for (const [name, ms] of after) {
    const ratio = ms / first.get(name)!;
    worst = Math.max(worst, ratio);
    const late = ratio > AIM ? ' – MORE THAN ALLOWED' : '';
    print(
      `${name.padEnd(34)} first day ${first.get(name)!.toFixed(1)} ms, after a year ${ms.toFixed(1)} ms: ${ratio.toFixed(2)}${late}`,
    );
  }
  print(`ratio: ${worst.toFixed(2)} of the first day at worst, ${AIM} is allowed`);
}

/** Medians in ms, by what was done. */
async function measure(app: App, site: Site, schoolId: string, changes: ChangeEvent[]): Promise<Figures> {
  const durable: number[] = [];
  const whole: number[] = [];
  for (const [at, change] of changes.entries()) {
    const took = await follow(app, schoolId, change);
    if (at < WARM_UP) continue;
    durable.push(took.durableMs);
    whole.push(took.ms);
  }
  const figures: Figures = new Map([
    ['event, until the 202', median(durable)],
    ['event, until its chats are settled', median(whole)],
  ]);
  const cookie = await signIn(site.origin, schoolId, await adminOf(app, schoolId));
  for (const [name, paths] of await pagesOf(app, schoolId)) {
    const times: number[] = [];
    for (let look = 0; look < WARM_UP + LOOKS; look++) {
      const { ms } = await timed(() => read(`${site.origin}${paths[look % paths.length]}`, cookie));
      if (look >= WARM_UP) times.push(ms);
    }
    figures.set(name, median(times));
  }
  return figures;
}

async function read(url: string, cookie: string): Promise<void> {
  const answer = await fetch(url, { headers: { cookie } });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
}

async function pagesOf({ ctx }: App, schoolId: string): Promise<[name: string, paths: string[]][]> {
  const ids = async (role: string) => {
    const { rows } = await sql<{ id: string }>`select p.id from person p
      join profile_link l on l.school_id = p.school_id and l.person_id = p.id and l.present
      where p.school_id = ${schoolId} and p.present and ${role} = any(p.roles) order by md5(p.id) limit 5`.execute(
      everywhere(ctx),
    );
    return rows.map(({ id }) => encodeURIComponent(id));
  };
  const [pupils, teachers] = [await ids('student'), await ids('teacher')];
  const chats = await sql<{ id: string }>`select id from chat
    where school_id = ${schoolId} and type = 'class' order by md5(key) limit 5`.execute(everywhere(ctx));
  const api = `/v1/schools/${encodeURIComponent(schoolId)}`;
  const today = new Date(ctx.clock.now()).toISOString().slice(0, 10);
  return [
    ["a pupil's page", pupils.map((id) => `/people/${id}`)],
    ["a teacher's page", teachers.map((id) => `/people/${id}`)],
    ['/changes', ['/changes']],
    ['/changes of today', [`/changes?from=${today}`]],
    ['/changes of a pupil', pupils.map((id) => `/changes?personId=${id}`)],
    ['/changes of a teacher', teachers.map((id) => `/changes?personId=${id}`)],
    ['/changes of a chat', chats.rows.map(({ id }) => `/changes?chatId=${id}`)],
    ['journal of the API', [`${api}/journal`]],
    ['delays', [`${api}/delays`]],
    ['/manage', ['/manage']],
    ['/attention', ['/attention']],
  ];
}

async function asOwner(ownerUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}
