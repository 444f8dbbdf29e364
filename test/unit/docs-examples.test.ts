/** The product accepts what people copy from `/docs`, exactly as it stands there. */
import { expect, test } from 'vitest';
import { EXAMPLES } from '../../dashboard/docs-guide.ts';
import { readEvent } from '../../src/roster/events/event.ts';

const bodyOf = (example: string) => /-d '([^']+)'/.exec(example)?.[1];

test.each(Object.entries(EXAMPLES).filter(([, text]) => bodyOf(text)))(
  'the body of %s is JSON',
  (_, text) => {
    expect(() => JSON.parse(bodyOf(text)!)).not.toThrow();
  },
);

test('the event is one that is taken in', () => {
  const [event] = JSON.parse(bodyOf(EXAMPLES.order)!);
  expect(readEvent(event, Date.parse('2026-09-01T09:00:00Z'))).toMatchObject({
    event: { type: 'sgo.order.issued', data: { kind: 'transfer' } },
  });
});
