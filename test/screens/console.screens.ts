/** Every page, role and state of one school, from before its first chat until Sferum refuses its key. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { giveOrders } from '../../src/demo/give-orders.ts';
import { giveTimetable } from '../../src/demo/lessons/give-timetable.ts';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import { countFigures } from '../../src/outbox/count-figures.ts';
import { findPersonas, type PersonaKind } from '../../src/store/queries/personas.ts';
import { type Console, describeInBrowser, startConsole, type Visitor } from '../support/browser.ts';
import { everywhere } from '../support/everywhere.ts';
import { underNewIds } from '../support/new-ids.ts';
import { ADMIN_PAGES, childPages, staffPages } from './pages.ts';
import { take } from './shots.ts';

const ZONE = 'Europe/Moscow';
const LISTS_HOURS_AGO = 4;
const BY = { id: 'operator', kind: 'operator' } as const;

describeInBrowser('a school', () => {
  let site: Console;
  let school: string;
  let people: Record<PersonaKind, string>;
  let lists: Record<string, string>;
  const rows = async <Row>(statement: ReturnType<typeof sql<Row>>) =>
    (await statement.execute(everywhere(site.world.ctx))).rows;
  const one = async (statement: ReturnType<typeof sql<{ id: string }>>) => (await rows(statement))[0]!.id;
  const by = (kind: PersonaKind): Visitor => ({
    role: kind.includes('student')
      ? 'student'
      : kind.includes('parent')
        ? 'parent'
        : kind === 'school-admin'
          ? kind
          : 'staff',
    ...{ school, sub: people[kind] },
  });
  const admin = () => by('school-admin');
  const shoot = (state: string, who: PersonaKind, shots: Parameters<typeof take>[2]) =>
    take(site, { state, who, as: by(who) }, shots);
  /** Waits until the work that a test began is over. */
  const settled = () => site.world.settled();

  beforeAll(async () => {
    site = await startConsole({
      env: { LIMIT_APPROVAL_WAIT_MS: '600000' },
      // The demo's whole school takes long.
      settledWithinMs: 15 * 60_000,
    });
    const { ctx } = site.world;
    const today = new Date(ctx.clock.now()).toISOString().slice(0, 10);
    const { files } = makeSchool({ seed: 448, size: inject('screens').size, today });
    lists = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, String(text)]));
    const takenAt = new Date(ctx.clock.now() - LISTS_HOURS_AGO * 3_600_000);
    await site.world.importRoster(lists, takenAt.toISOString());
    school = await one(sql`select id from school limit 1`);
    const personas = await findPersonas(everywhere(ctx));
    people = Object.fromEntries(personas.map(({ kind, personId }) => [kind, personId])) as typeof people;
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test('before its first chat', async () => {
    await shoot('1-new', 'school-admin', [
      ...['overview', 'manage', 'attention', 'operations', 'rosters', 'changes', 'unreachable'].map(
        (name) => ({
          ...{ name, path: `/${name}` },
        }),
      ),
      { name: 'own', path: '/' },
    ]);
    await shoot('1-new', 'student', childPages());
    await take(site, { state: '1-new', who: 'nobody', as: null }, [
      { name: 'signed-out', path: '/signed-out' },
      { name: 'not-signed-in', path: '/manage' },
      { name: 'docs', path: '/docs' },
      { name: 'demo', path: '/demo' },
    ]);
  });

  test('while it is initialised', async () => {
    const { app, call, ended } = site.world;
    const chats = app.queues.all.find(({ name }) => name === 'chats');
    const { sub = '', role } = admin();
    const body = { types: CHAT_TYPES, dryRun: false, strict: false };
    const path = `/v1/schools/${school}/initializations`;
    const begun = await call('POST', path, { role, school, sub }, body);
    const { operationId } = (await begun.json()) as { operationId: string };
    const made = () => site.world.sandbox.world.chats.size;
    await vi.waitFor(() => expect(made()).toBeGreaterThan(0), { timeout: 60_000, interval: 1 });
    await chats?.pause();
    await shoot('2-running', 'school-admin', [
      ...['overview', 'manage', 'attention', 'operations', 'changes'].map((name) => ({
        name,
        path: `/${name}`,
      })),
      { name: 'operation', path: `/manage/operations/${operationId}` },
      { name: 'own', path: '/' },
    ]);
    await take(
      site,
      { state: '2-running', who: 'operator', as: { role: 'operator', school: '*', sub: 'operator' } },
      [...['schools', 'server'].map((name) => ({ name, path: `/${name}` }))],
    );
    await chats?.resume();
    await ended(operationId);
  });

  test('as it should be', async () => {
    const { ctx, commands } = site.world;
    await giveTimetable(ctx, commands, school);
    await giveOrders(ctx, commands, school, ZONE);
    await settled();
    // Shares are counted once a minute.
    await countFigures({ ...ctx, clock: { ...ctx.clock, now: () => ctx.clock.now() + 120_000 } });
    const chat = await one(sql`select id from chat where type = 'class' order by title_key limit 1`);
    const run = await one(sql`select id from operation where kind = 'initialization' limit 1`);
    await shoot('2-fine', 'school-admin', ADMIN_PAGES({ chat, run, person: people.student }));
    for (const who of ['homeroom-teacher', 'subject-teacher'] as const) {
      const [lesson] = await rows(
        sql<{
          id: string;
        }>`select id from lesson where teacher_id = ${people[who]} order by ends_at desc limit 1`,
      );
      await shoot('2-fine', who, staffPages(lesson?.id));
    }
    for (const who of ['student', 'parent', 'unlinked-student', 'unlinked-parent'] as const) {
      await shoot('2-fine', who, childPages());
    }
    await take(
      site,
      { state: '2-fine', who: 'operator', as: { role: 'operator', school: '*', sub: 'operator' } },
      [
        ...['/schools', '/schools/held', '/server'].map((path) => ({
          name: path.slice(1).replace('/', '-'),
          path,
        })),
      ],
    );
  });

  test('with removals that wait', async () => {
    const { call, commands, ended } = site.world;
    const chat = await one(sql`select id from chat where type = 'staff'`);
    const pupils = await rows(sql<{ id: string }>`select distinct l.person_id as id from profile_link l
      join enrollment e on e.student_id = l.person_id where l.present order by 1 limit 30`);
    const add = pupils.map(({ id }) => id);
    const { sub = '', role } = admin();
    await call('PATCH', `/v1/chats/${chat}`, { role, school, sub }, { members: { add } });
    await settled();
    const ask = {
      schoolId: school,
      types: ['staff' as const],
      dryRun: false,
      strict: true,
      asOf: null,
      by: BY,
    };
    const run = await commands.initialize(ask);
    await ended(run);
    const decide = `/manage/operations/${run}`;
    await shoot('3-held', 'school-admin', [
      { name: 'overview', path: '/overview' },
      {
        name: 'overview-question',
        path: '/overview',
        first: (page) => page.getByText('Исключить 30…').click(),
      },
      { name: 'attention', path: '/attention' },
      { name: 'manage', path: '/manage?condition=held' },
      { name: 'chat', path: `/manage/chats/${chat}` },
      { name: 'decide', path: decide },
      { name: 'decide-all', path: `${decide}/approve` },
    ]);
    await take(
      site,
      { state: '3-held', who: 'operator', as: { role: 'operator', school: '*', sub: 'operator' } },
      [
        { name: 'schools', path: '/schools' },
        { name: 'held', path: '/schools/held' },
        { name: 'question', path: '/schools/held?all=1' },
      ],
    );
    const approvalId = await commands.approveLater({
      schoolId: school,
      operationId: run,
      chatIds: null,
      by: BY,
    });
    await shoot('4-approved', 'school-admin', [
      { name: 'overview', path: '/overview' },
      { name: 'decide', path: decide },
    ]);
    await take(
      site,
      { state: '4-approved', who: 'operator', as: { role: 'operator', school: '*', sub: 'operator' } },
      [{ name: 'held', path: '/schools/held' }],
    );
    await commands.takeBackApproval({ schoolId: school, operationId: run, approvalId, by: BY });
    await commands.decide({ schoolId: school, operationId: run, decision: 'reject', chatIds: null, by: BY });
    await settled();
  });

  test('with lists that are cut', async () => {
    const all = lists['enrollments.csv']!.split('\n');
    const lost = new Set(all.filter((row) => row.includes(',student,')).filter((_, at) => at % 5 < 3));
    await site.world.importRoster({
      ...lists,
      'enrollments.csv': all.filter((row) => !lost.has(row)).join('\n'),
    });
    const held = await one(
      sql`select id from operation where kind = 'roster-import' and state = 'held' limit 1`,
    );
    await shoot('5-cut-lists', 'school-admin', [
      { name: 'overview', path: '/overview' },
      { name: 'rosters', path: '/rosters' },
      { name: 'decide', path: `/manage/operations/${held}` },
      { name: 'accept', path: `/manage/operations/${held}/approve` },
      {
        ...{ name: 'accept-open', path: `/manage/operations/${held}/approve?type=class` },
        first: (page) => page.locator('.branch .row-details > summary').first().click(),
      },
    ]);
    const decision = {
      schoolId: school,
      operationId: held,
      decision: 'reject',
      chatIds: null,
      by: BY,
    } as const;
    await site.world.commands.decide(decision);
    await settled();
  });

  test('with people under new ids', async () => {
    const { commands, importRoster } = site.world;
    await importRoster(underNewIds(lists));
    const held = await one(
      sql`select id from operation where kind = 'roster-import' and state = 'held' limit 1`,
    );
    await shoot('5-new-ids', 'school-admin', [
      ...['overview', 'attention', 'rosters', 'same-people'].map((name) => ({ name, path: `/${name}` })),
      { name: 'decide', path: `/manage/operations/${held}` },
    ]);
    await commands.decide({
      schoolId: school,
      operationId: held,
      decision: 'approve',
      chatIds: null,
      by: BY,
    });
    await settled();
    await shoot('5-new-ids-accepted', 'school-admin', [
      ...['same-people', 'rosters', 'overview'].map((name) => ({ name, path: `/${name}` })),
      { name: 'decide', path: `/manage/operations/${held}` },
    ]);
  });

  test('with chats that fail, and with a key that Sferum refuses', async () => {
    const { ctx, sandbox, call } = site.world;
    await sql`update chat set not_before = now() + interval '1 day', condition = 'failing', condition_reason = 'chat-lost',
        condition_message = 'Чат в Сферуме не найден. Создайте его заново кнопкой «Удалить» и инициализацией.',
        condition_since = now() - interval '3 hours'
      where id in (select id from chat where type = 'class' order by title_key limit 2)`.execute(
      everywhere(ctx),
    );
    const failing = await one(
      sql`select id from chat where condition = 'failing' order by title_key limit 1`,
    );
    const shots = [
      { name: 'overview', path: '/overview' },
      { name: 'attention', path: '/attention' },
      { name: 'manage', path: '/manage' },
      { name: 'chat', path: `/manage/chats/${failing}` },
    ];
    await shoot('6-failing', 'school-admin', shots);
    const { world } = sandbox;
    const owner = await one(sql`select owner_id as id from sferum_account limit 1`);
    world.revokeToken(world.token('user', Number(owner)).token);
    const chat = await one(sql`select id from chat where type = 'staff'`);
    const { sub = '', role } = admin();
    await call('PATCH', `/v1/chats/${chat}`, { role, school, sub }, { title: 'Учителя' });
    await settledOrBroken();
    await shoot('7-broken-key', 'school-admin', [
      ...shots,
      { name: 'settings', path: '/settings' },
      { name: 'own', path: '/' },
    ]);
    await shoot('7-broken-key', 'subject-teacher', [{ name: 'manage', path: '/manage' }]);
  });

  /** The next change finds out that the key is refused. */
  async function settledOrBroken(): Promise<void> {
    for (;;) {
      const [account] = await rows(sql<{ status: string }>`select status from sferum_account limit 1`);
      if (account?.status === 'broken') return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
});
