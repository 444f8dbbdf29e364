/**
 * Each failure fires its alert within two minutes of scrapes, and none fires before it. All failures are made for real
 * except two: ages are set in the rows, and a broken rule is counted directly, because the program keeps its own rules.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld } from '../support/api.ts';
import { ADMIN, type ChatWorld, startChatWorld } from '../support/chat-world.ts';
import { placeOf, startProgram } from '../support/child-process.ts';
import { asOwner, everywhere } from '../support/everywhere.ts';
import { startHalves } from '../support/halves.ts';
import { type Drill, judge, PROMTOOL, readScrape, type Scrape } from '../support/promtool.ts';

/** Two minutes, with a scrape each 15 seconds. */
const SCRAPES = 8;
const WELL_SCRAPES = 2;
/** As few calls fail as where one school asks little. */
const CALLS_A_SCRAPE = 2;
const HOLD = '00000000-0000-4000-8000-000000000001';

let world: ChatWorld;
beforeAll(async () => {
  world = await startChatWorld({
    env: {
      SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'robot@school.example',
      LIMIT_ACCESS_BUFFER_RECORDS: '1',
      LIMIT_CHECK_ANSWER_MS: '300',
    },
  });
});
afterAll(() => world[Symbol.asyncDispose]());

const db = () => everywhere(world.ctx);

async function scrape(from: Pick<ChatWorld, 'request'> = world): Promise<Scrape> {
  return readScrape(await (await from.request('/metrics')).text());
}

/** `during` runs before each scrape of the failure. */
async function drill(
  alert: string,
  { begins, during, ends }: Record<'begins' | 'during' | 'ends', () => Promise<unknown>>,
): Promise<Drill> {
  await sql`update school set roster_taken_at = clock_timestamp()`.execute(db());
  const well = [];
  for (let i = 0; i < WELL_SCRAPES; i++) well.push(await scrape());
  await begins();
  const broken = [];
  for (let i = 0; i < SCRAPES; i++) {
    await during();
    broken.push(await scrape());
  }
  await ends();
  return { alert, well, broken };
}

const nothing = async () => undefined;
/** Asks Sferum about the chats of several people. */
const check = () =>
  Promise.all(
    ['p1', 'p2', 'p3', 'p4', 'm1', 't1', 't2'].map((id) =>
      world.call('POST', `/v1/people/${id}/check`, ADMIN),
    ),
  );
const faulty = (fault: 5 | 10) => async () => void world.sandbox.world.faults.add({ fault });
const healthy = async () => world.sandbox.world.faults.clear();
const change = (statement: ReturnType<typeof sql>) => () => statement.execute(db());

async function failedCalls(): Promise<number> {
  const calls = [...((await scrape()) ?? [])].filter(([name]) => name.startsWith('sferum_calls_total{'));
  return calls.reduce((sum, [name, n]) => sum + (name.includes('outcome="done"') ? 0 : n), 0);
}

const drills: Record<string, () => Promise<Drill>> = {
  'Sferum refuses what is asked': () => {
    let known = 0;
    const moreFail = async () => {
      await check();
      const failed = () => failedCalls().then((n) => n - known);
      await expect.poll(failed, { timeout: 20_000 }).toBeGreaterThanOrEqual(CALLS_A_SCRAPE);
      known = await failedCalls();
    };
    return drill('SferumRefuses', { begins: faulty(10), during: moreFail, ends: healthy });
  },
  'a change does not reach its chat': () =>
    drill('ChangesLate', {
      begins:
        change(sql`update chat set condition = 'behind', condition_since = clock_timestamp() - interval '16 minutes'
        where school_id = 's1' and title = '5А класс'`),
      during: nothing,
      ends: change(sql`update chat set condition = 'synced' where school_id = 's1' and title = '5А класс'`),
    }),
  'a token is withdrawn': () =>
    drill('AccountBroken', {
      begins: faulty(5),
      during: check,
      ends: async () => {
        await healthy();
        await change(sql`update sferum_account set status = 'ok'`)();
      },
    }),
  'a decision is left for two days': () =>
    drill('HoldsOld', {
      begins:
        change(sql`insert into operation (id, school_id, kind, state, created_by, created_by_kind, created_at)
        values (${HOLD}, 's1', 'drift', 'held', 'drift', 'system', clock_timestamp() - interval '2 days')`),
      during: nothing,
      ends: change(sql`delete from operation where id = ${HOLD}`),
    }),
  'СГО sends no list for two days': () =>
    drill('RosterOverdue', {
      begins: change(sql`update school set roster_taken_at = clock_timestamp() - interval '2 days'`),
      during: nothing,
      ends: nothing,
    }),
  'the mail server is away': () =>
    drill('LettersWait', {
      begins: change(sql`
        with someone as (insert into told_choice (school_id, subject, role, email, kinds, daily)
          values ('s1', 'a1', 'school-admin', 'a1@school.example', '{hold}', false) returning id)
        insert into told_delivery (id, school_id, choice_id, type, body, created_at, next_at)
        select gen_random_uuid(), 's1', id, 'hold.opened', '{}', clock_timestamp() - interval '16 minutes', clock_timestamp()
        from someone`),
      during: nothing,
      ends: change(sql`delete from told_choice`),
    }),
  'nobody can note who looked': () =>
    drill('AccessRecordsLost', {
      begins: () => asOwner(world.ctx, 'alter table access_record rename to access_record_away'),
      during: () => world.call('GET', '/v1/people/p1/grounds', ADMIN),
      ends: () => asOwner(world.ctx, 'alter table access_record_away rename to access_record'),
    }),
  'the last worker is gone': () =>
    drill('NoWorker', {
      begins: nothing,
      during: change(sql`update process set seen_at = clock_timestamp() - interval '1 minute'`),
      ends: change(sql`update process set seen_at = clock_timestamp()`),
    }),
  'a rule is found broken': () =>
    drill('InvariantBroken', {
      begins: async () => world.ctx.metrics.invariantBreach('pupil-in-parents-chat'),
      during: nothing,
      ends: nothing,
    }),
  'the database is away': async () => {
    await using api = await createApiWorld();
    await sql`insert into process (id, role, connections, seen_at) values (gen_random_uuid(), 'worker', 5, clock_timestamp())`.execute(
      everywhere(api.db),
    );
    const well = [await scrape(api), await scrape(api)];
    await api.db[Symbol.asyncDispose]();
    const broken = [];
    for (let i = 0; i < SCRAPES; i++) broken.push(await scrape(api));
    return { alert: 'DatabaseAway', well, broken };
  },
  'a process does not answer': async () => {
    await using halves = await startHalves();
    await using worker = startProgram('worker', halves.env);
    const address = await placeOf(worker);
    const figures = () =>
      fetch(`${address}/metrics`).then(
        async (response) => readScrape(await response.text()),
        () => null,
      );
    const well = [await figures(), await figures()];
    worker.signal('SIGKILL');
    await worker.ended;
    const broken = [];
    for (let i = 0; i < SCRAPES; i++) broken.push(await figures());
    return { alert: 'ProcessDown', well, broken };
  },
};

test.runIf(PROMTOOL ?? process.env.CI).each(Object.entries(drills))('%s', async (_, make) => {
  await judge([await make()]);
});
