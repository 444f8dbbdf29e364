import { type NotNull, sql } from 'kysely';
import type { Day } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import { heldOn, spanOn, teachingDay } from './dated.ts';

/**
 * Makes roles, teachers and places with dates what they are on the day (D13). This is no statement: stamps stay, and
 * the next statement replaces the dates with the row. Safe to repeat.
 */
export async function settleDays(tx: Sql, schoolId: string, day: Day): Promise<void> {
  await settleRoles(tx, schoolId, day);
  await settleTeachers(tx, schoolId, 'class', 'homeroom_teacher_ids', day);
  await settleTeachers(tx, schoolId, 'subject_group', 'teacher_ids', day);
  await settleSpans(tx, schoolId, day);
}

async function settleRoles(tx: Sql, schoolId: string, day: Day): Promise<void> {
  const rows = await tx
    .selectFrom('person')
    .select(['id', 'dated_roles as dated'])
    .where('school_id', '=', schoolId)
    .where('dated_roles', 'is not', null)
    .$narrowType<{ dated: NotNull }>()
    .execute();
  const held = rows.map(({ id, dated }) => ({ id, roles: heldOn(dated, day) }));
  await sql`update person p set roles = s.roles
    from jsonb_to_recordset(${JSON.stringify(held)}::jsonb) as s(id text, roles text[])
    where p.school_id = ${schoolId} and p.id = s.id and p.roles <> s.roles`.execute(tx);
}

async function settleTeachers(
  tx: Sql,
  schoolId: string,
  table: 'class' | 'subject_group',
  column: string,
  day: Day,
): Promise<void> {
  const rows = await tx
    .selectFrom(table)
    .select(['id', 'starts_on as starts', 'dated_teachers as dated'])
    .where('school_id', '=', schoolId)
    .where('dated_teachers', 'is not', null)
    .$narrowType<{ dated: NotNull }>()
    .execute();
  const held = rows.map(({ id, starts, dated }) => ({
    id,
    teachers: heldOn(dated, teachingDay(starts, day)),
  }));
  await sql`update ${sql.table(table)} u set ${sql.ref(column)} = s.teachers
    from jsonb_to_recordset(${JSON.stringify(held)}::jsonb) as s(id text, teachers text[])
    where u.school_id = ${schoolId} and u.id = s.id and u.${sql.ref(column)} <> s.teachers`.execute(tx);
}

async function settleSpans(tx: Sql, schoolId: string, day: Day): Promise<void> {
  const rows = await tx
    .selectFrom('enrollment')
    .select(['unit', 'unit_id as unitId', 'student_id as studentId', 'dated_spans as dated'])
    .where('school_id', '=', schoolId)
    .where('dated_spans', 'is not', null)
    .$narrowType<{ dated: NotNull }>()
    .execute();
  const held = rows.map(({ dated, ...place }) => ({ ...place, ...spanOn(dated, day) }));
  await sql`update enrollment e set begins_on = s."beginsOn", ends_on = s."endsOn"
    from jsonb_to_recordset(${JSON.stringify(held)}::jsonb)
      as s(unit text, "unitId" text, "studentId" text, "beginsOn" date, "endsOn" date)
    where e.school_id = ${schoolId} and e.unit = s.unit and e.unit_id = s."unitId" and e.student_id = s."studentId"
      and (e.begins_on, e.ends_on) is distinct from (s."beginsOn", s."endsOn")`.execute(tx);
}
