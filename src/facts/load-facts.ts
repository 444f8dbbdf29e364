import { sql } from 'kysely';
import type {
  ClassFact,
  Day,
  EnrollmentFact,
  GroupFact,
  OrderFact,
  PersonFact,
  Role,
  RosterFacts,
  UnitKind,
} from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import type { FactPart } from './fact-part.ts';
import { loadOrders } from './load-orders.ts';
import { stampReader } from './stamp-reader.ts';

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

interface ClassColumns extends UnitColumns {
  homeroom_teacher_ids: string[];
  continues: string | null;
  may_continue: string | null;
}

/** Which facts are asked for. */
interface AskedFacts {
  /** The part that some chats need (`partFor`). Left out: all. */
  part?: FactPart | undefined;
  /** The only day that is asked about. Left out: any. Orders that cannot decide anything on it are not loaded. */
  day?: Day | undefined;
}

/**
 * Loads the facts of one school that decide membership. They are consistent where `db` is a transaction that holds the
 * school.
 */
export async function loadFacts(
  db: Sql,
  schoolId: string,
  { part, day }: AskedFacts = {},
): Promise<RosterFacts> {
  const { orders, leavers } = await ordersAndLeavers(db, schoolId, { part, day });
  const places = await loadEnrollments(db, schoolId, part, leavers);
  const groupIds = part && groupsNamed(part, orders, places, leavers);
  const people = await sql<{ id: string; roles: Role[] }>`
    select id, roles from person where school_id = ${schoolId} and present
      ${part ? sql`and id = any(${[...part.everyoneIds]})` : sql``}`.execute(db);
  const groups = await sql<UnitColumns & { class_id: string | null; teacher_ids: string[] }>`
    select id, title, starts_on, ends_on, present, class_id, teacher_ids
    from subject_group where school_id = ${schoolId} and stated_at is not null
      ${groupIds ? sql`and id = any(${groupIds})` : sql``}`.execute(db);
  const classIds = part && [...part.classIds, ...groups.rows.flatMap((group) => group.class_id ?? [])];
  const classes = await sql<ClassColumns>`
    select id, title, starts_on, ends_on, present, homeroom_teacher_ids, continues,
      (select m.old_id from class_match m
        where m.school_id = class.school_id and m.new_id = class.id and m.state = 'open') as may_continue
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
        {
          ...unit(r),
          homeroomTeacherIds: r.homeroom_teacher_ids,
          continues: r.continues,
          mayContinue: r.may_continue,
        },
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

/**
 * Loads orders, and says which pupils may have left the school by one. Whether they have depends on all their places,
 * so a part needs all orders about them. The same goes for pupils of a class that moves to a new id (K4).
 */
async function ordersAndLeavers(db: Sql, schoolId: string, { part, day }: AskedFacts) {
  const orders = await loadOrders(db, schoolId, { of: part && { part }, day });
  const leavers = new Set([...mayHaveLeft(orders), ...(part?.movingIds ?? [])]);
  if (!part || leavers.size === 0) return { orders, leavers };
  const ofLeavers = await loadOrders(db, schoolId, { of: { pupils: [...leavers] }, day });
  const ofOthers = orders.map((order) => ({
    ...order,
    items: order.items.filter(({ studentId }) => !leavers.has(studentId)),
  }));
  return { orders: [...ofOthers, ...ofLeavers], leavers };
}

/**
 * Loads enrollments. A part needs the places in its units. It also needs all places of a pupil who may have left the
 * school, because a pupil who still has a place has not left (orders.ts). The places of others in other units decide
 * nothing here.
 */
async function loadEnrollments(
  db: Sql,
  schoolId: string,
  part: FactPart | undefined,
  leavers: ReadonlySet<string>,
): Promise<EnrollmentFact[]> {
  const asked = part
    ? sql`and (unit = 'class' and unit_id = any(${[...part.classIds]})
        or unit = 'group' and unit_id = any(${[...part.groupIds]}) or student_id = any(${[...leavers]}))`
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
  leavers: ReadonlySet<string>,
): string[] {
  const ids = new Set(part.groupIds);
  for (const { items } of orders)
    for (const { studentId, subjectGroupIds } of items)
      if (leavers.has(studentId)) for (const id of subjectGroupIds) ids.add(id);
  for (const { unit, unitId, studentId } of places)
    if (unit === 'group' && leavers.has(studentId)) ids.add(unitId);
  return [...ids];
}

/** Gives the pupils whom an order takes out of the whole school, unless a place or a later order keeps them. */
function mayHaveLeft(orders: readonly OrderFact[]): Set<string> {
  const withdrawals = orders.filter(({ kind, cancelled }) => kind === 'withdrawal' && cancelled === null);
  const items = withdrawals.flatMap((order) => order.items);
  return new Set(items.filter(({ classId }) => classId === null).map(({ studentId }) => studentId));
}

function unit(r: UnitColumns) {
  return { id: r.id, title: r.title, startsOn: r.starts_on, endsOn: r.ends_on, closed: !r.present };
}
