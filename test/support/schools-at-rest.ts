/**
 * Many schools in which nothing is to do, made by SQL: their lists are what Sferum holds, and everything was seen a
 * moment ago.
 */
import { Client } from 'pg';

export interface SchoolSize {
  chats: number;
  people: number;
  membersOfChat: number;
  journalLines: number;
}

/** A small town's school. */
export const OF_A_TOWN: SchoolSize = { chats: 150, people: 600, membersOfChat: 12, journalLines: 1_000 };

/** As many chats as the manual's school has. */
export const OF_A_CITY: SchoolSize = { chats: 2_700, people: 4_000, membersOfChat: 8, journalLines: 5_000 };

const PUPILS_SHARE = 0.75;
const CLASSES_SHARE = 0.15;
const GROUPS_OF_PUPIL = 2;
const FIRST_VK_ID = 10_000_000;
const VK_IDS_OF_SCHOOL = 10_000;

/**
 * Makes the schools `rest-1` … and vacuums their tables, so that autovacuum leaves them alone. `ownerUrl`: of the
 * superuser, whom the wall does not stop.
 */
export async function makeSchoolsAtRest(
  ownerUrl: string,
  schools: number,
  size: SchoolSize = OF_A_TOWN,
): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    // The rows are as they must be, and to check each of them would take most of the time.
    await client.query('set session_replication_role = replica');
    for (const statement of [...factsOf(schools, size), ...chatsOf(schools, size)])
      await client.query(statement);
    await client.query('vacuum (freeze, analyze)');
  } finally {
    await client.end();
  }
}

const STATED = `now() - interval '1 day'`;

function factsOf(schools: number, { chats, people }: SchoolSize): string[] {
  const classes = Math.round(chats * CLASSES_SHARE);
  const groups = chats - 2 * classes - 1;
  const pupils = Math.round(people * PUPILS_SHARE);
  const of = (n: number) => `from generate_series(1, ${schools}) s, generate_series(1, ${n}) n`;
  return [
    `insert into school (id, name, switched_on, computed_on, roster_taken_at)
      select 'rest-' || s, 'Школа ' || s, '{staff,class,parents,subject}', (now() at time zone 'Europe/Moscow')::date, ${STATED}
      from generate_series(1, ${schools}) s`,
    `insert into person (school_id, id, roles, family_name, given_name, name_key, stated_at, stated_by)
      select 'rest-' || s, 'p' || n, case when n <= ${pupils} then '{student}'::text[] else '{teacher}' end,
        'Фамилия' || n, 'Имя', 'фамилия' || n, ${STATED}, 'roster' ${of(people)}`,
    `insert into profile_link (school_id, person_id, vk_user_id, stated_at, stated_by)
      select 'rest-' || s, 'p' || n, ${FIRST_VK_ID} + s * ${VK_IDS_OF_SCHOOL} + n, ${STATED}, 'roster' ${of(people)}`,
    `insert into class (school_id, id, title, stated_at, stated_by)
      select 'rest-' || s, 'c' || n, 'Класс ' || n, ${STATED}, 'roster' ${of(classes)}`,
    `insert into subject_group (school_id, id, title, class_id, stated_at, stated_by)
      select 'rest-' || s, 'g' || n, 'Группа ' || n, 'c' || 1 + n % ${classes}, ${STATED}, 'roster' ${of(groups)}`,
    `insert into enrollment (school_id, unit, unit_id, student_id, stated_at, stated_by)
      select 'rest-' || s, 'class', 'c' || 1 + n % ${classes}, 'p' || n, ${STATED}, 'roster' ${of(pupils)}`,
    `insert into enrollment (school_id, unit, unit_id, student_id, stated_at, stated_by)
      select 'rest-' || s, 'group', 'g' || 1 + (n * k) % ${groups}, 'p' || n, ${STATED}, 'roster'
      ${of(pupils)}, generate_series(1, ${GROUPS_OF_PUPIL}) k on conflict do nothing`,
    `insert into sferum_account (school_id, community_id, owner_id, access_token_sealed, requests_per_second, token_kind, look_due_at)
      select 'rest-' || s, s, s, 'sealed', 20, 'community', now() + interval '1 day' from generate_series(1, ${schools}) s`,
  ];
}

function chatsOf(schools: number, { chats, people, membersOfChat, journalLines }: SchoolSize): string[] {
  return [
    `insert into chat (id, school_id, key, type, title, title_key, created_at, generation, settled_generation, creation,
        owner_id, peer_id, sferum_title, seen_at, condition)
      select gen_random_uuid(), 'rest-' || s, 'subject:g' || n, 'subject', 'Чат ' || n, 'чат ' || n, now(), 3, 3, 'created',
        s, 2000000000 + n, 'Чат ' || n, now(), 'synced'
      from generate_series(1, ${schools}) s, generate_series(1, ${chats}) n`,
    `insert into membership (chat_id, person_id, school_id, admin)
      select c.id, 'p' || 1 + (c.peer_id + m * 7) % ${people}, c.school_id, m = 1
      from chat c, generate_series(1, ${membersOfChat}) m on conflict do nothing`,
    `insert into sferum_member (chat_id, vk_user_id, school_id, admin, state, seen_at)
      select m.chat_id, l.vk_user_id, m.school_id, m.admin, 'in', now() from membership m
      join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id`,
    `insert into journal (school_id, at, chat_id, what, cause, author_kind)
      select c.school_id, now(), c.id, 'add', 'event:' || n, 'system'
      from chat c, generate_series(1, ${Math.ceil(journalLines / chats)}) n`,
    `insert into operation (id, kind, school_id, state, created_at, finished_at, created_by)
      select gen_random_uuid(), 'roster-import', 'rest-' || s, 'succeeded', now(), now(), 'sgo'
      from generate_series(1, ${schools}) s, generate_series(1, 30) n`,
    `insert into lesson (school_id, id, subject_group_id, teacher_id, starts_at, ends_at, stated_at, stated_by)
      select 'rest-' || s, 'l' || n, 'g' || n, 'p' || ${people}, now() - interval '2 days', now() - interval '1 day', ${STATED}, 'roster'
      from generate_series(1, ${schools}) s, generate_series(1, 30) n`,
    `insert into meeting (school_id, lesson_id, author_id, asked_at, condition_since)
      select school_id, id, teacher_id, now(), now() from lesson`,
  ];
}
