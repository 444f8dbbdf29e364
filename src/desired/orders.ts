/**
 * Who is enrolled where on a day (D6): what imports and whole lists state, overlaid by the orders in force.
 *
 * The result is the same in whatever order statements and orders come:
 *  1. Of several statements on one fact the greatest (at, by) wins.
 *  2. An order is in force on a day if it is not cancelled and `effectiveOn` ≤ day.
 *  3. Orders in force follow one another by (effectiveOn, issued.at, issued.by). The last one that touches a pupil's
 *     place in a unit decides it. So a late order stands where its effective day puts it.
 *  4. A statement outweighs an order for its fact if it was taken after the order was issued and no earlier than the
 *     day on which it took effect, because only such a statement can have seen the order. The order overlays any
 *     other. Where the last order is outweighed the statements alone decide.
 *  5. An enrollment puts into the class and the listed groups. A transfer takes out of the class and its groups, and
 *     puts into the other class and the listed groups. A withdrawal takes out of the class, its groups and the listed
 *     ones. A withdrawal without a class takes out of every unit: the pupil has left the school until a later
 *     enrollment or an outweighing statement. Within one order leaving comes before entering. A group is left with
 *     its class, and a group without a class only where it is listed.
 *  6. A cancelled order has never been. An absence is void if it began while the order stood, after the order had
 *     ended the place: what the order ended is back. A presence is void if it began (`statedFrom`) while the order
 *     stood and gave the place. What was so before the order, or is stated after its cancellation, counts as ever.
 *
 * Of the statements about a place only the newest run of each kind is stored, by its first and its last
 * (src/roster/runs.ts). Whole lists are known by their stamps for `keepGoneFactsDays`, so that a list that comes later
 * than that many days may not find its place in a run.
 */
import { compareOrders, covers, type Evidence, isPresent, judge, type Scope } from './evidence.ts';
import type { Day, EnrollmentFact, OrderFact, OrderItem, OrderKind, RosterFacts, UnitKind } from './model.ts';

/** A pupil's place in a unit: its first day (left out where there is no bound), and the order that gave it. */
interface Place {
  since?: Day;
  orderId?: string;
}

/** What took a pupil out of a unit. */
interface Leaving {
  orderId: string;
  kind: OrderKind;
}

export interface UnitRoll {
  students: ReadonlyMap<string, Place>;
  /** Pupils who are out because of an order in force. */
  endings: ReadonlyMap<string, Leaving>;
  /** Whether any statement or order ever put a pupil into it (D5). */
  hadPupil: boolean;
}

export interface Enrolled {
  classes: ReadonlyMap<string, UnitRoll>;
  groups: ReadonlyMap<string, UnitRoll>;
  /** Pupils who left the school by an order, and the order. */
  leavers: ReadonlyMap<string, Leaving>;
}

interface Roll extends UnitRoll {
  students: Map<string, Place>;
  endings: Map<string, Leaving>;
}

interface Ordered {
  order: OrderFact;
  item: OrderItem;
}

const WITHOUT_DATES: Place = Object.freeze({});

/**
 * Gives for each unit its pupils on `day`, the ground of each place, and who is out by an order.
 * It costs one pass over the enrollments; it looks closer only at pupils whom orders name.
 */
export function enrolledOn(facts: RosterFacts, day: Day): Enrolled {
  const rolls = { class: new Map<string, Roll>(), group: new Map<string, Roll>() };
  const rollOf = (unit: UnitKind, unitId: string): Roll => {
    let roll = rolls[unit].get(unitId);
    if (!roll) {
      roll = { students: new Map(), endings: new Map(), hadPupil: false };
      rolls[unit].set(unitId, roll);
    }
    return roll;
  };

  const ordersOf = ordersByPupil(facts.orders);
  const ordered = new Map<string, EnrollmentFact[]>();
  for (const fact of facts.enrollments) {
    if (ordersOf.has(fact.studentId)) {
      const own = ordered.get(fact.studentId);
      if (own) own.push(fact);
      else ordered.set(fact.studentId, [fact]);
      continue;
    }
    const roll = rollOf(fact.unit, fact.unitId);
    if (fact.stated) roll.hadPupil = true;
    if (isPresent(fact.stated, fact.gone) && covers(fact, day)) seat(roll, fact);
  }

  const scope: Scope = { day, dayOf: facts.dayOf ?? utcDay, groups: facts.groups };
  const leavers = new Map<string, Leaving>();
  for (const [studentId, orders] of ordersOf) {
    const leaving = applyOrders(studentId, ordered.get(studentId) ?? [], orders, scope, rollOf);
    if (leaving) leavers.set(studentId, leaving);
  }
  return { classes: rolls.class, groups: rolls.group, leavers };
}

/** Seats one pupil in every unit where they belong. Returns what took the pupil out of the school, if an order did. */
function applyOrders(
  studentId: string,
  facts: readonly EnrollmentFact[],
  orders: readonly Ordered[],
  scope: Scope,
  rollOf: (unit: UnitKind, unitId: string) => Roll,
): Leaving | null {
  const { places, withdrawal } = gatherEvidence(facts, orders, scope);
  let leaving = withdrawal;
  for (const evidence of places.values()) {
    const roll = rollOf(evidence.unit, evidence.unitId);
    if (evidence.facts.some((fact) => fact.stated) || evidence.effects.some((effect) => effect.enters)) {
      roll.hadPupil = true;
    }
    const { present, active, reason } = judge(evidence, scope);
    if (present) {
      leaving = null;
      if (reason) roll.students.set(studentId, { since: reason.effectiveOn, orderId: reason.id });
      else for (const fact of active) seat(roll, fact);
    } else if (reason) {
      roll.endings.set(studentId, { orderId: reason.id, kind: reason.kind });
    }
  }
  return leaving;
}

/** Sorts statements and orders by the place they speak of. It walks the orders as rule 3 says. */
function gatherEvidence(facts: readonly EnrollmentFact[], orders: readonly Ordered[], scope: Scope) {
  const places = new Map<string, Evidence>();
  const placeOf = (unit: UnitKind, unitId: string): Evidence => {
    const key = `${unit}:${unitId}`;
    let evidence = places.get(key);
    if (!evidence) {
      evidence = { unit, unitId, facts: [], effects: [], voided: [] };
      places.set(key, evidence);
    }
    return evidence;
  };
  for (const fact of facts) placeOf(fact.unit, fact.unitId).facts.push(fact);

  let withdrawal: Leaving | null = null;
  for (const { order, item } of orders) {
    if (order.effectiveOn > scope.day) continue;
    const inForce = order.cancelled === null;
    for (const evidence of places.values()) {
      if (!isLeft(evidence, order, item, scope)) continue;
      (inForce ? evidence.effects : evidence.voided).push({ order, enters: false });
    }
    for (const evidence of entered(order, item, inForce, places, placeOf)) {
      (inForce ? evidence.effects : evidence.voided).push({ order, enters: true });
      if (inForce) withdrawal = null;
    }
    if (inForce && order.kind === 'withdrawal' && item.classId === null) {
      withdrawal = { orderId: order.id, kind: order.kind };
    }
  }
  return { places, withdrawal };
}

/** Whether an order takes its pupil out of a place (rule 5). */
function isLeft(place: Evidence, order: OrderFact, item: OrderItem, scope: Scope): boolean {
  if (order.kind === 'enrollment') return false;
  if (item.classId === null) return order.kind === 'withdrawal';
  if (place.unit === 'class') return place.unitId === item.classId;
  const ofClass = scope.groups.get(place.unitId)?.classId === item.classId;
  return ofClass || item.subjectGroupIds.includes(place.unitId); // a transfer enters the listed again
}

/** The places that an order puts its pupil into (rule 5). A cancelled order opens no new places. */
function entered(
  order: OrderFact,
  item: OrderItem,
  inForce: boolean,
  places: ReadonlyMap<string, Evidence>,
  placeOf: (unit: UnitKind, unitId: string) => Evidence,
): Evidence[] {
  if (order.kind === 'withdrawal') return [];
  const classId = order.kind === 'transfer' ? item.toClassId : item.classId;
  const units: [UnitKind, string][] = item.subjectGroupIds.map((id) => ['group', id]);
  if (classId !== null) units.push(['class', classId]);
  return units
    .filter(([unit, unitId]) => inForce || places.has(`${unit}:${unitId}`))
    .map(([unit, unitId]) => placeOf(unit, unitId));
}

/** Pupil → the orders that name them, in the order of rule 3. */
function ordersByPupil(orders: readonly OrderFact[]): Map<string, Ordered[]> {
  const byPupil = new Map<string, Ordered[]>();
  for (const order of orders.toSorted(compareOrders)) {
    for (const item of order.items) {
      const own = byPupil.get(item.studentId);
      if (own) own.push({ order, item });
      else byPupil.set(item.studentId, [{ order, item }]);
    }
  }
  return byPupil;
}

/** Where several statements cover one day the place shows the earliest beginning. */
function seat(roll: { students: Map<string, Place> }, fact: EnrollmentFact): void {
  const before = roll.students.get(fact.studentId);
  if (fact.beginsOn === null) roll.students.set(fact.studentId, WITHOUT_DATES);
  else if (!before || (before.since && before.since > fact.beginsOn)) {
    roll.students.set(fact.studentId, { since: fact.beginsOn });
  }
}

function utcDay(at: string): Day {
  return at.slice(0, 10);
}
