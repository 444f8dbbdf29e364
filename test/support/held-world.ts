/** The small school with something of its people in every table that may hold something of a person. */
import { type RawBuilder, sql } from 'kysely';
import { ADMIN, type ChatWorld, linkedRoster, startChatWorld } from './chat-world.ts';
import { everywhere } from './everywhere.ts';
import { withoutRows } from './roster-files.ts';
import { tell } from './tell-events.ts';

/** What an admin wrote of one, and of two at once. */
export const ABOUT_P1 = 'помогает готовить концерт';
export const ABOUT_TWO = 'по заявлению их матери';
/** What no export may hold. */
export const SECRETS = ['sealed-verifier', 'sealed-profile', 'c2VjcmV0', '736563726574'];

export async function startHeldWorld(): Promise<ChatWorld> {
  const world = await startChatWorld({ env: { LIMIT_ACCESS_FLUSH_MS: '20' } });
  await worked(world);
  await waitingList(world);
  await byHand(world);
  return world;
}

/** Does what people and orders do. */
async function worked(world: ChatWorld): Promise<void> {
  const change = async (title: string, add: string[], reason: string) =>
    world.done(200, 'PATCH', `/v1/chats/${await world.chatId(title)}`, ADMIN, { members: { add }, reason });
  await change('Учительская', ['p1'], ABOUT_P1);
  await change('5Б класс', ['p1', 'p2'], ABOUT_TWO);
  await world.done(201, 'POST', '/v1/schools/s1/chats', ADMIN, {
    ...{ type: 'staff', title: 'Совещание' },
    members: [{ personId: 'a1', admin: true }, { personId: 't1' }],
  });
  await tell(world, 's1', 'sgo.order.issued', {
    ...{ id: 'both', number: '7', kind: 'enrollment', effectiveOn: '2026-10-01' },
    items: ['p1', 'p2'].map((studentId) => ({ studentId, classId: 'c5a' })),
  });
  await world.settled();
}

/** A list without the pupils of 5Б: it waits for a person (J2). */
async function waitingList(world: ChatWorld): Promise<void> {
  const files = ['c5b,s1,p4', 'c5b,s1,p5'].reduce(
    (all, row) => withoutRows(all, 'enrollments.csv', row),
    linkedRoster(),
  );
  await world.importRoster(files, '2026-10-01T08:30:00Z');
}

/** Writes by hand what would take a browser, a lesson's hour or a school's account of its own. */
async function byHand(world: ChatWorld): Promise<void> {
  const now = new Date(world.ctx.clock.now());
  const later = new Date(world.ctx.clock.now() + 60 * 60 * 1000);
  const chat = await world.chatId('5А класс');
  const statements: RawBuilder<unknown>[] = [
    sql`insert into lesson (school_id, id, subject_group_id, teacher_id, topic, starts_at, ends_at, stated_at, stated_by)
      values ('s1', 'geo', 'geo5a', 't1', 'Материки', ${now}, ${later}, ${now}, 'e1')`,
    sql`insert into meeting (school_id, lesson_id, author_id, title, asked_at, condition_since)
      values ('s1', 'geo', 't1', 'Урок', ${now}, ${now})`,
    sql`insert into chat_draft (id, school_id, author_id, chat_id, touched_at)
      values ('00000000-0000-4000-8000-000000000001', 's1', 'a1', ${chat}, ${now})`,
    sql`insert into chat_draft_person (draft_id, school_id, person_id, picked)
      values ('00000000-0000-4000-8000-000000000001', 's1', 'p3', true)`,
    sql`insert into told_choice (school_id, subject, role, email, kinds, daily) values
      ('s1', 'a1', 'school-admin', 'a1@school.example', '{hold}', true),
      (null, 'p2', 'operator', 'p2@region.example', '{hold}', true)`,
    sql`insert into console_session (digest, school_id, subject, role, created_at, expires_at, browser)
      values ('secret', 's1', 'a1', 'school-admin', ${now}, ${later}, 'Firefox'),
        ('secret2', 's1', 'p2', 'operator', ${now}, ${later}, 'of somebody else')`,
    sql`insert into profile_linking (digest, school_id, person_id, verifier_sealed, profile_sealed, expires_at)
      values ('secret', 's1', 'p1', 'sealed-verifier', 'sealed-profile', ${later})`,
    sql`insert into profile_claim (school_id, person_id, vk_user_id, stated_at, stated_by, state)
      values ('s1', 'p2', 201, ${now}, 'e2', 'waiting')`,
    sql`insert into person_match (school_id, old_id, new_id, evidence, operation_id, proposed_at)
      values ('s1', 'p5', 'p5-anew', '{unit}', '00000000-0000-4000-8000-000000000002', ${now})`,
    sql`update operation set params = params || '{"acceptedBy": {"id": "a1", "kind": "person"}}'
      where kind = 'roster-import' and state = 'succeeded'`,
    // The school's account is the secretary's own.
    sql`update profile_link set vk_user_id = (select owner_id from sferum_account) where person_id = 'sec'`,
  ];
  for (const statement of statements) await statement.execute(everywhere(world.ctx));
}
