/** K3: which days lie in a pause, and what a pause leaves of the desired chats. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DesiredChat, DesiredMember, Ending, ExceptionFact, Ground } from '../../src/desired/model.ts';
import { joinedPauses, pauseAhead, pauseOn, summerPause } from '../../src/desired/pauses.ts';
import { type ListedChat, withoutLists } from '../../src/desired/without-lists.ts';
import { plusDays } from '../../src/text/days.ts';

const SUMMER = { from: '2027-05-24', to: '2027-08-25' };

test.each([
  ['2027-05-23', null],
  ['2027-05-24', SUMMER],
  ['2027-08-25', SUMMER],
  ['2027-08-26', null],
])('on %s: %o', (day, pause) => expect(pauseOn([SUMMER], day)).toEqual(pause));

test('windows that overlap or follow one another are one pause, others are not', () => {
  const may = { from: '2027-05-24', to: '2027-05-31' };
  const windows = [{ from: '2027-06-01', to: '2027-06-10' }, may, { from: '2027-06-12', to: '2027-06-13' }];
  expect(joinedPauses(windows)).toEqual([
    { from: '2027-05-24', to: '2027-06-10' },
    { from: '2027-06-12', to: '2027-06-13' },
  ]);
  expect(pauseOn(windows, '2027-06-01')).toEqual({ from: '2027-05-24', to: '2027-06-10' });
});

test.each([
  ['2027-05-16', null],
  ['2027-05-17', SUMMER],
  ['2027-05-23', SUMMER],
  ['2027-05-24', null],
])('on %s the next days bring %o', (day, pause) => expect(pauseAhead([SUMMER], day)).toEqual(pause));

test.each([
  ['2026-11-28', SUMMER],
  ['2027-08-25', SUMMER],
  ['2027-08-26', { from: '2028-05-24', to: '2028-08-25' }],
])('on %s the offer is %o', (day, offer) => expect(summerPause(day)).toEqual(offer));

const LISTED: Ground = { kind: 'enrollment', classId: 'c1' };
const ORDERED: Ground = { kind: 'enrollment', classId: 'c1', orderId: 'o1' };
const HOMEROOM: Ground = { kind: 'homeroom', classId: 'c1' };

function desired(members: Record<string, DesiredMember>, rest: Partial<DesiredChat> = {}): DesiredChat {
  return {
    ...{ key: 'class:c1', id: 'chat', type: 'class', classId: 'c1', groupId: null, title: '6А класс' },
    ...{ archived: false, endings: new Map(), warning: null },
    ...rest,
    members: new Map(Object.entries(members)),
  };
}

function listed(
  members: Record<string, { admin?: boolean; heldBy?: string }>,
  exceptions: ExceptionFact[] = [],
): ListedChat {
  const rows = Object.entries(members).map(
    ([id, { admin = false, heldBy = null }]) =>
      [id, { admin, heldBy, grounds: [admin ? HOMEROOM : LISTED] }] as const,
  );
  return {
    ...{ title: '5А класс', archived: false, exceptions },
    members: new Map(rows),
  };
}

const paused = (chat: DesiredChat, current: ListedChat, asked?: ReadonlySet<string>) =>
  withoutLists([chat], new Map([['chat', current]]), asked)[0];
const names = (chat: DesiredChat | undefined) =>
  [...(chat?.members ?? [])]
    .map(([id, { admin }]) => id + (admin ? '*' : ''))
    .sort()
    .join(' ');
const pupil = (ground = LISTED): DesiredMember => ({ admin: false, grounds: [ground] });
const teacher: DesiredMember = { admin: true, grounds: [HOMEROOM] };

describe('while lists are paused', () => {
  const now = listed({ t1: { admin: true }, p1: {}, p2: {} });

  test('a list neither adds, nor removes, nor renames, nor changes the admin', () => {
    const chat = paused(desired({ t2: teacher, p2: pupil(), p3: pupil() }), now);
    expect([names(chat), chat?.title]).toEqual(['p1 p2 t1*', '5А класс']);
  });

  test('a list neither archives a chat nor makes one', () => {
    expect(paused(desired({}, { archived: true }), now)?.archived).toBe(false);
    expect(withoutLists([desired({ t1: teacher }, { id: null })], new Map())).toEqual([]);
  });

  test('an order adds and removes', () => {
    const endings = new Map<string, Ending>([['p1', { kind: 'order', orderId: 'o2' }]]);
    expect(names(paused(desired({ t1: teacher, p2: pupil(), p3: pupil(ORDERED) }, { endings }), now))).toBe(
      'p2 p3 t1*',
    );
  });

  test('a person adds, excludes, appoints and revokes', () => {
    const endings = new Map<string, Ending>([['p1', { kind: 'excluded' }]]);
    const byHand = listed({ t1: { admin: true }, t3: {}, p1: {} }, [
      { personId: 't1', member: null, admin: 'revoked' },
      { personId: 't3', member: null, admin: 'granted' },
    ]);
    const wanted = { t1: { ...teacher, admin: false }, t3: teacher, x: pupil({ kind: 'added' }) };
    expect(names(paused(desired(wanted, { endings }), byHand))).toBe('t1 t3* x');
  });

  test('who is asked for by name follows the rules, and nobody else', () => {
    const chat = paused(desired({ t1: teacher, p3: pupil(), p4: pupil() }), now, new Set(['p1', 'p3']));
    expect(names(chat)).toBe('p2 p3 t1*');
  });

  test('a removal that waits for a decision goes on waiting', () => {
    const held = listed({ t1: { admin: true }, p1: { heldBy: 'operation' } });
    expect(names(paused(desired({ t1: teacher }), held))).toBe('t1*');
  });

  test('no chat is left without an admin', () => {
    const endings = new Map<string, Ending>([['t1', { kind: 'excluded' }]]);
    expect(names(paused(desired({ t2: teacher, p1: pupil() }, { endings }), now))).toBe('p1 p2 t2*');
  });
});

test('nobody comes unbidden, nobody goes unasked, and who administers is somebody', () => {
  const who = fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e');
  const ground = fc.constantFrom(LISTED, ORDERED, HOMEROOM, { kind: 'added' } as const);
  const member = fc.record({
    admin: fc.boolean(),
    grounds: fc.array(ground, { minLength: 1, maxLength: 2 }),
  });
  const wanted = fc.dictionary(who, member);
  const stored = fc.dictionary(who, fc.record({ admin: fc.boolean() }));
  fc.assert(
    fc.property(wanted, stored, fc.array(who), (byRules, lists, ended) => {
      const endings = new Map(
        ended.filter((id) => !(id in byRules)).map((id) => [id, { kind: 'excluded' } as const]),
      );
      const now = listed(lists);
      const chat = paused(desired(byRules, { endings }), now);
      const isAdmin = [...(chat?.members.values() ?? [])].some(({ admin }) => admin);
      const hadNoAdmin = !Object.entries(lists).some(([id, { admin }]) => admin && !endings.has(id));
      for (const [id, { grounds, admin }] of chat?.members ?? []) {
        const bidden = grounds.some(({ kind, orderId }) => kind === 'added' || orderId !== undefined);
        expect(id in lists || bidden || (admin && hadNoAdmin)).toBe(true);
      }
      for (const id of Object.keys(lists)) expect(chat?.members.has(id)).toBe(!endings.has(id));
      const couldBeAdmin = Object.values(byRules).some(({ admin }) => admin);
      if ((chat?.members.size ?? 0) > 0 && couldBeAdmin) expect(isAdmin).toBe(true);
    }),
  );
});

test('a day is added across months and years', () => expect(plusDays('2027-12-31', 1)).toBe('2028-01-01'));
