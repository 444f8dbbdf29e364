/** Decides about one pupil's place in one unit. The numbered rules stand at the head of orders.ts. */
import { sure } from '../sure.ts';
import type { Day, EnrollmentFact, GroupFact, OrderFact, Stamp, UnitKind } from './model.ts';
import { compareText } from './names.ts';

/** What an order in force does to one place. */
interface Effect {
  order: OrderFact;
  enters: boolean;
}

/** All statements and orders about one pupil's place in one unit. */
export interface Evidence {
  unit: UnitKind;
  unitId: string;
  facts: EnrollmentFact[];
  effects: Effect[];
  /** Cancelled orders that had touched the place. */
  voided: Effect[];
}

export interface Scope {
  day: Day;
  dayOf: (at: string) => Day;
  groups: ReadonlyMap<string, GroupFact>;
}

/** Whether the pupil holds the place on the day, the statements that say so, and the order that explains it. */
export function judge(evidence: Evidence, scope: Scope) {
  let stated: Stamp | null = null;
  let gone: Stamp | null = null;
  const active: EnrollmentFact[] = [];
  for (const fact of evidence.facts) {
    const presence = isVoidPresence(fact, evidence.voided, scope) ? null : fact.stated;
    const absence = isVoidAbsence(fact, evidence, scope) ? null : fact.gone;
    stated = later(stated, presence);
    gone = later(gone, absence);
    if (isPresent(presence, absence) && covers(fact, scope.day)) active.push(fact);
  }
  const last = evidence.effects.at(-1);
  const decides = last !== undefined && !outweighs(later(stated, gone), last.order, scope);
  const present = decides ? last.enters : active.length > 0;
  // An outweighed order is still the reason for what it brought, unless the contrary was said since.
  const contrary = present ? gone : stated;
  const isReason = last?.enters === present && !outweighs(contrary, last.order, scope);
  return { present, active, reason: isReason ? last.order : null };
}

/** Rule 4: whether a statement outweighs an order. */
function outweighs(statement: Stamp | null, order: OrderFact, scope: Scope): boolean {
  if (statement === null || compareStamps(statement, order.issued) <= 0) return false;
  return scope.dayOf(statement.at) >= order.effectiveOn;
}

/**
 * Rule 6 for an absence. It is void if it began while an order stood that had ended the place, and was not stated
 * since. If no statement ever gave the place, an order in force must have given it before.
 */
function isVoidAbsence(fact: EnrollmentFact, { voided, effects }: Evidence, scope: Scope): boolean {
  const { gone, goneFrom, stated } = fact;
  if (gone === null) return false;
  return voided.some(
    ({ order, enters }) =>
      !enters &&
      (stated !== null || effects.some((given) => given.enters && compareOrders(given.order, order) < 0)) &&
      outweighs(goneFrom ?? gone, order, scope) &&
      compareStamps(sure(order.cancelled), gone) > 0,
  );
}

/**
 * Rule 6 for a presence: it is void if it began while an order stood that had given the place, and was not stated
 * since.
 */
function isVoidPresence(fact: EnrollmentFact, voided: readonly Effect[], scope: Scope): boolean {
  const { stated, statedFrom } = fact;
  if (!stated || !statedFrom) return false;
  return voided.some(
    ({ order, enters }) =>
      enters && outweighs(statedFrom, order, scope) && compareStamps(sure(order.cancelled), stated) > 0,
  );
}

/** Whether the newest statement says that the pupil belongs (rule 1). */
export function isPresent(stated: Stamp | null, gone: Stamp | null): boolean {
  return stated !== null && (gone === null || compareStamps(stated, gone) > 0);
}

/** Whether the day lies within the statement's own bounds. */
export function covers(fact: EnrollmentFact, day: Day): boolean {
  return (fact.beginsOn === null || fact.beginsOn <= day) && (fact.endsOn === null || fact.endsOn >= day);
}

/** Rule 3: the order in which the orders about one pupil follow one another. */
export function compareOrders(a: OrderFact, b: OrderFact): number {
  return (
    compareText(a.effectiveOn, b.effectiveOn) || compareStamps(a.issued, b.issued) || compareText(a.id, b.id)
  );
}

function later(a: Stamp | null, b: Stamp | null): Stamp | null {
  if (a === null || b === null) return a ?? b;
  return compareStamps(a, b) >= 0 ? a : b;
}

/** The greater stamp was said later (contract: the greatest (time, id) wins). */
export function compareStamps(a: Stamp, b: Stamp): number {
  return compareText(a.at, b.at) || compareText(a.by, b.by);
}
