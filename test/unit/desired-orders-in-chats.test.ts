import { describe, expect, it } from 'vitest';
import type { EnrollmentFact } from '../../src/desired/model.ts';
import { enrolledOn } from '../../src/desired/orders.ts';
import { anna, base, into, out, school } from '../support/school-with-orders.ts';
import {
  chatOf,
  desire,
  enrolled,
  exception,
  manualChat,
  order,
  people,
  stamp,
} from '../support/small-school.ts';

describe('Orders in chats (D6, F4, J1)', () => {
  const club = manualChat('club-chat', [
    exception('anna', { member: 'added' }),
    exception('mother', { member: 'added' }),
    exception('ivanova', { member: 'added', admin: 'granted' }),
  ]);
  const keys = ['class:5А', 'parents:5А', 'subject:geo', 'subject:club', 'club-chat'];
  const listed = (chats: ReturnType<typeof desire>) => keys.map((key) => people(chats.get(key)));

  it('a departed pupil leaves every chat, manual ones included, and so does his parent', () => {
    const chats = desire(school([out('7', '2026-09-10')]), [club]);
    expect(listed(chats)).toEqual(['ivanova*', 'ivanova*', '', '', 'ivanova*']);
  });

  it('everybody is back when the order is cancelled', () => {
    const cancelled = [out('7', '2026-09-10', { cancelled: '2026-09-11' })];
    expect(desire(school(cancelled), [club])).toEqual(desire(school([]), [club]));
  });

  it('a later enrollment brings a departed pupil back, manual chats included', () => {
    const chats = desire(school([out('7', '2026-09-10'), into('8', '2026-09-20', '5А')]), [club]);
    expect(listed(chats)).toEqual([...['anna ivanova*', 'ivanova* mother', '', ''], 'anna ivanova* mother']);
  });

  it('an import that shows him after the withdrawal brings him back too', () => {
    const back = [enrolled('class', '5А', 'anna', { stated: stamp('2026-09-20') })];
    expect(people(desire(school([out('7', '2026-09-10')], back), [club]).get('club-chat'))).toContain('anna');
  });

  it('a pupil withdrawn from a class only is still of the school', () => {
    const facts = school([order('7', 'withdrawal', '2026-09-10', { ...anna, classId: '5А' })]);
    expect(people(desire(facts, [club]).get('club-chat'))).toBe('anna ivanova* mother');
  });

  it('a person of several roles departs only when every role has', () => {
    const facts = school([out('7', '2026-09-10')]);
    const people2 = new Map(facts.people).set('anna', { id: 'anna', roles: ['student', 'teacher'] });
    const chats = desire({ ...facts, people: people2 }, [club]);
    expect(listed(chats)).toEqual(['ivanova*', 'ivanova*', '', '', 'anna ivanova*']);
  });

  it('who is out by an order is named with it, his parents too', () => {
    const facts = school([out('7', '2026-09-10')]);
    const chats = desire(facts, [club]);
    const ending = { kind: 'order', orderId: '7' };
    expect(keys.map((key) => Object.fromEntries(chats.get(key)!.endings))).toEqual([
      { anna: ending },
      { mother: ending },
      { anna: ending },
      { anna: ending },
      { anna: ending, mother: ending },
    ]);
  });

  it('an import that confirms a withdrawal does not take the reason away, one that denied it does', () => {
    const confirmed = [enrolled('class', '5А', 'anna', { gone: stamp('2026-09-12') })];
    const denied = [
      enrolled('class', '5А', 'anna', { stated: stamp('2026-09-12'), gone: stamp('2026-09-14') }),
    ];
    const endings = (facts: EnrollmentFact[]) =>
      enrolledOn(school([out('7', '2026-09-10')], facts), '2026-09-20').classes.get('5А')?.endings.size;
    expect([endings(confirmed), endings(denied)]).toEqual([1, 0]);
  });

  it('grounds carry the order and its day, for the pupil and for his parents', () => {
    const chats = desire(school([into('9', '2026-09-03', '5Б', { issued: '2026-08-30' })]));
    const ground = { classId: '5Б', since: '2026-09-03', orderId: '9' };
    expect(chats.get('class:5Б')?.members.get('anna')?.grounds).toEqual([{ kind: 'enrollment', ...ground }]);
    expect(chats.get('parents:5Б')?.members.get('mother')?.grounds).toEqual([
      { kind: 'guardian', studentId: 'anna', ...ground },
    ]);
  });

  it('D5: a group whose only pupil came by an order gets its chat', () => {
    const item = { ...anna, classId: '5Б', subjectGroupIds: ['algebra'] };
    expect(desire(school([order('1', 'enrollment', '2026-09-01', item)])).has('subject:algebra')).toBe(true);
    expect(desire(school([])).has('subject:algebra')).toBe(false);
  });

  it('F4: a parent who is still of the school is not out by the order of another child', () => {
    const facts = school([out('7', '2026-09-10')], [...base, enrolled('class', '5Б', 'boris')]);
    const both = {
      ...facts,
      guardians: ['anna', 'boris'].map((studentId) => ({ guardianId: 'mother', studentId })),
    };
    const before = [...desire(both).values()].map((chat) => chatOf(chat));
    const after = desire({ ...both, enrollments: base }, before).get('parents:5Б')!;
    expect([people(after), after.endings.size]).toEqual(['ivanova*', 0]);
  });

  it('a parent moves with a transferred child', () => {
    const facts = school([order('1', 'transfer', '2026-09-01', { ...anna, classId: '5А', toClassId: '5Б' })]);
    const before = [...desire(school([])).values()].map((chat) => chatOf(chat));
    const chats = desire(facts, before);
    expect([people(chats.get('parents:5А')), people(chats.get('parents:5Б'))]).toEqual([
      'ivanova*',
      'ivanova* mother',
    ]);
    expect(chats.get('parents:5А')?.endings.get('mother')).toEqual({ kind: 'order', orderId: '1' });
  });
});
