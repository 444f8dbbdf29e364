/** Somebody waits for an event: how few slots it takes, and what it does not wait for. */
import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { moveGenerations } from '../../src/reconcile/apply-plan.ts';
import { startTestApp } from '../support/app.ts';
import { ADMIN, startChatWorld } from '../support/chat-world.ts';
import { startHalves } from '../support/halves.ts';
import { importSmallSchool, initializeAll } from '../support/small-world.ts';

interface Group {
  id: string;
  title: string;
  subject: string;
  classId: string | null;
  teacherIds: string[];
  studentIds: string[];
  newcomer: string;
  live: string;
}

test('another teacher of a group is in, admin and seen to be so in one request, the old one is out in the next', async () => {
  await using world = await startTestApp();
  const schoolId = await importSmallSchool(world);
  await initializeAll(world, schoolId);
  const { rows } = await sql<Group>`
    select g.id, g.title, g.subject, g.class_id as "classId", g.teacher_ids as "teacherIds",
      array_agg(e.student_id) as "studentIds", min(other.person_id) as newcomer, min(c.title) as live
    from subject_group g
      join chat c on c.school_id = g.school_id and c.subject_group_id = g.id
      join enrollment e on e.school_id = g.school_id and e.unit = 'group' and e.unit_id = g.id and e.present
      join profile_link own on own.school_id = g.school_id and own.person_id = g.teacher_ids[1] and own.present
      join lateral (select l.person_id, l.vk_user_id from profile_link l
        join person p on p.school_id = l.school_id and p.id = l.person_id and p.roles && '{teacher}'
        where l.school_id = g.school_id and l.present and l.person_id <> all(g.teacher_ids)
          and l.vk_user_id not in (select vk_user_id from sferum_member s where s.chat_id = c.id)
        order by l.person_id limit 1) other on true
    where g.school_id = ${schoolId} and g.present group by g.school_id, g.id limit 1`.execute(
    world.ctx.db.sql,
  );
  const { newcomer, live, teacherIds, ...group } = rows[0]!;
  const before = world.sandbox.api.stats.requests;
  const event = {
    ...{ specversion: '1.0', id: 'other', source: 'sgo', type: 'sgo.subject-group.saved' },
    ...{ time: new Date(world.ctx.clock.now()).toISOString(), data: { ...group, teacherIds: [newcomer] } },
  } as const;
  await world.commands.receiveEvents({ schoolId, events: [event] });
  await world.settled();
  expect(world.sandbox.api.stats.requests - before).toBe(2);
  const { members } = [...world.sandbox.world.chats.values()].find((chat) => chat.title === live)!;
  const profile = async (personId: string) => {
    const { rows: links } = await sql<{ id: string }>`select vk_user_id as id from profile_link
      where school_id = ${schoolId} and person_id = ${personId}`.execute(world.ctx.db.sql);
    return Number(links[0]!.id);
  };
  expect(members.get(await profile(newcomer))).toMatchObject({ isAdmin: true });
  expect(members.has(await profile(teacherIds[0]!))).toBe(false);
});

test('an event for a chat whose bulk work waits for a slot takes that work over at once', async () => {
  await using halves = await startHalves();
  const { ctx } = halves;
  const schoolId = await halves.importSchool();
  await halves.initialize(schoolId, ['staff']);
  const [chatId] = await halves.chatIds();
  // Once the chat is made, its admins wait for the next slot, some seconds long.
  await sql`update sferum_account set requests_per_second = 0.2`.execute(ctx.db.sql);
  const bulk = halves.work(chatId!);
  const row = async () => {
    const { rows } = await sql`select creation, seen_at is not null as known, settled_generation as settled
      from chat where id = ${chatId}`.execute(ctx.db.sql);
    return rows[0];
  };
  await vi.waitFor(async () => expect(await row()).toMatchObject({ creation: 'created' }), 20_000);
  const move = (priority: 'bulk' | 'event') =>
    ctx.db.transaction(({ sql: tx }) =>
      moveGenerations(tx, [chatId!], { cause: 'test', priority, at: new Date(ctx.clock.now()) }),
    );
  await move('bulk');
  await ctx.bulkInHand.letGoOvertaken(ctx.db.sql);
  await move('event');
  await ctx.bulkInHand.letGoOvertaken(ctx.db.sql);
  await bulk;
  expect(halves.sandbox.world.ledger.of('promote')).toEqual([]);
  // What was done is known, so that nothing is read, and nothing is taken for done that was not.
  expect(await row()).toMatchObject({ creation: 'created', known: true, settled: '0' });

  await sql`update sferum_account set requests_per_second = 200`.execute(ctx.db.sql);
  await sql`delete from sferum_pace`.execute(ctx.db.sql);
  await halves.workAll();
  expect(await halves.differences()).toEqual([]);
  expect(halves.sandbox.world.ledger.of('create')).toHaveLength(1);
});

test('an admin is dismissed only once his successor is one: a refused appointment leaves him', async () => {
  await using world = await startChatWorld();
  expect(world.inSferum('Учительская')).toBe('101 102 103 901*');
  world.sandbox.world.faults.add({ method: 'messages.setMemberRole', fault: 935, times: 1 });
  const staff = await world.chatId('Учительская');
  await world.done(200, 'PATCH', `/v1/chats/${staff}`, ADMIN, { admins: { grant: ['t1'], revoke: ['a1'] } });
  await world.settled();
  expect(world.inSferum('Учительская')).toBe('101 102 103 901*');
});
