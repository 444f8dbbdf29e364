/** Whole rosters at random about the small school of arbitrary-events.ts. */
import fc from 'fast-check';
import type { MergedReading } from '../../src/roster/merge-roster.ts';
import type { Span } from '../../src/roster/reading.ts';
import { ADULTS, CLASSES, GROUPS, INSTANTS, PARTS, PUPILS } from './arbitrary-events.ts';

const ALWAYS: Span = { beginsOn: null, endsOn: null };

/** A whole roster, of some of the people and units. */
export const arbitraryRoster = fc.record({
  takenAt: fc.constantFrom(...INSTANTS).map((at) => at.replace('00:00.000', '30:00.000')),
  people: fc.subarray([...PUPILS, ...ADULTS], { minLength: 3 }),
  parts: PARTS,
  classes: fc.subarray(CLASSES),
  groups: fc.subarray(GROUPS),
  places: fc.dictionary(fc.constantFrom(...CLASSES, ...GROUPS), fc.subarray(PUPILS)),
});
export type ArbitraryRoster = typeof arbitraryRoster extends fc.Arbitrary<infer R> ? R : never;

/** `span`: the days of every role and place. */
export function readingOf(
  schoolId: string,
  statement: Omit<ArbitraryRoster, 'takenAt'>,
  span: Span = ALWAYS,
): MergedReading {
  const places = (ids: readonly string[]) =>
    ids.map((id) => {
      const pupils = (statement.places[id] ?? []).filter((pupil) => statement.people.includes(pupil));
      return [id, new Map(pupils.map((pupil) => [pupil, [{ ...span }]]))] as const;
    });
  const unit = (id: string, kind: 'class' | 'group') =>
    [
      id,
      { ...ALWAYS, id, kind, title: `${id} по списку`, grade: null, subject: '', unclearDays: false },
    ] as const;
  return {
    schools: [
      {
        ...{ id: schoolId, name: 'Школа', gone: false, teachers: new Map(), guardians: new Map() },
        people: new Map(
          statement.people.map((id) => {
            const role = PUPILS.includes(id) ? 'student' : id === 'a1' ? 'administrator' : 'teacher';
            const names = {
              familyName: 'По списку',
              givenName: id,
              middleName: '',
              sex: (statement.parts.sex ?? null) as 'male' | 'female' | null,
              birthDate: statement.parts.birthDate ?? null,
            };
            return [
              id,
              { id, line: 1, ...names, vkUserId: null, roles: [{ role, span: { ...span } }] },
            ] as const;
          }),
        ),
        units: new Map([
          ...statement.classes.map((id) => unit(id, 'class')),
          ...statement.groups.map((id) => unit(id, 'group')),
        ]),
        pupils: new Map(places([...statement.classes, ...statement.groups])),
      },
    ],
    unclear: { people: new Set(), roles: new Set(), units: new Set(), enrollments: new Set() },
    counts: { schools: 1, people: 0, classes: 0, subjectGroups: 0, enrollments: 0 },
  };
}
