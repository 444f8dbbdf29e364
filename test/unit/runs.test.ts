import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareStamps } from '../../src/desired/evidence.ts';
import type { Stamp } from '../../src/desired/model.ts';
import { type Lists, NOTHING_SAID, type Runs, withList, withOrder } from '../../src/roster/runs.ts';

/** Instants that are often the same, so that the ids decide. */
const stamp = fc.record({
  at: fc
    .constantFrom('2026-09-01', '2026-09-02', '2026-09-03', '2026-09-04')
    .map((day) => `${day}T06:00:00Z`),
  by: fc.constantFrom('e0', 'e1', 'e2'),
});
const list = fc.record({ at: stamp, isThere: fc.boolean() });
type List = { at: Stamp; isThere: boolean };

const earlier = (a: Stamp, b: Stamp) => compareStamps(a, b) < 0;

function viewOf(stamps: readonly Stamp[]): Lists {
  const all = stamps.toSorted(compareStamps);
  return {
    before: (of) => all.findLast((one) => earlier(one, of)) ?? null,
    after: (of) => all.find((one) => earlier(of, one)) ?? null,
    newest: all.at(-1) ?? null,
  };
}

/** The runs by all lists at once, in their order. */
function told(lists: readonly List[], since: Stamp | null): Runs {
  const all = lists.toSorted((a, b) => compareStamps(a.at, b.at));
  const runs: { isThere: boolean; from: Stamp; to: Stamp }[] = [];
  for (const { at, isThere } of all) {
    const last = runs.at(-1);
    if (last?.isThere === isThere) last.to = at;
    else runs.push({ isThere, from: at, to: at });
  }
  const leading = runs[0]?.isThere === false ? runs.shift() : undefined;
  const ran = (isThere: boolean) => {
    const run = runs.findLast((one) => one.isThere === isThere);
    return run ? { from: run.from, to: run.to } : null;
  };
  const [there, gone] = [ran(true), ran(false)];
  const first = since && all.find(({ at }) => earlier(since, at));
  if (gone === null && leading && since && first && earlier(since, leading.to))
    return { there, gone: { from: first.at, to: leading.to }, isOrdered: true };
  return { there, gone, isOrdered: false };
}

test('V1: the runs of a place are the same in whatever order its lists come, and orders before, between or after', () => {
  fc.assert(
    fc.property(
      fc
        .uniqueArray(list, { maxLength: 9, selector: ({ at }) => `${at.at} ${at.by}` })
        .chain((lists) => fc.shuffledSubarray(lists, { minLength: lists.length })),
      fc.array(fc.record({ after: fc.nat({ max: 9 }), since: fc.option(stamp) }), { maxLength: 3 }),
      (lists, orders) => {
        let runs = NOTHING_SAID;
        let since: Stamp | null = null;
        const heard: List[] = [];
        const order = (at: number) => {
          for (const one of orders.filter(({ after }) => after === at)) {
            since = one.since;
            runs = withOrder(runs, since, viewOf(heard.map(({ at }) => at)));
          }
        };
        for (const [n, one] of lists.entries()) {
          order(n);
          heard.push(one);
          const view = viewOf(heard.map(({ at }) => at));
          runs = withOrder(withList(runs, one.at, one.isThere, view), since, view);
          expect(runs).toEqual(told(heard, since));
        }
      },
    ),
    { numRuns: 5_000 },
  );
});
