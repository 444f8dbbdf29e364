/** The events are read exactly as they are described. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVENT_SHAPE } from '../../dashboard/api/event-shapes.ts';
import { readEvent } from '../../src/roster/events/event.ts';
import { arbitraryEvent, numbered } from '../support/arbitrary-events.ts';

const fits = new Ajv2020({ strict: false, validateFormats: false }).compile(EVENT_SHAPE);
const LATER = Date.parse('2027-01-01T00:00:00Z');

test('what is taken in fits the description', () => {
  fc.assert(
    fc.property(arbitraryEvent, (one) => {
      const [event] = numbered([one]);
      fc.pre('event' in readEvent(event, LATER));
      expect(fits(event), JSON.stringify(fits.errors)).toBe(true);
    }),
  );
});

test('a field that is left out, or of another type, is refused by both', () => {
  fc.assert(
    fc.property(arbitraryEvent, fc.nat(), fc.boolean(), (one, at, isOut) => {
      const [event] = numbered([one]);
      const names = Object.keys(event!.data);
      const name = names[at % names.length]!;
      const { [name]: _, ...others } = event!.data;
      const data = isOut ? others : { ...others, [name]: { odd: true } };
      const spoiled = { ...event!, data };
      expect(fits(spoiled)).toBe('event' in readEvent(spoiled, LATER));
    }),
  );
});
