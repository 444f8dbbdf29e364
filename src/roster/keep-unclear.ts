import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import type { FactTable } from './fact-tables.ts';
import type { SchoolFacts } from './facts-on.ts';
import { pairKey, type Unclear } from './reading.ts';

/** Lists of teachers and roles of which a part could not be read keep what was known of that part. */
export async function keepUnclear(
  tx: Sql,
  schoolId: string,
  facts: SchoolFacts,
  unclear: Unclear,
): Promise<void> {
  if (unclear.roles.size > 0) {
    const stored = await storedLists(tx, schoolId, 'person', 'roles', [...unclear.roles]);
    for (const person of facts.people) {
      person.roles = [...new Set([...person.roles, ...(stored.get(person.id) ?? [])])].sort();
    }
  }
  if (unclear.enrollments.size === 0 && unclear.people.size === 0) return;
  for (const [table, column, units] of [
    ['class', 'homeroom_teacher_ids', facts.classes],
    ['subject_group', 'teacher_ids', facts.groups],
  ] as const) {
    const stored = await storedLists(
      tx,
      schoolId,
      table,
      column,
      units.map((unit) => unit.id),
    );
    for (const unit of units) {
      const kept = (stored.get(unit.id) ?? []).filter(
        (id) => unclear.people.has(id) || unclear.enrollments.has(pairKey(unit.id, id)),
      );
      if (kept.length > 0) unit.teacherIds = [...new Set([...unit.teacherIds, ...kept])].sort();
    }
  }
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

/** The condition by which rows `t` of a table are not stated as gone. */
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
