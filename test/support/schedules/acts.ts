/** What people and СГО do to a school in a schedule; each gives a word for the trail. */

import { sql } from 'kysely';
import { DAY_MS, HOUR_MS } from '../../../src/clock.ts';
import { everywhere } from '../everywhere.ts';
import { ODDITIES } from '../odd-rosters.ts';
import type { Draw } from '../random.ts';
import { adults, ask, classes, groups, ids, pupils, type Story, teachers, tell } from './ask.ts';
import { TINY_SCHOOL, type TinyUnit, tinyFiles, underNewIds } from './tiny-roster.ts';

type Act = (story: Story, draw: Draw) => Promise<unknown>;

const ALL_TYPES = ['staff', 'class', 'parents', 'subject'];

async function order(story: Story, draw: Draw): Promise<string> {
  const kind = draw.of(['enrollment', 'withdrawal', 'transfer'] as const);
  const [from, to] = [draw.of(await classes(story)), draw.of(await classes(story))];
  const subjectGroupIds = draw.chance(0.3) ? [draw.of(await groups(story))] : [];
  const shape = {
    enrollment: { classId: to, subjectGroupIds },
    withdrawal: draw.chance(0.7) ? {} : { classId: from },
    transfer: { classId: from, toClassId: to, subjectGroupIds },
  };
  const id = `o${++story.sequence}`;
  const atMs = story.world.clock.now() + draw.of([-3, 0, 0, 0, 1]) * DAY_MS;
  const effectiveOn = new Date(atMs).toISOString().slice(0, 10);
  const items = [{ studentId: draw.of(await pupils(story)), ...shape[kind] }];
  story.orders.push(id);
  return `${await tell(story, 'sgo.order.issued', { id, number: id, kind, effectiveOn, items })} ${kind}`;
}

async function edit(story: Story, draw: Draw): Promise<string> {
  const chat = draw.of(await ids(story, 'select id::text from chat where deleted_at is null'));
  const people = [...(await adults(story)), ...(await pupils(story))];
  const body = draw.of([
    { members: { add: [draw.of(people)] } },
    { members: { remove: [draw.of(people)] } },
    {
      members: { add: [draw.of(await teachers(story))] },
      admins: { grant: [draw.of(await teachers(story))] },
    },
    { admins: { revoke: [draw.of(await teachers(story))] } },
    { title: `Чат ${++story.sequence}` },
  ]);
  if (!chat) return 'no chat';
  const { status } = await ask(story, {
    ...{ method: 'PATCH', path: `/v1/chats/${chat}`, as: 'school-admin', body },
  });
  return `${Object.keys(body)}: ${status}`;
}

/** Live chats in which something can happen without us. */
async function liveChat(story: Story, draw: Draw) {
  const { rows } = await sql<{ owner: string; peer: string }>`
    select owner_id as owner, peer_id as peer from chat
    where peer_id is not null and creation = 'created' and deleting_since is null and deleted_at is null order by id`.execute(
    everywhere(story.world.halves.ctx),
  );
  const one = draw.of(rows);
  return one && story.world.halves.sandbox.world.chatAt(Number(one.owner), Number(one.peer));
}

const unitOf = (draw: Draw, units: readonly TinyUnit[]) => draw.of(units);

/** Changes of the source between two of its files. */
const CHANGES: Record<string, (story: Story, draw: Draw) => void> = {
  nothing: () => undefined,
  'a pupil moves': ({ roster }, draw) => {
    const [from, to] = draw.chance(0.5) ? roster.classes : roster.classes.toReversed();
    const moving = from && draw.of(from.pupils);
    if (!moving || !to) return;
    from.pupils = from.pupils.filter((id) => id !== moving);
    to.pupils.push(moving);
  },
  'a pupil is gone': ({ roster }, draw) => {
    const gone = draw.of(roster.people.filter((p) => p.role === 'student'))?.id;
    roster.people = roster.people.filter((p) => p.id !== gone);
  },
  'somebody is disabled': ({ roster }, draw) => {
    const one = draw.of(roster.people);
    one.enabled = !one.enabled;
  },
  'another homeroom teacher': ({ roster }, draw) => {
    const unit = unitOf(draw, roster.classes);
    unit.teachers = [draw.of(roster.people.filter((p) => p.role === 'teacher')).id];
  },
  'a class is renamed': (story, draw) => {
    unitOf(draw, story.roster.classes).title = `6${draw.of(['А', 'Б', 'В', 'Г'])}`;
  },
  'a pupil under a new id': (story, draw) => {
    const { id } = draw.of(story.roster.people.filter((p) => p.role === 'student'));
    story.roster = underNewIds(story.roster, new Map([[id, `${id}n${++story.sequence}`]]));
  },
  'all under new ids': (story) => {
    const suffix = `n${++story.sequence}`;
    const renamed = story.roster.people.map(({ id }) => [id, `${id}${suffix}`] as const);
    story.roster = underNewIds(story.roster, new Map(renamed));
  },
};

async function importRoster(story: Story, draw: Draw): Promise<string> {
  const change = draw.of(Object.keys(CHANGES));
  CHANGES[change]!(story, draw);
  const nowMs = story.world.clock.now();
  const oddity = draw.chance(0.4) ? draw.of(Object.keys(ODDITIES)) : null;
  const whole = tinyFiles(story.roster, nowMs);
  const files = oddity === null ? whole : ODDITIES[oddity]!(whole, draw, nowMs);
  await story.world.importRoster(files, draw.chance(0.15) ? nowMs - HOUR_MS : nowMs);
  return oddity === null ? change : `${change}, ${oddity}`;
}

/** Switches its types on; in every schedule that is the first act. */
export async function initialize(story: Story, types = ALL_TYPES, strict = false): Promise<string> {
  const path = `/v1/schools/${TINY_SCHOOL}/initializations`;
  const { status } = await ask(story, {
    ...{ method: 'POST', path, as: 'school-admin', body: { types, strict } },
  });
  return `${types}: ${status}`;
}

export const ACTS: Record<string, Act> = {
  order,
  'order again': order,
  'order cancelled': async (story, draw) =>
    story.orders.length > 0 && tell(story, 'sgo.order.cancelled', { id: draw.of(story.orders) }),
  'guardian linked': async (story, draw) =>
    tell(story, 'sgo.guardian.linked', {
      guardianId: draw.of(await adults(story)),
      studentId: draw.of(await pupils(story)),
    }),
  'guardian unlinked': async (story, draw) => {
    const pair = draw.of(
      await ids(story, `select guardian_id || ' ' || student_id as id from guardian where present`),
    );
    if (!pair) return 'no guardian';
    const [guardianId, studentId] = pair.split(' ');
    return tell(story, 'sgo.guardian.unlinked', { guardianId, studentId });
  },
  'profile linked': async (story, draw) =>
    tell(story, 'sgo.profile.linked', {
      personId: draw.of([...(await adults(story)), ...(await pupils(story))]),
      vkUserId: draw.chance(0.7) ? 5_000 + ++story.sequence : draw.of(story.roster.people).vk,
    }),
  'profile unlinked': async (story, draw) =>
    tell(story, 'sgo.profile.unlinked', {
      personId: draw.of([...(await adults(story)), ...(await pupils(story))]),
    }),
  'class saved': async (story, draw) =>
    tell(story, 'sgo.class.saved', {
      id: draw.of(await classes(story)),
      title: `7${draw.of(['А', 'Б', 'В', 'Г', 'Д'])}`,
      homeroomTeacherIds: [draw.of(await teachers(story))],
    }),
  'group saved': async (story, draw) => {
    const all = await pupils(story);
    return tell(story, 'sgo.subject-group.saved', {
      ...{
        id: draw.of([...(await groups(story)), 'g9']),
        title: `Группа ${++story.sequence}`,
        subject: 'Химия',
      },
      teacherIds: [draw.of(await teachers(story))],
      studentIds: [...new Set(Array.from({ length: 4 }, () => draw.of(all)))],
    });
  },
  'group removed': async (story, draw) =>
    tell(story, 'sgo.subject-group.removed', { id: draw.of(await groups(story)) }),
  'person saved': async (story, draw) =>
    tell(story, 'sgo.person.saved', {
      ...{ id: `new${++story.sequence}`, familyName: 'Новый', givenName: 'Имя' },
      roles: [draw.of(['teacher', 'student', 'parent'])],
    }),
  'person removed': async (story, draw) =>
    tell(story, 'sgo.person.removed', {
      id: draw.of([...(await pupils(story)), ...(await teachers(story))]),
    }),
  'late event': async (story, draw) =>
    tell(
      story,
      'sgo.guardian.linked',
      { guardianId: draw.of(await adults(story)), studentId: draw.of(await pupils(story)) },
      story.world.clock.now() - HOUR_MS,
    ),
  edit,
  'edit again': edit,
  import: importRoster,
  'import again': importRoster,
  initialize: (story, draw) =>
    initialize(story, draw.chance(0.5) ? ALL_TYPES : [draw.of(ALL_TYPES)], draw.chance(0.2)),
  'chat deleted': async (story, draw) => {
    const chat = draw.of(await ids(story, 'select id::text from chat where deleted_at is null'));
    if (!chat) return 'no chat';
    const { status } = await ask(story, { method: 'DELETE', path: `/v1/chats/${chat}`, as: 'school-admin' });
    return status;
  },
  stranger: async (story, draw) => {
    const chat = await liveChat(story, draw);
    if (chat) story.world.halves.sandbox.world.join(chat.id, 9_000 + ++story.sequence);
  },
  leaver: async (story, draw) => {
    const chat = await liveChat(story, draw);
    const may = (id: number) => id !== chat?.ownerId && (story.leaves.get(id) ?? 0) < 1;
    const user = draw.of([...(chat?.members.keys() ?? [])].filter(may));
    if (!chat || !user) return;
    story.leaves.set(user, (story.leaves.get(user) ?? 0) + 1);
    story.world.halves.sandbox.world.leave(chat.id, user);
  },
  'renamed in the messenger': async (story, draw) => {
    const chat = await liveChat(story, draw);
    if (chat) story.world.halves.sandbox.world.renameByHand(chat.id, `Болталка ${++story.sequence}`);
  },
};
