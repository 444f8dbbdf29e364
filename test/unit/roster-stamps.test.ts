import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactInstant } from '../../src/clock.ts';
import { compareStamps } from '../../src/desired/evidence.ts';
import { importedBy, stampOf } from '../../src/facts/stamp.ts';
import { readEvent } from '../../src/roster/events/event.ts';

test.each([
  ['2026-10-01T08:00:00Z', '2026-10-01T08:00:00.000000Z'],
  ['2026-10-01T08:00:00.1234567Z', '2026-10-01T08:00:00.1234567Z'],
  ['2026-10-01T10:00:00.1234567+02:00', '2026-10-01T08:00:00.1234567Z'],
  ['2026-09-30T23:59:59.9999999-08:30', '2026-10-01T08:29:59.9999999Z'],
  ['2026-10-01T08:00:00.1200000Z', '2026-10-01T08:00:00.120000Z'],
  ['2026-10-01 08:00:00.123456+00', '2026-10-01T08:00:00.123456Z'],
  ['2026-10-01 08:00:00+00', '2026-10-01T08:00:00.000000Z'],
])('%s is %s', (text, exact) => {
  expect(exactInstant(text)).toBe(exact);
});

const BASE = Date.parse('2026-10-01T08:00:00Z');
const instant = fc.record({
  second: fc.integer({ min: 0, max: 1 }),
  digits: fc.stringMatching(/^[01279]{0,9}$/),
});
type Instant = typeof instant extends fc.Arbitrary<infer Value> ? Value : never;
const textOf = ({ second, digits }: Instant) =>
  new Date(BASE + second * 1000).toISOString().replace('.000Z', digits === '' ? 'Z' : `.${digits}Z`);
const nanoseconds = ({ second, digits }: Instant) =>
  BigInt(second) * 1_000_000_000n + BigInt(digits.padEnd(9, '0'));

test('statements follow one another as their times do, to the last digit; of equal times the greater id wins', () => {
  const id = fc.constantFrom('a', 'b', 'import:x', 'я');
  fc.assert(
    fc.property(instant, instant, id, id, (a, b, idA, idB) => {
      const times = nanoseconds(a) - nanoseconds(b);
      const expected = times !== 0n ? Number(times) : idA < idB ? -1 : idA > idB ? 1 : 0;
      expect(Math.sign(compareStamps(stampOf(textOf(a), idA), stampOf(textOf(b), idB)))).toBe(
        Math.sign(expected),
      );
    }),
  );
});

test('of two imports the one received later counts, whatever their ids', () => {
  const at = '2026-10-01T08:00:00Z';
  const early = stampOf(at, importedBy(new Date('2026-10-01T09:00:00.001Z'), 'zzz'));
  const late = stampOf(at, importedBy(new Date('2026-10-01T09:00:00.002Z'), 'aaa'));
  expect(compareStamps(early, late)).toBeLessThan(0);
});

test('a pupil who is his own parent is a rejected event; that he is not is none', () => {
  const event = (type: string) =>
    readEvent(
      {
        ...{ specversion: '1.0', id: 'e1', source: 'sgo', time: '2026-10-01T08:00:00Z', type },
        data: { guardianId: 'p1', studentId: 'p1' },
      },
      BASE,
    );
  expect(event('sgo.guardian.linked')).toEqual({
    rejected: { id: 'e1', message: 'data.guardianId: ученик назван собственным родителем' },
  });
  expect(event('sgo.guardian.unlinked')).toHaveProperty('event');
});
