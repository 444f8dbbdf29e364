import { sql } from 'kysely';
import type { Day } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import { factsOn } from './facts-on.ts';
import type { SchoolReading, Span, Unclear } from './reading.ts';
import { pairOf } from './reading.ts';

/** `pupils` and `teachers` count places, not people; `guardians` counts pairs. */
export type SizedKind = 'users' | 'pupils' | 'teachers' | 'guardians' | 'classes' | 'groups';

export interface RosterSize {
  counts: Readonly<Record<SizedKind, number>>;
  /** By class: its pupils on the day, and its teachers. */
  rolls: ReadonlyMap<string, { pupils: number; teachers: number }>;
  /** The classes and groups that run on the day. */
  running: { classes: ReadonlySet<string>; groups: ReadonlySet<string> };
}

/**
 * Gives the size of a school on a day as the file states it. A unit whose days are unclear counts as running. A class
 * with an unclear row has no roll, because nobody can tell whether it is empty.
 */
export function sizeOf(school: SchoolReading, unclear: Unclear, day: Day): RosterSize {
  const facts = factsOn(school, day);
  const doubtful = new Set([...unclear.enrollments].map((key) => pairOf(key)[0]));
  const rolls = new Map<string, { pupils: number; teachers: number }>(
    facts.classes.flatMap(({ id, teacherIds }) =>
      doubtful.has(id) ? [] : [[id, { pupils: 0, teachers: teacherIds.length }] as const],
    ),
  );
  for (const place of facts.enrollments) {
    const roll = place.unit === 'class' && holds(place, day) ? rolls.get(place.unitId) : undefined;
    if (roll) roll.pupils += 1;
  }
  const runs = (unit: Span & { id: string; unclearDays: boolean }) => unit.unclearDays || holds(unit, day);
  const running = (units: readonly (Span & { id: string; unclearDays: boolean })[]) =>
    new Set([...units.filter(runs).map(({ id }) => id), ...unclear.units]);
  const units = [...facts.classes, ...facts.groups];
  return {
    counts: {
      users: facts.people.filter(({ roles }) => roles.length > 0).length,
      pupils: facts.enrollments.length,
      teachers: units.reduce((sum, { teacherIds }) => sum + teacherIds.length, 0),
      guardians: facts.guardians.length,
      classes: facts.classes.length,
      groups: facts.groups.length,
    },
    rolls,
    running: { classes: running(facts.classes), groups: running(facts.groups) },
  };
}

function holds({ beginsOn, endsOn }: Span, day: Day): boolean {
  return (beginsOn === null || beginsOn <= day) && (endsOn === null || endsOn >= day);
}

/** Gives the size of what is stored of a school; null where nothing is. */
export async function storedSize(tx: Sql, schoolId: string, day: Day): Promise<RosterSize | null> {
  const on = (begin: string, end: string) =>
    sql`(${sql.ref(begin)} is null or ${sql.ref(begin)} <= ${day}::date) and (${sql.ref(end)} is null or ${sql.ref(end)} >= ${day}::date)`;
  const { rows } = await sql<Record<SizedKind, number>>`
    select (select count(*)::int from person where school_id = s.id and present) as users,
      (select count(*)::int from enrollment where school_id = s.id and present) as pupils,
      (select coalesce(sum(cardinality(homeroom_teacher_ids)), 0)::int from class where school_id = s.id and present)
        + (select coalesce(sum(cardinality(teacher_ids)), 0)::int from subject_group where school_id = s.id and present)
        as teachers,
      (select count(*)::int from guardian where school_id = s.id and present) as guardians,
      (select count(*)::int from class where school_id = s.id and present) as classes,
      (select count(*)::int from subject_group where school_id = s.id and present) as groups
    from school s where s.id = ${schoolId}`.execute(tx);
  if (!rows[0]) return null;
  const classes = await sql<{ id: string; pupils: number; teachers: number; runs: boolean }>`
    select c.id, count(e.student_id)::int as pupils, cardinality(c.homeroom_teacher_ids) as teachers,
      ${on('c.starts_on', 'c.ends_on')} as runs
    from class c left join enrollment e on e.school_id = c.school_id and e.unit = 'class' and e.unit_id = c.id
      and e.present and ${on('e.begins_on', 'e.ends_on')}
    where c.school_id = ${schoolId} and c.present group by c.school_id, c.id`.execute(tx);
  const groups = await sql<{ id: string }>`
    select id from subject_group where school_id = ${schoolId} and present and ${on('starts_on', 'ends_on')}`.execute(
    tx,
  );
  return {
    counts: rows[0],
    rolls: new Map(classes.rows.map(({ id, pupils, teachers }) => [id, { pupils, teachers }])),
    running: {
      classes: new Set(classes.rows.filter(({ runs }) => runs).map(({ id }) => id)),
      groups: new Set(groups.rows.map(({ id }) => id)),
    },
  };
}
