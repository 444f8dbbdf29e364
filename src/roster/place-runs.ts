/** The runs of the places in one unit as the table `enrollment` keeps them, read and written. */
import { sql } from 'kysely';
import type { Stamp, UnitKind } from '../desired/model.ts';
import { isOfImport } from '../facts/stamp.ts';
import { stampReader } from '../facts/stamp-reader.ts';
import type { Sql } from '../store/database.ts';
import type { Runs } from './runs.ts';

export interface Unit {
  unit: UnitKind;
  unitId: string;
}

/** What is stored of the places in a unit, by pupils. */
export interface UnitPlaces extends Unit {
  runs: Map<string, Runs>;
  /** When the first order was issued that puts the pupil there. */
  ordered: Map<string, Stamp>;
}

/** Who began an absence that counts from an order (migration 0072). */
export const BY_ORDER = 'order:';
/** Who began a run that an import began. */
const AN_IMPORT = 'import:';

interface Columns {
  stated_at: string | null;
  stated_by: string | null;
  stated_from_at: string | null;
  stated_from_by: string | null;
  gone_at: string | null;
  gone_by: string | null;
  gone_from_at: string | null;
  gone_from_by: string | null;
}

export async function placesOf(tx: Sql, schoolId: string, { unit, unitId }: Unit): Promise<UnitPlaces> {
  const stamp = stampReader();
  const stored = await sql<Columns & { student_id: string }>`
    select student_id, stated_at, stated_by, stated_from_at, stated_from_by, gone_at, gone_by, gone_from_at, gone_from_by
    from enrollment where school_id = ${schoolId} and unit = ${unit} and unit_id = ${unitId}`.execute(tx);
  const orders = await sql<{ student_id: string; issued_at: string; issued_by: string }>`
    select distinct on (p.student_id) p.student_id, p.issued_at, o.issued_by
    from order_place p join roster_order o on o.school_id = p.school_id and o.id = p.order_id
    where p.school_id = ${schoolId} and p.unit = ${unit} and p.unit_id = ${unitId} and p.enters and p.issued_at is not null
    order by p.student_id, p.issued_at, o.issued_by collate "C"`.execute(tx);
  const run = (at: string | null, by: string | null, fromAt: string | null, fromBy: string | null) => {
    const to = stamp(at, by);
    return to && { from: stamp(fromAt, fromBy ?? AN_IMPORT) ?? to, to };
  };
  const runs = new Map<string, Runs>();
  for (const row of stored.rows) {
    const there = run(row.stated_at, row.stated_by, row.stated_from_at, row.stated_from_by);
    const byOrder = row.gone_from_by === BY_ORDER;
    const gone = run(row.gone_at, row.gone_by, row.gone_from_at, byOrder ? '' : row.gone_from_by);
    const isOrdered = gone !== null && (there === null || byOrder);
    runs.set(row.student_id, { there, gone, isOrdered });
  }
  const ordered = new Map(
    orders.rows.flatMap((row) => {
      const issued = stamp(row.issued_at, row.issued_by);
      return issued ? [[row.student_id, issued] as const] : [];
    }),
  );
  return { unit, unitId, runs, ordered };
}

export interface ChangedPlace {
  studentId: string;
  runs: Runs;
  /** Days of the place that the list before gave. They go with a newer list that says none. */
  endsDays: boolean;
}

/** Writes runs as they are now. A place of which nothing is said is no row. */
export async function writeRuns(
  tx: Sql,
  schoolId: string,
  { unit, unitId }: Unit,
  places: readonly ChangedPlace[],
): Promise<void> {
  const said = places.filter(({ runs }) => runs.there !== null || runs.gone !== null);
  const unsaid = places.filter((place) => !said.includes(place)).map(({ studentId }) => studentId);
  if (unsaid.length > 0)
    await sql`delete from enrollment where school_id = ${schoolId} and unit = ${unit} and unit_id = ${unitId}
      and student_id = any(${unsaid}) and stated_at is null`.execute(tx);
  if (said.length === 0) return;
  const rows = said.map((place) => ({
    ...{ student_id: place.studentId, ends_days: place.endsDays },
    ...columnsOf(place.runs),
  }));
  const s = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s(student_id text, ends_days boolean,
    stated_at timestamptz, stated_by text, stated_from_at timestamptz, stated_from_by text,
    gone_at timestamptz, gone_by text, gone_from_at timestamptz, gone_from_by text)`;
  await sql`
    insert into enrollment as t (school_id, unit, unit_id, student_id, stated_at, stated_by, gone_at, gone_by)
    select ${schoolId}, ${unit}, ${unitId}, student_id, stated_at, stated_by, gone_at, gone_by from ${s}
    on conflict (school_id, unit, unit_id, student_id) do update set
      stated_at = excluded.stated_at, stated_by = excluded.stated_by, gone_at = excluded.gone_at, gone_by = excluded.gone_by`.execute(
    tx,
  );
  // Apart from the stamps, because the table's trigger works the beginnings out of a newer list.
  await sql`
    update enrollment t set stated_from_at = s.stated_from_at, stated_from_by = s.stated_from_by,
      gone_from_at = s.gone_from_at, gone_from_by = s.gone_from_by,
      begins_on = case when not s.ends_days then t.begins_on end, ends_on = case when not s.ends_days then t.ends_on end,
      dated_spans = case when not s.ends_days then t.dated_spans end
    from ${s} where t.school_id = ${schoolId} and t.unit = ${unit} and t.unit_id = ${unitId}
      and t.student_id = s.student_id`.execute(tx);
}

/** Whether the same would be written. */
export function areSame(one: Runs | undefined, other: Runs): boolean {
  return JSON.stringify(columnsOf(one)) === JSON.stringify(columnsOf(other));
}

function columnsOf(runs: Runs | undefined): Columns {
  const { there = null, gone = null, isOrdered = false } = runs ?? {};
  return {
    stated_at: there?.to.at ?? null,
    stated_by: there?.to.by ?? null,
    stated_from_at: there?.from.at ?? null,
    stated_from_by: there && byOf(there.from),
    gone_at: gone?.to.at ?? null,
    gone_by: gone?.to.by ?? null,
    gone_from_at: gone?.from.at ?? null,
    gone_from_by: isOrdered ? BY_ORDER : gone && byOf(gone.from),
  };
}

const byOf = ({ by }: Stamp) => (isOfImport(by) ? null : by);
