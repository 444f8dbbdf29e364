import { expect, test } from 'vitest';
import { readEvent } from '../../src/roster/events/event.ts';

const NOW = Date.parse('2026-09-01T00:00:00Z');
const saved = (time: string, startsAt = '2026-09-01T06:00:00Z') =>
  readEvent(
    {
      ...{ specversion: '1.0', id: 'e1', source: 'sgo', type: 'sgo.lesson.saved', time },
      data: { id: 'l', subjectGroupId: 'g', teacherId: 't', startsAt, endsAt: '2026-09-01T06:45:00Z' },
    },
    NOW,
  );

test('an event is rejected for an instant that PostgreSQL reads otherwise or not at all', () => {
  expect(saved('2026-08-31T23:00:00Z')).toHaveProperty('event');
  for (const odd of ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+23:59']) {
    expect(saved(odd)).toEqual({ rejected: { id: 'e1', message: 'time: не момент времени ISO 8601' } });
    expect(saved('2026-08-31T23:00:00Z', odd)).toEqual({
      rejected: { id: 'e1', message: 'data.startsAt: не момент времени ISO 8601' },
    });
  }
  expect(saved('2026-08-31T23:00:00Z', '9999-12-31T23:59:59-23:59')).toHaveProperty('rejected');
});
