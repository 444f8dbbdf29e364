/**
 * A long random sequence of everything that can happen to a school – events, orders ahead and cancelled, imports,
 * odd rosters, other ids, links, edits by hand, strangers and leavers, steps that fail, are lost or come late, foreign
 * titles, days passing, clocks stepping back –
 * and after each step Sferum is what the rules give from the facts. WALK_SEED repeats a run; WALK_SECONDS makes it longer than CI's.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Clock, DAY_MS, systemClock } from '../../src/clock.ts';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { startTestApp, type TestApp, USUAL_CONNECTIONS } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { ODDITIES } from '../support/odd-rosters.ts';
import { drawWith, seeded, seedFrom } from '../support/random.ts';
import { schoolOfOperation } from '../support/run-operation.ts';
import { stepBack } from '../support/schedules/faults.ts';
import { importSmallSchool, initializeAll, TODAY } from '../support/small-world.ts';

const WALK_SECONDS = Number(process.env.WALK_SECONDS ?? 15);
const AGREEING = { timeout: 30_000, interval: 25 };
/** Fewer than the leaves that are respected, so a person who leaves here comes back. */
const LEAVES_EACH = 2;

let world: TestApp;
let school: string;
let aheadMs = Date.parse(`${TODAY}T09:00:00Z`) - Date.now();
const clock: Clock = { ...systemClock, now: () => Date.now() + aheadMs };
const random = seeded(seedFrom('WALK_SEED'));
const draw = drawWith(random);
const { of: pick, chance } = draw;

beforeAll(async () => {
  // As many connections as by default, so that the work of one school meets itself.
  const env = { LIMIT_DRIFT_INTERVAL_MS: '1000', LIMIT_DATABASE_CONNECTIONS: USUAL_CONNECTIONS };
  world = await startTestApp({ clock, env });
  school = await importSmallSchool(world);
  await initializeAll(world, school);
});
afterAll(() => world[Symbol.asyncDispose]());

/** Gives ids of the school as the database has them now. */
async function ids(query: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${sql.raw(query)} order by 1`.execute(everywhere(world.ctx));
  return rows.map((r) => r.id);
}
const pupils = () => ids(`select id from person where present and roles @> '{student}'`);
const adults = () => ids(`select id from person where present and not roles @> '{student}'`);
const teachers = () => ids(`select id from person where present and roles @> '{teacher}'`);
const classes = () => ids(`select id from class where present`);
const groups = () => ids(`select id from subject_group where present`);

let sequence = 0;
async function event(type: string, data: Record<string, unknown>, timeMs = clock.now()): Promise<string> {
  const id = `walk-${++sequence}`;
  const envelope = {
    specversion: '1.0',
    id,
    source: 'sgo',
    type,
    time: new Date(timeMs).toISOString(),
    data,
  };
  const answer = await world.commands.receiveEvents({
    by: { id: 'sgo', kind: 'service' },
    schoolId: school,
    events: [envelope],
  });
  expect(answer.rejected.filter((r) => !/VK ID/.test(r.message))).toEqual([]);
  return id;
}

const day = (offset: number) => new Date(clock.now() + offset * DAY_MS).toISOString().slice(0, 10);
const orders: string[] = [];

async function issueOrder(): Promise<string> {
  const kind = pick(['enrollment', 'withdrawal', 'transfer'] as const);
  const [from, to] = [pick(await classes()), pick(await classes())];
  const subjectGroupIds = chance(0.3) ? [pick(await groups())] : [];
  const shape = {
    enrollment: { classId: to, subjectGroupIds },
    withdrawal: chance(0.7) ? {} : { classId: from },
    transfer: { classId: from, toClassId: to, subjectGroupIds },
  };
  const id = `order-${++sequence}`;
  orders.push(id);
  const items = [{ studentId: pick(await pupils()), ...shape[kind] }];
  const effectiveOn = day(pick([-3, 0, 0, 0, 1]));
  await event('sgo.order.issued', { id, number: id, kind, effectiveOn, items });
  return `${kind} from ${effectiveOn}`;
}

async function anyChat(): Promise<{ id: string; peer: number; owner: number }> {
  const { rows } = await sql<{ id: string; peer: string; owner: string }>`
    select id, peer_id as peer, owner_id as owner from chat where creation = 'created' and deleting_since is null
    order by id`.execute(everywhere(world.ctx));
  const chat = pick(rows);
  return { id: chat.id, peer: Number(chat.peer), owner: Number(chat.owner) };
}

const leaves = new Map<number, number>();
const STEPS: Record<string, () => Promise<unknown>> = {
  order: issueOrder,
  'order again': issueOrder,
  cancellation: async () => orders.length > 0 && event('sgo.order.cancelled', { id: pick(orders) }),
  'guardian linked': async () =>
    event('sgo.guardian.linked', { guardianId: pick(await adults()), studentId: pick(await pupils()) }),
  'guardian unlinked': async () => {
    const { rows } = await sql<{ guardianId: string; studentId: string }>`
      select guardian_id as "guardianId", student_id as "studentId" from guardian where present order by 1, 2`.execute(
      everywhere(world.ctx),
    );
    return event('sgo.guardian.unlinked', { ...pick(rows) });
  },
  'profile linked': async () =>
    event('sgo.profile.linked', { personId: pick(await adults()), vkUserId: 5_000_000 + ++sequence }),
  'profile unlinked': async () =>
    event('sgo.profile.unlinked', { personId: pick([...(await adults()), ...(await pupils())]) }),
  'class saved': async () =>
    event('sgo.class.saved', {
      id: pick(await classes()),
      title: `${sequence} «Б»`,
      homeroomTeacherIds: [pick(await teachers())],
    }),
  'group saved': async () => {
    const all = await pupils();
    return event('sgo.subject-group.saved', {
      ...{
        id: pick(await groups()),
        title: `Группа ${sequence}`,
        subject: 'География',
        teacherIds: [pick(await teachers())],
      },
      studentIds: [...new Set(Array.from({ length: 8 }, () => pick(all)))],
    });
  },
  'person removed': async () => event('sgo.person.removed', { id: pick(await pupils()) }),
  'late event': async () =>
    event(
      'sgo.guardian.linked',
      { guardianId: pick(await adults()), studentId: pick(await pupils()) },
      clock.now() - DAY_MS,
    ),
  edit: async () => {
    const chat = await anyChat();
    const people = [...(await adults()), ...(await pupils())];
    const change = pick([
      { members: { add: [pick(people)] } },
      { members: { remove: [pick(people)] } },
      { members: { add: [pick(await teachers())] }, admins: { grant: [pick(await teachers())] } },
      { title: `Чат ${++sequence}` },
    ]);
    const response = await world.call(
      'PATCH',
      `/v1/chats/${chat.id}`,
      { role: 'school-admin', school, sub: 'admin' },
      change,
    );
    expect(response.status).toBeLessThan(500);
    return `${response.status} ${Object.keys(change)}`;
  },
  stranger: async () => {
    const chat = await anyChat();
    world.sandbox.world.join(world.sandbox.world.chatAt(chat.owner, chat.peer).id, 7_000_000 + ++sequence);
  },
  leaver: async () => {
    const chat = await anyChat();
    const live = world.sandbox.world.chatAt(chat.owner, chat.peer);
    const member = pick(
      [...live.members.keys()]
        .filter((id) => id !== chat.owner && (leaves.get(id) ?? 0) < LEAVES_EACH)
        .concat(-1),
    );
    if (member < 0) return;
    leaves.set(member, (leaves.get(member) ?? 0) + 1);
    world.sandbox.world.leave(live.id, member);
  },
  'lost reply': async () => {
    world.sandbox.world.faults.once(
      'execute',
      pick(['applyThenReset', 'http502', 'error10', 'applyThenHttp502'] as const),
    );
    return issueOrder();
  },
  'steps fail': async () => {
    const { faults } = world.sandbox.world;
    const [method, fault] = pick([
      ...([15, 935, 3, 10] as const).map((code) => ['messages.setMemberRole', code] as const),
      ...([10, 1] as const).map((code) => ['messages.addChatUser', code] as const),
      ...([10, 1017] as const).map((code) => ['messages.removeChatUser', code] as const),
      ...([15, 100] as const).map((code) => ['messages.editChat', code] as const),
      ['messages.getConversationMembers', 10] as const,
    ]);
    faults.add({ method, fault, times: 1 + Math.floor(random() * 3) });
    const change = pick(['order', 'class saved', 'group saved', 'edit']);
    await STEPS[change]!();
    return `${method} ${fault}, ${change}`;
  },
  'carried out late': async () => {
    world.sandbox.world.faults.once('execute', pick(['lateThenReset', 'lateThenError10'] as const));
    return issueOrder();
  },
  'late effects': async () => world.sandbox.world.faults.carryOutLate(),
  'renamed in the messenger': async () => {
    const chat = await anyChat();
    const live = world.sandbox.world.chatAt(chat.owner, chat.peer);
    world.sandbox.world.renameByHand(live.id, `Болталка ${++sequence}`);
  },
  import: async () => importRoster(wholeFiles()),
  'odd import': async () => {
    const oddity = pick(Object.keys(ODDITIES));
    await importRoster(ODDITIES[oddity]!(wholeFiles(), draw, clock.now()));
    return oddity;
  },
  // The step is judged by the database's clock, which must not be ahead of the walk's.
  'the clock steps back': async () => aheadMs >= 0 && stepBack(world.ctx),
  'a day passes': async () => {
    aheadMs += DAY_MS;
  },
};

const wholeFiles = () => makeSchool({ seed: 7, size: 'small', today: TODAY }).files;

async function importRoster(files: Record<string, string>): Promise<void> {
  await world.commands.importRoster({
    body: await zipRoster(files),
    takenAt: new Date(clock.now()),
    within: '*',
    by: { id: 'walk', kind: 'operator' },
  });
}

/**
 * Mostly says that people under new ids are the people of the old ones (K4). A person in doubt is said to be another.
 */
async function decidePeople(): Promise<void> {
  const by = { id: 'walk', kind: 'operator' } as const;
  await world.commands.decidePeople({ schoolId: school, pairs: null, same: chance(0.8), by });
  const { rows: pairs } = await sql<{ oldId: string; newId: string }>`
    select old_id as "oldId", new_id as "newId" from person_match where state = 'open' order by 1, 2`.execute(
    everywhere(world.ctx),
  );
  if (pairs.length > 0) await world.commands.decidePeople({ schoolId: school, pairs, same: false, by });
}

async function approveHeld(): Promise<void> {
  await decidePeople();
  await world.settled();
  for (const id of await ids(`select id::text from operation where state = 'held'`)) {
    await world.commands.decide({
      schoolId: await schoolOfOperation(world.ctx, id),
      operationId: id,
      decision: 'approve',
      chatIds: null,
      by: { id: 'walk', kind: 'operator' },
    });
  }
}

test(
  'after each step of a long random sequence Sferum equals what the rules give',
  async () => {
    const endMs = performance.now() + WALK_SECONDS * 1000;
    const trail: string[] = [];
    while (performance.now() < endMs) {
      const name = pick(Object.keys(STEPS));
      const what = await STEPS[name]!();
      trail.push(what ? `${name}: ${what}` : name);
      const recent = () => `step ${trail.length}, last: ${trail.slice(-6).join(' | ')}`;
      await vi
        .waitFor(async () => {
          await approveHeld();
          await world.settled();
          expect(await world.differences([school])).toEqual([]);
        }, AGREEING)
        .catch((error: Error) => {
          throw new Error(`${recent()}\n${error.message}`);
        });
    }
    console.log(`${trail.length} steps`);
    expect(trail.length).toBeGreaterThan(WALK_SECONDS / 5);
  },
  (WALK_SECONDS + 60) * 1000,
);
