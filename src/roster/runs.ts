/**
 * What lists say of one pupil's place in one unit, as two runs: the newest unbroken run of lists that have the pupil, and
 * the newest of lists that lack the pupil. Orders are judged by the ends of both (src/desired/orders.ts, rule 6).
 *
 * The runs are the same in whatever order the lists come. That needs no list's content: a run begins right after the
 * list that ended the one before, so the stamps of the unit's whole lists tell where a late list divides a run, or how
 * far it brings its beginning forward.
 *
 * Lists before the first one that has the pupil say nothing, unless an order had put the pupil there: then they are an
 * absence since that order (`isOrdered`).
 */
import { compareStamps } from '../desired/evidence.ts';
import type { Stamp } from '../desired/model.ts';

interface Run {
  from: Stamp;
  to: Stamp;
}

export interface Runs {
  there: Run | null;
  gone: Run | null;
  /** No list before this absence has the pupil. It counts from an order that put the pupil there. */
  isOrdered: boolean;
}

/** What is asked of the whole lists of a unit. */
export interface Lists {
  /** The newest list before this instant. */
  before(stamp: Stamp): Stamp | null;
  /** The first list after this instant. */
  after(stamp: Stamp): Stamp | null;
  newest: Stamp | null;
}

export const NOTHING_SAID: Runs = { there: null, gone: null, isOrdered: false };

/** Adds what a list of that time says. It may come after newer ones. `lists` has it already. */
export function withList(runs: Runs, at: Stamp, isThere: boolean, lists: Lists): Runs {
  const { there, gone, isOrdered } = runs;
  if (there === null) return isThere ? firstThere(at, lists) : runs;
  if (gone === null) return isThere ? alsoThere(there, at, lists) : firstGone(there, at, lists);
  const isHere = isLater(there.to, gone.to);
  const [newest, older] = isHere ? [there, gone] : [gone, there];
  if (isThere === isHere) {
    if (isLater(at, older.to)) return runsOf(isHere, extended(newest, at), older, isOrdered);
    // The list is contrary to the older run. A run that was ordered begins with it, because the pupil had been there.
    const divides = isOrdered || isLater(at, older.from);
    return divides ? runsOf(isHere, newest, { ...older, from: next(at, older, lists) }, false) : runs;
  }
  if (isLater(at, newest.to)) return runsOf(!isHere, { from: at, to: at }, newest, false);
  if (isLater(at, newest.from))
    return runsOf(isHere, { ...newest, from: next(at, newest, lists) }, { from: at, to: at }, false);
  if (isLater(at, older.to)) return runsOf(isHere, newest, { ...older, to: at }, isOrdered);
  const begins = !isOrdered && isLater(older.from, at) && !isBetween(at, older.from, lists);
  return begins ? runsOf(isHere, newest, { ...older, from: at }, false) : runs;
}

/**
 * Gives the absence of a pupil whom an order put into the place before any list had the pupil. Lists that are newer than
 * the order, and lack the pupil, have ended the place. `since`: when the first order was issued that puts the pupil
 * there, as the orders stand now; null where none does.
 */
export function withOrder(runs: Runs, since: Stamp | null, lists: Lists): Runs {
  const { there, gone, isOrdered } = runs;
  if (there !== null && gone !== null && !isOrdered) return runs;
  const last = there ? lists.before(there.from) : lists.newest;
  const first = since && lists.after(since);
  // Stamps of lists are not kept for ever. What is known of such a time stays.
  const known = since && isOrdered && gone && isLater(gone.from, since) ? gone : null;
  if (since && first && last && isLater(last, since)) {
    const from = known && isLater(first, known.from) ? known.from : first;
    return { there, gone: { from, to: last }, isOrdered: true };
  }
  return known && last === null ? runs : { there, gone: null, isOrdered: false };
}

function firstThere(at: Stamp, { newest, after }: Lists): Runs {
  const from = after(at);
  return {
    there: { from: at, to: at },
    gone: from && newest && { from, to: newest },
    isOrdered: false,
  };
}

/** The place was never left until now. Only a list between may have lacked the pupil, before the first that has. */
function alsoThere(there: Run, at: Stamp, lists: Lists): Runs {
  const from = lists.after(at);
  const to = lists.before(there.from);
  const isLeft = from && to && isLater(there.from, from) && isLater(to, at);
  if (isLeft) return { there, gone: { from, to }, isOrdered: false };
  return { there: extended(there, at), gone: null, isOrdered: false };
}

function firstGone(there: Run, at: Stamp, lists: Lists): Runs {
  if (isLater(there.from, at)) return { there, gone: null, isOrdered: false };
  const gone = { from: at, to: at };
  if (isLater(at, there.to)) return { there, gone, isOrdered: false };
  return { there: { ...there, from: next(at, there, lists) }, gone, isOrdered: false };
}

function runsOf(isHere: boolean, newest: Run, older: Run, isOrdered: boolean): Runs {
  return isHere ? { there: newest, gone: older, isOrdered } : { there: older, gone: newest, isOrdered };
}

function extended({ from, to }: Run, at: Stamp): Run {
  return { from: isLater(from, at) ? at : from, to: isLater(at, to) ? at : to };
}

/** Where a run goes on after a list that divides it. Its end is such a list itself. */
function next(at: Stamp, { to }: Run, lists: Lists): Stamp {
  const list = lists.after(at);
  return list && isLater(to, list) ? list : to;
}

function isBetween(one: Stamp, other: Stamp, lists: Lists): boolean {
  const list = lists.after(one);
  return list !== null && isLater(other, list);
}

const isLater = (one: Stamp, other: Stamp) => compareStamps(one, other) > 0;
