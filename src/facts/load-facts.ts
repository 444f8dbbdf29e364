import { sql } from 'kysely';
import { exactInstant } from '../clock.ts';
import type {
  ClassFact,
  EnrollmentFact,
  GroupFact,
  OrderFact,
  OrderItem,
  OrderKind,
  PersonFact,
  Role,
  RosterFacts,
  Stamp,
  UnitKind,
} from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import type { FactPart } from './fact-part.ts';

interface StampColumns {
  stated_at: string | null;
  stated_by: string | null;
  gone_at: string | null;
  gone_by: string | null;
}

interface UnitColumns {
  id: string;
  title: string;
  starts_on: string | null;
  ends_on: string | null;
  present: boolean;
}

/**
 * Loads the facts of one school that decide membership: all, or the part that some chats need (`partFor`). They are
 * consistent where `db` is a transaction that holds the school.
 */
export async function loadFacts(db: Sql, schoolId: string, part?: FactPart): Promise<RosterFacts> {
  const orders = await loadOrders(db, schoolId, part);
  const places = await loadEnrollments(db, schoolId, part, orders);
  const groupIds = part && groupsNamed(part, orders, places);
  const people = await sql<{ id: string; roles: Role[] }>`
    select id, roles from person where school_id = ${schoolId} and present
      ${part ? sql`and id = any(${[...part.everyoneIds]})` : sql``}`.execute(db);
  const groups = await sql<UnitColumns & { class_id: string | null; teacher_ids: string[] }>`
    select id, title, starts_on, ends_on, present, class_id, teacher_ids
    from subject_group where school_id = ${schoolId} and stated_at is not null
      ${groupIds ? sql`and id = any(${groupIds})` : sql``}`.execute(db);
  const classIds = part && [...part.classIds, ...groups.rows.flatMap((group) => group.class_id ?? [])];
  const classes = await sql<UnitColumns & { homeroom_teacher_ids: string[] }>`
    select id, title, starts_on, ends_on, present, homeroom_teacher_ids
    from class where school_id = ${schoolId} and stated_at is not null
      ${classIds ? sql`and id = any(${classIds})` : sql``}`.execute(db);
  const guardians = await sql<{ guardian_id: string; student_id: string }>`
    select guardian_id, student_id from guardian where school_id = ${schoolId} and present
      ${part ? sql`and (student_id = any(${[...part.studentIds]}) or guardian_id = any(${[...part.personIds]}))` : sql``}`.execute(
    db,
  );

  return {
    people: new Map(people.rows.map((r): [string, PersonFact] => [r.id, r])),
    classes: new Map(
      classes.rows.map((r): [string, ClassFact] => [
        r.id,
        { ...unit(r), homeroomTeacherIds: r.homeroom_teacher_ids },
      ]),
    ),
    groups: new Map(
      groups.rows.map((r): [string, GroupFact] => [
        r.id,
        { ...unit(r), classId: r.class_id, teacherIds: r.teacher_ids },
      ]),
    ),
    enrollments: places,
    guardians: guardians.rows.map((r) => ({ guardianId: r.guardian_id, studentId: r.student_id })),
    orders,
  };
}

/** Loads enrollments. A part needs the places in its units, and all places of pupils whom orders name. */
async function loadEnrollments(
  db: Sql,
  schoolId: string,
  part: FactPart | undefined,
  orders: readonly OrderFact[],
): Promise<EnrollmentFact[]> {
  const ordered = new Set(orders.flatMap((order) => order.items.map((item) => item.studentId)));
  const asked = part
    ? sql`and (unit = 'class' and unit_id = any(${[...part.classIds]})
        or unit = 'group' and unit_id = any(${[...part.groupIds]}) or student_id = any(${[...ordered]}))`
    : sql``;
  const { rows } = await sql<
    StampColumns & {
      unit: UnitKind;
      unit_id: string;
      student_id: string;
      begins_on: string | null;
      ends_on: string | null;
      stated_from_at: string | null;
      gone_from_at: string | null;
    }
  >`select unit, unit_id, student_id, begins_on, ends_on, stated_at, stated_by, gone_at, gone_by,
      coalesce(stated_from_at, stated_at) as stated_from_at, coalesce(gone_from_at, gone_at) as gone_from_at
    from enrollment where school_id = ${schoolId} ${asked}`.execute(db);
  const stamp = stampReader();
  return rows.map((r) => ({
    unit: r.unit,
    unitId: r.unit_id,
    studentId: r.student_id,
    beginsOn: r.begins_on,
    endsOn: r.ends_on,
    stated: stamp(r.stated_at, r.stated_by),
    gone: stamp(r.gone_at, r.gone_by),
    statedFrom: stamp(r.stated_from_at, null),
    goneFrom: stamp(r.gone_from_at, null),
  }));
}

/** Gives the groups that must be loaded, because a group's class decides which orders take a pupil out of it. */
function groupsNamed(
  part: FactPart,
  orders: readonly OrderFact[],
  places: readonly EnrollmentFact[],
): string[] {
  const ids = new Set(part.groupIds);
  for (const { items } of orders)
    for (const item of items) for (const id of item.subjectGroupIds) ids.add(id);
  for (const place of places) if (place.unit === 'group') ids.add(place.unitId);
  return [...ids];
}

/** Loads orders. A part needs those that name its people, with what they say of these people. */
async function loadOrders(db: Sql, schoolId: string, part?: FactPart): Promise<OrderFact[]> {
  const everyone = part && new Set(part.everyoneIds);
  const { rows } = await sql<{
    id: string;
    number: string | null;
    issued_on: string | null;
    kind: OrderKind;
    effective_on: string;
    items: OrderItem[];
    issued_at: string;
    issued_by: string;
    cancelled_at: string | null;
    cancelled_by: string | null;
  }>`select id, number, issued_on, kind, effective_on, items, issued_at, issued_by, cancelled_at, cancelled_by
    from roster_order where school_id = ${schoolId} and issued_at is not null
      ${part ? sql`and student_ids && ${[...part.everyoneIds]}::text[]` : sql``}`.execute(db);
  const stamp = stampReader();
  return rows.map((r) => ({
    id: r.id,
    number: r.number,
    issuedOn: r.issued_on,
    kind: r.kind,
    effectiveOn: r.effective_on,
    items: everyone ? r.items.filter((item) => everyone.has(item.studentId)) : r.items,
    issued: stamp(r.issued_at, r.issued_by)!,
    cancelled: stamp(r.cancelled_at, r.cancelled_by),
  }));
}

function unit(r: UnitColumns) {
  return { id: r.id, title: r.title, startsOn: r.starts_on, endsOn: r.ends_on, closed: !r.present };
}

/** Gives a reader that parses each stamp once, because most rows of an import bear the same one. */
function stampReader(): (at: string | null, by: string | null) => Stamp | null {
  const seen = new Map<string, Stamp>();
  return (at, by) => {
    if (at === null) return null;
    const key = `${at}|${by}`;
    let stamp = seen.get(key);
    if (!stamp) {
      stamp = { at: exactInstant(at), by: by ?? '' };
      seen.set(key, stamp);
    }
    return stamp;
  };
}
