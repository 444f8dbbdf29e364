/**
 * How ready all schools are for a day (K4), as it was counted in the background, and the people and classes behind the
 * figures of one school.
 */
import { sql } from 'kysely';
import { naturalCompare } from '../../src/desired/names.ts';
import type { ReadinessGaps } from '../../src/plan/readiness.ts';
import { READINESS_STATES, type Readiness, type ReadinessState } from '../../src/plan/readiness-model.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import { type Listed, limitTo, listed, type Page } from '../../src/store/queries/page.ts';
import { byName, shownName } from '../../src/store/queries/person-columns.ts';
import { oneRow } from '../../src/store/rows.ts';
import { searchFold } from '../../src/text/title-key.ts';

/** The state of a school that is not counted yet, or could not be. */
const UNCOUNTED = 'uncounted';
export const SCHOOL_READINESS = [...READINESS_STATES, UNCOUNTED] as const;
export type SchoolReadinessState = ReadinessState | typeof UNCOUNTED;

export interface ReadinessItem {
  id: string;
  name: string;
  state: SchoolReadinessState;
  readiness: Readiness | null;
  countedAt: string | null;
}

interface ReadinessFilter extends Page {
  day: string;
  state?: SchoolReadinessState | undefined;
  /** Anywhere in the name, or the id. */
  q?: string | undefined;
  /** The one school of an operator who is bound to it; null for all. */
  only: string | null;
}

export type ReadinessCounts = Readonly<Record<SchoolReadinessState, number>>;

/** «Not counted» stands before «ready», because it may turn out to be anything. */
const ORDER = ['unreached', 'gaps', 'undated', 'held', UNCOUNTED, 'ready'] satisfies SchoolReadinessState[];

type Row = Omit<ReadinessItem, 'id'> & { id: string | null; total: number; counts: ReadinessCounts };

/** A page of schools, the worst first and those of one state in natural order, and how many are in each state. */
export async function listReadiness(
  db: Sql,
  { day, state, q, only, ...range }: ReadinessFilter,
): Promise<Listed<ReadinessItem> & { counts: ReadinessCounts }> {
  const isAsked = state ? sql`state = ${state}` : sql`true`;
  const isFound = q
    ? sql`(strpos(split_part(s.name_key, E'\\t', 2), ${searchFold(q)}) > 0 or s.id = ${q})`
    : sql`true`;
  const counts = sql`jsonb_build_object(${sql.join(
    ORDER.map((one) => sql`${sql.lit(one)}, count(*) filter (where state = ${sql.lit(one)})`),
  )})`;
  const { rows } = await sql<Row>`
    with known as materialized (
      select s.id, s.name, s.name_key, coalesce(r.state, ${sql.lit(UNCOUNTED)}) as state, r.figures, r.counted_at
      from school s left join school_readiness r on r.school_id = s.id and r.day = ${day}
      where ${only === null ? sql`true` : sql`s.id = ${only}`} and ${isFound}),
    counted as (select ${counts} as counts, count(*) filter (where ${isAsked})::int as total from known),
    page as (select *, array_position(array[${sql.join(ORDER.map((one) => sql.lit(one)))}]::text[], state) as rank
      from known where ${isAsked} order by rank, name_key collate "C", name, id ${limitTo(range)})
    select t.total, t.counts, p.id, p.name, p.state, p.figures as readiness, p.counted_at as "countedAt"
    from counted t left join page p on true order by p.rank, p.name_key collate "C", p.name, p.id`.execute(
    db,
  );
  const page = listed(rows, ({ total: _, counts: __, ...school }) => ({
    ...school,
    countedAt: school.countedAt === null ? null : instant(school.countedAt),
  }));
  return { ...page, counts: oneRow(rows).counts };
}

export interface NamedGaps {
  pupils: { id: string; name: string }[];
  classes: { id: string; title: string }[];
}

/** Names who is in no class and which classes have no homeroom teacher, in order, at most `limit` of each. */
export async function nameGaps(
  db: Sql,
  schoolId: string,
  { pupilIds, classIds }: ReadinessGaps,
  limit: number,
): Promise<NamedGaps> {
  const { rows: pupils } = await sql<NamedGaps['pupils'][number]>`
    select p.id, ${shownName} as name from person p
    where p.school_id = ${schoolId} and p.id = any(${[...pupilIds]}) order by ${byName} limit ${limit}`.execute(
    db,
  );
  const { rows: classes } = await sql<NamedGaps['classes'][number]>`
    select id, title from class where school_id = ${schoolId} and id = any(${[...classIds]})`.execute(db);
  classes.sort((a, b) => naturalCompare(a.title, b.title));
  return { pupils, classes: classes.slice(0, limit) };
}
