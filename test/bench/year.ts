import { sql } from 'kysely';
import { Client } from 'pg';
import type { App } from '../../src/app.ts';
import { dayIn } from '../../src/clock.ts';
import { everywhere } from '../support/everywhere.ts';
import type { Benchmark, Print } from './benchmark.ts';
import { importManualSchool, initialize, startApp, succeeded } from './support/app.ts';
import { type ChangeEvent, changesOf } from './support/changes.ts';
import { costOf } from './support/costs.ts';
import { follow } from './support/follow.ts';
import { median } from './support/measure.ts';
import { type SandboxProcess, startSandboxOf } from './support/sandbox-process.ts';
import { TIME_ZONE } from './support/school.ts';
import { type BenchServer, startServer } from './support/server.ts';
import { adminOf, JWT_SECRET, type Site, serve, signIn } from './support/site.ts';
import { LEAVE_ROOM, makeYear, YEAR } from './support/year.ts';

const REQUESTS_PER_SECOND = 200;
const EVENTS = 80;
const LOOKS = 50;
const WARM_UP = 8;
/** A connection plans a statement anew the first few times, which a process that runs for days does not feel. */
const PAGE_WARM_UP = 40;
/** The aim: every figure after a year may be this many times that of the first day. */
const AIM = 1.2;
/**
 * Lines of a page about one person or chat. On the first day they have that many too, so both pages show the same: a
 * page that shows more costs more, on every day.
 */
const LINES = 10;

/** One of two schools that differ in their age alone. */
interface Aged {
  app: App;
  site: Site;
  schoolId: string;
  cookie: string;
  changes: ChangeEvent[];
}

/** What was measured at one school, by kind of work. */
type Figures = Map<string, { ms: number[]; cpuMs: number }>;

export const year: Benchmark = {
  name: 'year',
  about: `events and pages of a school on its first day and of one after a year, in turn: ${YEAR.events} events, ${YEAR.imports} imports, 3.4 orders a pupil, ${YEAR.journalLines} lines of the journal`,
  async run(print) {
    await using server = await startServer();
    await using sandbox = await startSandboxOf({
      ...{ requestsPerSecond: REQUESTS_PER_SECOND, schools: 2, latencyMs: 0 },
    });
    await using parts = new AsyncDisposableStack();
    const [first, after] = [
      await school(server, sandbox, 0, parts, () => Promise.resolve()),
      await school(server, sandbox, 1, parts, ({ ctx }, id) => makeYear(everywhere(ctx), id)),
    ];
    const figures = [new Map(), new Map()] satisfies Figures[];
    await measureEvents([first, after], figures, server.postmaster);
    await measurePages([first, after], figures, server.postmaster);
    report(print, figures[0]!, figures[1]!);
  },
};

async function school(
  server: BenchServer,
  sandbox: SandboxProcess,
  nth: number,
  parts: AsyncDisposableStack,
  age: (app: App, schoolId: string) => Promise<void>,
): Promise<Aged> {
  const database = await server.database();
  const app = parts.use(await startApp(database.url, sandbox.url, { SGO_JWT_SECRET: JWT_SECRET }));
  await asOwner(database.ownerUrl, LEAVE_ROOM);
  const schoolId = await importManualSchool(app, sandbox.schools[nth]!, REQUESTS_PER_SECOND);
  await succeeded(app.ctx, await initialize(app, schoolId));
  // Very many teachers change for one day. The limit is raised so that no removal waits for a person.
  await sql`update school set limits = '{"schoolAtLeast": 100000, "chatAtLeast": 1000}'`.execute(
    everywhere(app.ctx),
  );
  const today = dayIn(TIME_ZONE, app.ctx.clock.now());
  const changes = await changesOf(everywhere(app.ctx), schoolId, today, EVENTS + WARM_UP);
  await age(app, schoolId);
  // Orders are grounds now. What the lists say of them is brought up to date once, as it happened during that year.
  await succeeded(app.ctx, await initialize(app, schoolId));
  await asOwner(database.ownerUrl, 'vacuum analyze');
  const site = parts.use(await serve(app));
  const cookie = await signIn(site.origin, schoolId, await adminOf(app, schoolId));
  return { app, site, schoolId, cookie, changes };
}

function report(print: Print, first: Figures, after: Figures): void {
  let worst = 0;
  for (const [name, { ms, cpuMs }] of after) {
    const before = first.get(name)!;
    const ratio = median(ms) / median(before.ms);
    worst = Math.max(worst, ratio);
    const late = ratio > AIM ? ' – MORE THAN ALLOWED' : '';
    const cpu = (figure: { ms: number[]; cpuMs: number }) => (figure.cpuMs / figure.ms.length).toFixed(1);
    print(
      `${name.padEnd(34)} first day ${median(before.ms).toFixed(1)} ms, after a year ${median(ms).toFixed(1)} ms: ${ratio.toFixed(2)}${late}; CPU ${cpu(before)} and ${cpu({ ms, cpuMs })} ms: ${(cpuMs / before.cpuMs).toFixed(2)}`,
    );
  }
  print(`ratio: ${worst.toFixed(2)} of the first day at worst, ${AIM} is allowed`);
}

/** Follows one event of each school in turn, so that other load of the machine falls on both. */
async function measureEvents(schools: readonly Aged[], figures: readonly Figures[], postmaster: number) {
  for (let nth = 0; nth < EVENTS + WARM_UP; nth++) {
    for (const [at, { app, schoolId, changes }] of schools.entries()) {
      const { cost, value } = await costOf(app, postmaster, () => follow(app, schoolId, changes[nth]!));
      if (nth < WARM_UP) continue;
      const cpuMs = cost.processMs + cost.postgresMs;
      note(figures[at]!, 'event, until the 202', value.durableMs, cpuMs);
      note(figures[at]!, 'event, until its chats are settled', value.ms, cpuMs);
    }
  }
}

async function measurePages(schools: readonly Aged[], figures: readonly Figures[], postmaster: number) {
  const pages = await Promise.all(schools.map(({ app, schoolId }) => pagesOf(app, schoolId)));
  for (const [page, [name]] of pages[0]!.entries()) {
    for (let look = 0; look < PAGE_WARM_UP + LOOKS; look++) {
      for (const [at, { app, site, cookie }] of schools.entries()) {
        const paths = pages[at]![page]![1];
        const url = `${site.origin}${paths[look % paths.length]}`;
        const { cost } = await costOf(app, postmaster, () => read(url, cookie));
        if (look < PAGE_WARM_UP) continue;
        note(figures[at]!, name, cost.seconds * 1000, cost.processMs + cost.postgresMs);
      }
    }
  }
}

function note(figures: Figures, name: string, ms: number, cpuMs: number): void {
  const known = figures.get(name) ?? { ms: [], cpuMs: 0 };
  figures.set(name, { ms: [...known.ms, ms], cpuMs: known.cpuMs + cpuMs });
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
      where p.school_id = ${schoolId} and p.present and ${role} = any(p.roles)
        and (select count(*) from membership m where m.school_id = p.school_id and m.person_id = p.id) >= ${LINES}::int
      order by md5(p.id) limit 5`.execute(everywhere(ctx));
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
    ['/changes of a pupil', pupils.map((id) => `/changes?personId=${id}&perPage=${LINES}`)],
    ['/changes of a teacher', teachers.map((id) => `/changes?personId=${id}&perPage=${LINES}`)],
    ['/changes of a chat', chats.rows.map(({ id }) => `/changes?chatId=${id}&perPage=${LINES}`)],
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
