/** Of several statements the later wins, whatever kind it and the earlier are, and in whatever order they come. */
import { describe, expect, test } from 'vitest';
import { dayIn } from '../../src/clock.ts';
import { enrolledOn } from '../../src/desired/orders.ts';
import { loadFacts } from '../../src/facts/load-facts.ts';
import { importedBy } from '../../src/facts/stamp.ts';
import { readEvent } from '../../src/roster/events/event.ts';
import { writeEvents } from '../../src/roster/events/write-events.ts';
import { mergeRoster } from '../../src/roster/merge-roster.ts';
import type { Database } from '../../src/store/database.ts';
import { eachWithDatabase } from '../support/each-database.ts';
import { edited, type RosterFiles, readFiles, rosterFiles, withRows } from '../support/roster-files.ts';

const files = rosterFiles();
const MONDAY = '2026-11-16T03:00:00Z';
const TUESDAY = '2026-11-17T12:00:00Z';
const WEDNESDAY = '2026-11-18T03:00:00Z';
const ZONE = 'Europe/Moscow';

let db: Database;
eachWithDatabase((given) => {
  db = given;
});

interface How {
  addOnly?: boolean;
  receivedAt?: string;
}

async function take(
  roster: RosterFiles,
  takenAt: string,
  { addOnly, receivedAt = takenAt }: How = {},
): Promise<void> {
  const reading = await readFiles(roster);
  const by = importedBy(new Date(receivedAt), crypto.randomUUID());
  const options = { takenAt, by, timeZone: ZONE, addOnly: new Set(addOnly ? ['s1'] : []) };
  await db.transactionAcross('figures', ({ sql: tx }) => mergeRoster(tx, reading, options));
}

let told = 0;
async function tell(type: string, time: string, data: object): Promise<void> {
  told += 1;
  const read = readEvent(
    { specversion: '1.0', id: `e${told}`, source: 'sgo', type, time, data },
    Date.parse('2027-01-01'),
  );
  if ('rejected' in read) throw new Error(read.rejected.message);
  const moment = { nowMs: Date.parse('2027-01-01'), timeZone: 'UTC' };
  await db.transactionOf('s1', ({ sql: tx }) => writeEvents(tx, 's1', [read.event], moment));
}

const order = (time: string, data: object) =>
  tell('sgo.order.issued', time, { effectiveOn: time.slice(0, 10), ...data });

/** Who belongs to a class or group on a day. */
async function seated(unit: 'c5a' | 'c5b' | 'geo5a' | 'art5', day = '2026-11-20'): Promise<string> {
  const facts = await db.transactionOf('s1', ({ sql: tx }) => loadFacts(tx, 's1'));
  const { classes, groups } = enrolledOn({ ...facts, dayOf: (at) => dayIn(ZONE, Date.parse(at)) }, day);
  return [...((classes.get(unit) ?? groups.get(unit))?.students.keys() ?? [])].sort().join(' ');
}

const listOfGroup = (time: string, studentIds: string[]) =>
  tell('sgo.subject-group.saved', time, {
    id: 'geo5a',
    title: '5А/География',
    subject: 'География',
    classId: 'c5a',
    teacherIds: ['t1'],
    studentIds,
  });
const enrollment = (more: object = {}) => ({
  ...{ id: 'o1', kind: 'enrollment' },
  items: [
    { studentId: 'p4', classId: 'c5a', subjectGroupIds: ['geo5a'] },
    { studentId: 'p5', classId: 'c5b' },
  ],
  ...more,
});
const withP4 = (roster: RosterFiles) =>
  withRows(roster, 'enrollments.csv', 'n1,,c5a,s1,p4,student,,,', 'n2,,geo5a,s1,p4,student,,,');

describe('a whole list that is later than an order', () => {
  const steps: [string, () => Promise<void>][] = [
    ['order', () => order(TUESDAY, enrollment())],
    ['roster', () => take(files, WEDNESDAY)],
  ];
  test.each([
    ['in their order', steps],
    ['the order comes late', steps.toReversed()],
  ])('ends the places that it lacks, and no other: a roster, %s', async (_, both) => {
    await take(files, MONDAY);
    for (const [, step] of both) await step();
    expect(await seated('c5a')).toBe('p1 p2 p3');
    expect(await seated('geo5a')).toBe('p1 p2');
    expect(await seated('c5b')).toBe('p4 p5');
  });

  test.each([
    ['in their order', false],
    ['the order comes late', true],
  ])('the same by the list of a group, %s', async (_, late) => {
    await take(files, MONDAY);
    if (!late) await order(TUESDAY, enrollment());
    await listOfGroup(WEDNESDAY, ['p1', 'p2']);
    if (late) await order(TUESDAY, enrollment());
    expect(await seated('geo5a')).toBe('p1 p2');
    expect(await seated('c5a')).toBe('p1 p2 p3 p4');
  });

  test('a list that names him, and one of before the order took effect, end nothing', async () => {
    await take(files, MONDAY);
    await order(TUESDAY, enrollment({ effectiveOn: '2026-11-19' }));
    await take(files, WEDNESDAY);
    await listOfGroup('2026-11-18T20:59:59Z', ['p1']);
    expect(await seated('geo5a')).toBe('p1 p4');
    await take(withP4(files), '2026-11-20T03:00:00Z');
    expect(await seated('geo5a')).toBe('p1 p2 p4');
    expect(await seated('c5a')).toBe('p1 p2 p3 p4');
  });

  test('its start counts in the zone of the school', async () => {
    await take(files, MONDAY);
    await order(TUESDAY, enrollment({ effectiveOn: '2026-11-19' }));
    await listOfGroup('2026-11-18T21:00:00Z', ['p1']);
    expect(await seated('geo5a')).toBe('p1');
  });

  test('a place that only an order gave is back once the withdrawal that ended it is cancelled', async () => {
    await take(files, MONDAY);
    await order(TUESDAY, enrollment());
    await order('2026-11-17T13:00:00Z', { id: 'w', kind: 'withdrawal', items: [{ studentId: 'p4' }] });
    await take(files, WEDNESDAY);
    expect(await seated('geo5a')).toBe('p1 p2');
    await tell('sgo.order.cancelled', '2026-11-19T03:00:00Z', { id: 'w' });
    expect(await seated('geo5a')).toBe('p1 p2 p4');
  });
});

describe('a file that only adds (J2)', () => {
  const end = (endDate: string) =>
    edited(files, 'enrollments.csv', '2026-09-01,2027-05-31', `2026-09-01,${endDate}`);
  test.each<[string, RosterFiles]>([
    ['says itself that he left', end('2026-11-17')],
    ['does not know that he left', files],
    ['lets him stay longer', end('2027-06-30')],
  ])('brings nobody back whom an order took out: it %s', async (_, roster) => {
    await take(files, MONDAY);
    await order(TUESDAY, { id: 'w', kind: 'withdrawal', items: [{ studentId: 'p1' }] });
    await take(roster, WEDNESDAY, { addOnly: true });
    expect(await seated('c5a')).toBe('p2 p3');
    expect(await seated('geo5a')).toBe('p2');
  });

  test('is not joined with what is stored to a span that neither says', async () => {
    await take(edited(files, 'enrollments.csv', '2026-09-01,2027-05-31', '2026-09-01,2026-10-31'), MONDAY);
    await take(
      edited(files, 'enrollments.csv', '2026-09-01,2027-05-31', '2026-12-01,2027-05-31'),
      WEDNESDAY,
      { addOnly: true },
    );
    expect(await seated('c5a')).toBe('p2 p3');
    expect(await seated('c5a', '2026-12-01')).toBe('p1 p2 p3');
  });

  test('ends nobody, adds who is new, and lets stay longer', async () => {
    await take(edited(files, 'enrollments.csv', '2026-09-01,2027-05-31', '2026-09-01,2026-11-30'), MONDAY);
    const ended = edited(
      withP4(files),
      'enrollments.csv',
      'e4,,c5a,s1,p2,student,,2026-09-01,',
      'e4,,c5a,s1,p2,student,,2026-09-01,2026-11-01',
    );
    await take(ended, WEDNESDAY, { addOnly: true });
    expect(await seated('c5a')).toBe('p1 p2 p3 p4');
    expect(await seated('c5a', '2027-01-15')).toBe('p1 p2 p3 p4');
  });
});

describe('times to their last digit', () => {
  const saved = (time: string, familyName: string) =>
    tell('sgo.person.saved', time, { id: 'p1', familyName, givenName: 'Марк', roles: ['student'] });
  const name = async () => {
    const { family_name } = await db.transactionOf('s1', ({ sql: tx }) =>
      tx.selectFrom('person').select('family_name').where('id', '=', 'p1').executeTakeFirstOrThrow(),
    );
    return family_name;
  };

  test.each([
    ['.1234567', '.1234568'],
    ['.123', '.1234'],
    ['.1234', '.12345'],
    ['.1234567', '.12345671'],
    ['.123456', '.1234561'],
  ])('of two events at %s and %s the later wins', async (earlier, later) => {
    await take(files, MONDAY);
    const at = (fraction: string) => `2026-11-17T12:00:00${fraction}Z`;
    await saved(at(later), 'Поздний');
    await saved(at(earlier), 'Ранний');
    expect(await name()).toBe('Поздний');
    await saved(at(earlier), 'Ранний');
    await saved(at(`${later}1`), 'Позднейший');
    expect(await name()).toBe('Позднейший');
  });

  test('of two rosters, and of a roster and an event, the later wins', async () => {
    const named = (familyName: string) => edited(files, 'users.csv', 'Марк,Абаев,', `Марк,${familyName},`);
    const at = (digits: string) => `2026-11-16T03:00:00.123456${digits}Z`;
    await take(named('Второй'), at('2'));
    await take(named('Первый'), at('1'));
    expect(await name()).toBe('Второй');
    await saved(at('15'), 'Между');
    expect(await name()).toBe('Второй');
    await saved(at('3'), 'Третий');
    await take(named('Второй'), at('2'));
    expect(await name()).toBe('Третий');
    await take(named('Четвёртый'), at('4'));
    expect(await name()).toBe('Четвёртый');
  });

  test('of two rosters with one takenAt the one received later counts, whichever is applied last', async () => {
    const named = (familyName: string) => edited(files, 'users.csv', 'Марк,Абаев,', `Марк,${familyName},`);
    for (let round = 0; round < 4; round++) {
      const takenAt = `2026-11-1${round + 1}T03:00:00Z`;
      await take(named('Поздний'), takenAt, { receivedAt: '2026-11-20T03:00:01Z' });
      await take(named('Ранний'), takenAt, { receivedAt: '2026-11-20T03:00:00Z' });
      expect(await name()).toBe('Поздний');
    }
  });
});
