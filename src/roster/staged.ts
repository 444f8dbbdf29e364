/**
 * What a roster file says of one school, as it was read, in rows of our own. It is kept from the reading until it is
 * applied, or until a person has decided about a file that looks incomplete (J2). Fields that the product does not
 * use are never read.
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { sure } from '../sure.ts';
import type {
  PersonReading,
  RosterCounts,
  RosterReading,
  SchoolReading,
  Span,
  UnitReading,
} from './reading.ts';

/** Rows of one statement to the database. */
const CHUNK_ROWS = 2_000;

const UNCLEAR = ['people', 'roles', 'units', 'enrollments'] as const;

interface Header {
  id: string;
  name: string;
  gone: boolean;
  version: RosterReading['version'];
  counts: RosterCounts;
}

type Link = [unitId: string, userId: string, spans: Span[]];

interface Rows {
  school: Header[];
  people: PersonReading[];
  units: UnitReading[];
  pupils: Link[];
  teachers: Link[];
  guardians: [childId: string, guardianIds: string[]][];
  unclear: [set: (typeof UNCLEAR)[number], key: string][];
}

/** The part of a reading that is applied. */
export type StagedReading = Pick<RosterReading, 'version' | 'schools' | 'unclear' | 'counts'>;

/** Gives the part of a reading that is about one of its schools. */
export function partAbout(reading: RosterReading, school: SchoolReading): StagedReading {
  const { version, unclear } = reading;
  const counts = reading.schools.length === 1 ? reading.counts : countsOf(school);
  return { version, unclear, counts, schools: [school] };
}

/** Stores what a reading says of one school (`partAbout`) under the operation that will apply it. */
export async function stageSchool(
  tx: Sql,
  operationId: string,
  { version, unclear, counts, schools }: StagedReading,
): Promise<void> {
  const school = sure(schools[0]);
  const { id, name, gone } = school;
  const rows: Rows = {
    school: [{ id, name, gone, version, counts }],
    people: [...school.people.values()],
    units: [...school.units.values()],
    pupils: linksOf(school.pupils),
    teachers: linksOf(school.teachers),
    guardians: [...school.guardians].map(([child, guardians]) => [child, [...guardians]]),
    unclear: UNCLEAR.flatMap((set) => [...unclear[set]].map((key): Rows['unclear'][number] => [set, key])),
  };
  for (const [kind, all] of Object.entries(rows)) {
    for (let chunk = 0; chunk * CHUNK_ROWS < all.length; chunk++) {
      const part = all.slice(chunk * CHUNK_ROWS, (chunk + 1) * CHUNK_ROWS);
      await sql`insert into staged_roster (operation_id, school_id, kind, chunk, rows)
        values (${operationId}, ${school.id}, ${kind}, ${chunk}, ${JSON.stringify(part)}::jsonb)`.execute(tx);
    }
  }
}

/** Gives the reading of the operation's school. Null where nothing is staged, or where it was dropped. */
export async function loadStaged(
  tx: Sql,
  schoolId: string,
  operationId: string,
): Promise<StagedReading | null> {
  const { rows } = await sql<{ kind: keyof Rows; rows: unknown[] }>`
    select kind, rows from staged_roster where school_id = ${schoolId} and operation_id = ${operationId}
    order by kind, chunk`.execute(tx);
  const of = <Kind extends keyof Rows>(kind: Kind) =>
    // The rows of a kind were staged with the shape of that kind.
    rows.flatMap((row) => (row.kind === kind ? (row.rows as Rows[Kind][number][]) : []));
  const [header] = of('school');
  if (!header) return null;
  const { id, name, gone, version, counts } = header;
  const unclear = of('unclear');
  const keysOf = (set: (typeof UNCLEAR)[number]) =>
    new Set(unclear.flatMap(([of, key]) => (of === set ? [key] : [])));
  const school: SchoolReading = {
    ...{ id, name, gone },
    people: new Map(of('people').map((person) => [person.id, person])),
    units: new Map(of('units').map((unit) => [unit.id, unit])),
    pupils: byUnit(of('pupils')),
    teachers: byUnit(of('teachers')),
    guardians: new Map(of('guardians').map(([child, guardians]) => [child, new Set(guardians)])),
  };
  return {
    ...{ version, counts, schools: [school] },
    unclear: {
      ...{ people: keysOf('people'), roles: keysOf('roles') },
      ...{ units: keysOf('units'), enrollments: keysOf('enrollments') },
    },
  };
}

/** Drops the staged reading, because it was applied or refused. */
export async function dropStaged(tx: Sql, schoolId: string, operationId: string): Promise<void> {
  await sql`delete from staged_roster where school_id = ${schoolId} and operation_id = ${operationId}`.execute(
    tx,
  );
}

function linksOf(units: SchoolReading['pupils']): Link[] {
  return [...units].flatMap(([unitId, users]) =>
    [...users].map(([userId, spans]): Link => [unitId, userId, spans]),
  );
}

function byUnit(links: readonly Link[]): SchoolReading['pupils'] {
  const units: SchoolReading['pupils'] = new Map();
  for (const [unitId, userId, spans] of links) {
    const users = units.get(unitId) ?? new Map<string, Span[]>();
    units.set(unitId, users.set(userId, spans));
  }
  return units;
}

function countsOf({ gone, people, units, pupils, teachers }: SchoolReading): RosterCounts {
  if (gone) return { schools: 0, people: 0, classes: 0, subjectGroups: 0, enrollments: 0 };
  const kinds = [...units.values()].map(({ kind }) => kind);
  const links = [...pupils.values(), ...teachers.values()].flatMap((users) => [...users.values()]);
  return {
    schools: 1,
    people: people.size,
    classes: kinds.filter((kind) => kind === 'class').length,
    subjectGroups: kinds.filter((kind) => kind === 'group').length,
    enrollments: links.reduce((sum, spans) => sum + spans.length, 0),
  };
}
