/** Rows as the product would have written them, for tests that begin in the middle. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import { nameKey } from '../../src/text/name-key.ts';
import { titleKey } from '../../src/text/title-key.ts';
import { everywhere } from './everywhere.ts';

/** Rows of one table, written as objects of its columns. */
export async function insert(
  db: Database,
  table: string,
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  await sql`insert into ${sql.table(table)} (${sql.join(Object.keys(rows[0]!).map((column) => sql.ref(column)))})
    select ${sql.join(Object.keys(rows[0]!).map((column) => sql.ref(column)))}
    from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`.execute(
    everywhere(db),
  );
}

const STATED = { stated_at: '2026-08-25T00:00:00Z', stated_by: 'import-1' };

export async function addSchool(db: Database, id: string): Promise<void> {
  await insert(db, 'school', [
    {
      id,
      name: id,
      early_entry_minutes: 0,
      limits: {},
      switched_on: [],
      revision: 0,
      created_at: STATED.stated_at,
    },
  ]);
}

export interface PersonSeed {
  id: string;
  /** «Фамилия Имя Отчество». */
  name: string;
  roles: string[];
  sex?: 'male' | 'female';
  birthDate?: string;
  /** The person's linked VK profile. */
  profile?: number;
}

export async function addPeople(db: Database, school: string, people: readonly PersonSeed[]): Promise<void> {
  await insert(
    db,
    'person',
    people.map(({ id, name, roles, sex, birthDate }) => {
      const [family_name = '', given_name = '', middle_name = ''] = name.split(' ');
      const row = {
        school_id: school,
        id,
        roles,
        family_name,
        given_name,
        middle_name,
        name_key: nameKey(name),
      };
      return { ...row, sex: sex ?? null, birth_date: birthDate ?? null, ...STATED };
    }),
  );
  const linked = people.filter((p) => p.profile !== undefined);
  if (linked.length === 0) return;
  await insert(
    db,
    'profile_link',
    linked.map((p) => ({ school_id: school, person_id: p.id, vk_user_id: p.profile, ...STATED })),
  );
}

export async function addClass(
  db: Database,
  school: string,
  {
    id,
    title,
    teachers = [],
    pupils = [],
  }: { id: string; title: string; teachers?: string[]; pupils?: string[] },
): Promise<void> {
  await insert(db, 'class', [{ school_id: school, id, title, homeroom_teacher_ids: teachers, ...STATED }]);
  await enroll(db, school, 'class', id, pupils);
}

export async function addGroup(
  db: Database,
  school: string,
  group: { id: string; title: string; classId?: string; teachers?: string[]; pupils?: string[] },
): Promise<void> {
  const { id, title, classId = null, teachers = [], pupils = [] } = group;
  const row = { school_id: school, id, title, subject: title, class_id: classId, teacher_ids: teachers };
  await insert(db, 'subject_group', [{ ...row, ...STATED }]);
  await enroll(db, school, 'group', id, pupils);
}

export async function enroll(
  db: Database,
  school: string,
  unit: 'class' | 'group',
  unitId: string,
  pupils: readonly string[],
  ends_on: string | null = null,
): Promise<void> {
  if (pupils.length === 0) return;
  const rows = pupils.map((student_id) => ({
    school_id: school,
    unit,
    unit_id: unitId,
    student_id,
    ends_on,
  }));
  await insert(
    db,
    'enrollment',
    rows.map((row) => ({ ...row, ...STATED })),
  );
}

export async function addGuardian(
  db: Database,
  school: string,
  guardian: string,
  student: string,
): Promise<void> {
  await insert(db, 'guardian', [
    { school_id: school, guardian_id: guardian, student_id: student, ...STATED },
  ]);
}

export interface ChatSeed {
  type: 'staff' | 'class' | 'parents' | 'subject';
  title: string;
  classId?: string;
  /** Person → whether they are an admin. */
  members?: Record<string, boolean>;
  /** Profile → what Sferum said of it. */
  sferum?: Record<number, 'in' | 'waiting' | 'refused' | 'left'>;
}

/** Returns the chat's id. */
export async function addChat(db: Database, school: string, seed: ChatSeed): Promise<string> {
  const id = randomUUID();
  const at = STATED.stated_at;
  await insert(db, 'chat', [
    {
      ...{
        id,
        school_id: school,
        key: `${seed.type}:${id}`,
        type: seed.type,
        class_id: seed.classId ?? null,
      },
      ...{
        title: seed.title,
        title_key: titleKey(seed.title),
        title_by_hand: false,
        archived: false,
        recreate: true,
      },
      ...{ created_at: at, generation: 1, settled_generation: 0, cause: '', priority: 'bulk', attempts: 0 },
      ...{ creation: 'none', creation_fence: 0, creation_looks: 0, condition: 'behind', condition_since: at },
    },
  ]);
  const members = Object.entries(seed.members ?? {});
  if (members.length > 0) {
    const row = { chat_id: id, school_id: school };
    const grounds = [{ kind: 'enrollment', classId: seed.classId ?? 'none' }];
    await insert(
      db,
      'membership',
      members.map(([person_id, admin]) => ({ ...row, person_id, admin, grounds })),
    );
  }
  const seen = Object.entries(seed.sferum ?? {});
  if (seen.length > 0) {
    const row = { chat_id: id, school_id: school, admin: false, tries: 0, seen_at: at };
    await insert(
      db,
      'sferum_member',
      seen.map(([vk_user_id, state]) => ({ ...row, vk_user_id, state })),
    );
  }
  return id;
}

export async function addOperation(db: Database, fields: Record<string, unknown>): Promise<string> {
  const id = randomUUID();
  const defaults = { kind: 'initialization', state: 'running', params: {}, done: 0, total: 0, problems: [] };
  await insert(db, 'operation', [
    {
      ...{ id, school_id: null, ...defaults, created_by: 'someone', created_by_kind: 'person' },
      ...{ created_at: STATED.stated_at, ...fields },
    },
  ]);
  return id;
}
