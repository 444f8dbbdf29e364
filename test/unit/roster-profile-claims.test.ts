/** A7: whose a VK ID is, by what was said and who is present. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claim, type Claimant, judgeClaims } from '../../src/profile/profile-claims.ts';

const at = (minute: number) => `2026-10-01T09:${String(minute).padStart(2, '0')}:00.000Z`;
const claim = (person: string, vkUserId: number, minute: number, ranked?: number): Claim => ({
  ...{
    person,
    vkUserId,
    at: at(minute),
    by: `e${minute}`,
    inFile: null,
    rankedAt: ranked === undefined ? null : at(ranked),
  },
});
const pupil: Claimant = { isHere: true, isPupil: true, isUnknown: false };
const adult: Claimant = { ...pupil, isPupil: false };
const gone: Claimant = { ...pupil, isHere: false };

/** Gives who holds what (`p 7`) and who waits (`q 7?`). */
function judged(claims: readonly Claim[], people: Record<string, Claimant>): string[] {
  const verdicts = judgeClaims(claims, new Map(Object.entries(people)));
  return [...verdicts]
    .flatMap(([person, { holds, waits }]) => [
      ...(holds ? [`${person} ${holds.vkUserId}`] : []),
      ...waits.map(({ vkUserId }) => `${person} ${vkUserId}?`),
    ])
    .sort();
}

/** A claim by a file that names one user in several schools. */
const listed = (person: string, vkUserId: number, minute: number, user: string): Claim => ({
  ...claim(person, vkUserId, minute),
  inFile: user,
});

describe('A7 a VK ID', () => {
  test.each<[string, Claim[], Record<string, Claimant>, string[]]>([
    ['is the first’s', [claim('p', 7, 1), claim('q', 7, 2)], { p: pupil, q: pupil }, ['p 7', 'q 7?']],
    ['may be two adults’', [claim('a', 7, 1), claim('b', 7, 2)], { a: adult, b: adult }, ['a 7', 'b 7']],
    [
      'is no adult’s and pupil’s',
      [claim('a', 7, 1), claim('p', 7, 2)],
      { a: adult, p: pupil },
      ['a 7', 'p 7?'],
    ],
    ['is not kept by the gone', [claim('p', 7, 1), claim('q', 7, 2)], { p: gone, q: pupil }, ['p 7?', 'q 7']],
    [
      'stays with the newcomer',
      [claim('p', 7, 1, 2), claim('q', 7, 2)],
      { p: pupil, q: pupil },
      ['p 7?', 'q 7'],
    ],
    [
      'is one user’s in two schools of one file',
      [listed('p', 7, 1, 'u'), listed('q', 7, 1, 'u')],
      { p: pupil, q: pupil },
      ['p 7', 'q 7'],
    ],
    [
      'that a file names is not heard before that which he made',
      [claim('a', 7, 1), listed('a', 8, 2, 'u')],
      { a: adult },
      ['a 7'],
    ],
    [
      'refused leaves him the one he has',
      [claim('p', 7, 1), claim('q', 8, 1), claim('q', 7, 2)],
      { p: pupil, q: pupil },
      ['p 7', 'q 7?', 'q 8'],
    ],
    [
      'given up for another is free for who waits',
      [claim('p', 7, 1), claim('q', 7, 2), claim('p', 8, 3)],
      { p: pupil, q: pupil },
      ['p 8', 'q 7'],
    ],
  ])('%s', (_, claims, people, expected) => {
    expect(judged(claims, people)).toEqual(expected);
  });
});

const someone = fc.constantFrom('p', 'q', 'r', 'a', 'b');
const someClaims = fc
  .array(fc.tuple(someone, fc.constantFrom(7, 8, 9)), { maxLength: 12 })
  .map((said) => said.map(([person, vk], minute) => claim(person, vk, minute)));
const somePeople = fc.record(
  Object.fromEntries(
    ['p', 'q', 'r', 'a', 'b'].map((id) => [
      id,
      fc.boolean().map((isHere) => ({ ...(id < 'p' ? adult : pupil), isHere })),
    ]),
  ) as Record<string, fc.Arbitrary<Claimant>>,
);

test('A7 whatever is said in whatever order: one verdict, no conflict, and nobody waits for nobody', () => {
  fc.assert(
    fc.property(
      someClaims.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      ),
      somePeople,
      ([inOrder, shuffled], people) => {
        expect(judged(shuffled, people)).toEqual(judged(inOrder, people));
        const verdicts = judgeClaims(inOrder, new Map(Object.entries(people)));
        const here = [...verdicts].filter(([id]) => people[id]!.isHere);
        const isApart = (one: Claim, other: Claim) =>
          one.vkUserId !== other.vkUserId ||
          one.person === other.person ||
          !(people[one.person]!.isPupil || people[other.person]!.isPupil);
        const holding = here.flatMap(([, { holds }]) => holds ?? []);
        for (const one of holding) for (const other of holding) expect(isApart(one, other)).toBe(true);
        for (const [, { waits }] of verdicts)
          for (const one of waits) expect(holding.every((other) => isApart(one, other))).toBe(false);
        // A person who is gone changes nothing for those who are here.
        const claimsOfHere = inOrder.filter(({ person }) => people[person]!.isHere);
        expect(judgeClaims(claimsOfHere, new Map(Object.entries(people)))).toEqual(new Map(here));
      },
    ),
  );
});
