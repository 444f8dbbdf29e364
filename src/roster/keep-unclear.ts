import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import type { FactTable } from './fact-tables.ts';
import type { SchoolFacts } from './facts-on.ts';
import { pairKey, pairOf, type Span, type Unclear } from './reading.ts';

/**
 * Keeps what was known of a value that is worked out from several rows, where one of the rows could not be read. That
 * concerns lists of roles and teachers, the class of a group, and the days of a unit with an unclear term (D11). A unit
 * that was not known has nothing to keep. It is not stated, and gets no chats until it is clear.
 */
export async function keepUnclear(
  tx: Sql,
  schoolId: string,
  facts: SchoolFacts,
  unclear: Unclear,
): Promise<void> {
  facts.classes = await keepDays(tx, schoolId, 'class', facts.classes);
  facts.groups = await keepDays(tx, schoolId, 'subject_group', facts.groups);
  if (unclear.roles.size > 0) {
    const stored = await storedLists(tx, schoolId, 'person', 'roles', [...unclear.roles]);
    for (const person of facts.people) {
      const kept = stored.get(person.id);
      if (kept === undefined) continue;
      person.roles = union(person.roles, kept);
      person.datedRoles = null;
    }
  }
  if (unclear.enrollments.size === 0) return;
  await keepTeachers(tx, schoolId, 'class', 'homeroom_teacher_ids', facts.classes, unclear);
  await keepTeachers(tx, schoolId, 'subject_group', 'teacher_ids', facts.groups, unclear);
  await keepGroupClasses(tx, schoolId, facts, unclear);
}

async function keepDays<Unit extends Span & { id: string; unclearDays: boolean }>(
  tx: Sql,
  schoolId: string,
  table: 'class' | 'subject_group',
  units: readonly Unit[],
): Promise<Unit[]> {
  const ids = units.flatMap(({ id, unclearDays }) => (unclearDays ? id : []));
  if (ids.length === 0) return [...units];
  const { rows } = await sql<Span & { id: string }>`
    select id, starts_on as "beginsOn", ends_on as "endsOn" from ${sql.table(table)}
    where school_id = ${schoolId} and id = any(${ids}) and stated_at is not null`.execute(tx);
  const known = new Map(rows.map(({ id, beginsOn, endsOn }) => [id, { beginsOn, endsOn }]));
  return units.flatMap((unit) => {
    if (!unit.unclearDays) return [unit];
    const days = known.get(unit.id);
    return days ? [{ ...unit, ...days }] : [];
  });
}

async function keepTeachers(
  tx: Sql,
  schoolId: string,
  table: 'class' | 'subject_group',
  column: string,
  units: readonly { id: string; teacherIds: string[]; datedTeachers: unknown[] | null }[],
  unclear: Unclear,
): Promise<void> {
  const stored = await storedLists(
    tx,
    schoolId,
    table,
    column,
    units.map((unit) => unit.id),
  );
  for (const unit of units) {
    const kept = (stored.get(unit.id) ?? []).filter((id) => unclear.enrollments.has(pairKey(unit.id, id)));
    if (kept.length === 0) continue;
    unit.teacherIds = union(unit.teacherIds, kept);
    unit.datedTeachers = null;
  }
}

/**
 * Keeps the class of a group with an unclear row. It also keeps the class of a group whose pupil has an unclear row,
 * because that row may have named the pupil's homeroom.
 */
async function keepGroupClasses(
  tx: Sql,
  schoolId: string,
  facts: SchoolFacts,
  unclear: Unclear,
): Promise<void> {
  const pairs = [...unclear.enrollments].map(pairOf);
  const pupils = new Set(pairs.map(([, pupil]) => pupil));
  const groups = new Set(pairs.map(([unit]) => unit));
  for (const { unitId, studentId } of facts.enrollments) if (pupils.has(studentId)) groups.add(unitId);
  const { rows } = await sql<{ id: string; classId: string | null }>`
    select id, class_id as "classId" from subject_group
    where school_id = ${schoolId} and id = any(${[...groups]}) and present`.execute(tx);
  const stored = new Map(rows.map((row) => [row.id, row.classId]));
  for (const group of facts.groups) {
    const classId = stored.get(group.id);
    if (classId !== undefined) group.classId = classId;
  }
}

function union(list: readonly string[], kept: readonly string[]): string[] {
  return [...new Set([...list, ...kept])].sort();
}

async function storedLists(
  tx: Sql,
  schoolId: string,
  table: string,
  column: string,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ id: string; list: string[] }>`
    select id, ${sql.ref(column)} as list from ${sql.table(table)}
    where school_id = ${schoolId} and id = any(${ids}) and present`.execute(tx);
  return new Map(rows.map(({ id, list }) => [id, list]));
}

/** The condition on rows `t` of a table that are not stated as gone. */
export function keptRows(table: FactTable, unclear: Unclear): RawBuilder<unknown> {
  const people = sql`${[...unclear.people]}::text[]`;
  const units = sql`${[...unclear.units]}::text[]`;
  switch (table.name) {
    case 'person':
      return sql`t.id = any(${people})`;
    case 'class':
    case 'subject_group':
      return sql`t.id = any(${units})`;
    case 'enrollment':
      return sql`t.student_id = any(${people}) or t.unit_id = any(${units})
        or t.unit_id || ${pairKey('', '')} || t.student_id = any(${[...unclear.enrollments]}::text[])`;
    case 'guardian':
      return sql`t.student_id = any(${people}) or t.guardian_id = any(${people})`;
  }
}
