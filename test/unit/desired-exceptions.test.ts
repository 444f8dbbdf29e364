import { describe, expect, it } from 'vitest';
import type { ChatFact, ExceptionFact } from '../../src/desired/model.ts';
import {
  chatOf,
  desire,
  enrolled,
  exception,
  manualChat,
  people,
  schoolOf,
} from '../support/small-school.ts';

const facts = schoolOf({
  people: {
    director: 'administrator',
    deputy: 'administrator',
    ivanova: 'teacher',
    petrov: 'teacher',
    anna: 'student',
    boris: 'student',
    adult: 'student,parent',
  },
  classes: { '5А': { homeroomTeacherIds: ['ivanova'] } },
  enrollments: ['anna', 'boris', 'adult'].map((id) => enrolled('class', '5А', id)),
  guardians: { adult: ['anna'] },
});
const plain = chatOf(desire(facts).get('class:5А')!);

function classChat(exceptions: readonly ExceptionFact[], options = {}) {
  return desire(facts, [{ ...plain, exceptions }], options).get('class:5А')!;
}

describe('Decided by hand (D7)', () => {
  it.each<[string, ExceptionFact[], string]>([
    ['added', [exception('petrov', { member: 'added' })], 'adult anna boris ivanova* petrov'],
    [
      'added as admin',
      [exception('petrov', { member: 'added', admin: 'granted' })],
      'adult anna boris ivanova* petrov*',
    ],
    ['excluded', [exception('boris', { member: 'excluded' })], 'adult anna ivanova*'],
    [
      'a default admin revoked, with another granted',
      [
        exception('ivanova', { admin: 'revoked' }),
        exception('petrov', { member: 'added', admin: 'granted' }),
      ],
      'adult anna boris ivanova petrov*',
    ],
    [
      'granted, but no member: nothing',
      [exception('petrov', { admin: 'granted' })],
      'adult anna boris ivanova*',
    ],
    ['C5: a pupil granted: nothing', [exception('anna', { admin: 'granted' })], 'adult anna boris ivanova*'],
    [
      'C5: who is more than a pupil can be granted',
      [exception('adult', { admin: 'granted' })],
      'adult* anna boris ivanova*',
    ],
    [
      'D6: somebody departed added: nothing yet',
      [exception('gone', { member: 'added' })],
      'adult anna boris ivanova*',
    ],
  ])('%s', (_, exceptions, expected) => {
    expect(people(classChat(exceptions))).toBe(expected);
  });

  it('an added pupil of the class has both grounds', () => {
    const chat = classChat([exception('anna', { member: 'added' })]);
    expect(chat.members.get('anna')?.grounds.map(({ kind }) => kind)).toEqual(['enrollment', 'added']);
  });

  it('«Строго по спискам СГО» drops all of them', () => {
    const exceptions = [
      exception('petrov', { member: 'added' }),
      exception('boris', { member: 'excluded' }),
      exception('ivanova', { admin: 'revoked' }),
    ];
    const strict = classChat(exceptions, { strict: true });
    expect([people(strict), strict.endings.size]).toEqual(['adult anna boris ivanova*', 0]);
  });

  it('F4: who was excluded by hand is out by name', () => {
    const chat = classChat([exception('boris', { member: 'excluded' })]);
    expect([...chat.endings]).toEqual([['boris', { kind: 'excluded' }]]);
  });

  it('F4: so is one who had been added and whose exception is cleared', () => {
    const members = new Map(plain.members).set('petrov', {
      admin: false,
      grounds: [{ kind: 'added' }],
      heldBy: null,
    });
    const chat = desire(facts, [{ ...plain, members }]).get('class:5А')!;
    expect([...chat.endings]).toEqual([['petrov', { kind: 'excluded' }]]);
    const exceptions = [exception('petrov', { member: 'added' })];
    const strict = desire(facts, [{ ...plain, members, exceptions }], { strict: true }).get('class:5А')!;
    expect([people(strict), strict.endings.size]).toEqual(['adult anna boris ivanova*', 0]);
  });
});

describe('A removal that waits for a decision (F4)', () => {
  const listed = (heldBy: string | null): ChatFact => ({
    ...plain,
    members: new Map([...plain.members, ['petrov', { admin: false, grounds: [{ kind: 'added' }], heldBy }]]),
  });

  it('is not one that a person asked for, although its exception was cleared by a strict run', () => {
    expect(desire(facts, [listed('run')]).get('class:5А')!.endings.size).toBe(0);
    expect([
      ...desire(facts, [listed(null)])
        .get('class:5А')!
        .endings.keys(),
    ]).toEqual(['petrov']);
  });

  it('is one once a person has excluded by hand', () => {
    const exceptions = [exception('petrov', { member: 'excluded' })];
    const out = desire(facts, [{ ...listed('run'), exceptions }]).get('class:5А')!;
    expect([...out.endings]).toEqual([['petrov', { kind: 'excluded' }]]);
  });
});

describe('The last admin and exceptions (C6)', () => {
  it('the only admin revoked or excluded: a school admin stands in', () => {
    expect(people(classChat([exception('ivanova', { admin: 'revoked' })]))).toBe(
      'adult anna boris deputy* ivanova',
    );
    expect(people(classChat([exception('ivanova', { member: 'excluded' })]))).toBe(
      'adult anna boris deputy*',
    );
  });

  it('a school admin who was excluded or revoked there stands in only if there is no other', () => {
    const barred = (id: string) => exception(id, { member: 'excluded', admin: 'revoked' });
    const noTeacher = exception('ivanova', { member: 'excluded' });
    expect(people(classChat([noTeacher, barred('deputy')]))).toBe('adult anna boris director*');
    expect(people(classChat([noTeacher, barred('deputy'), barred('director')]))).toBe(
      'adult anna boris deputy*',
    );
  });
});

describe('Manual chats (D10)', () => {
  const list = [
    exception('petrov', { member: 'added', admin: 'granted' }),
    exception('anna', { member: 'added' }),
    exception('gone', { member: 'added' }),
  ];
  const manual = manualChat('m-1', list, { title: 'Олимпиада', type: 'class', classId: '5А' });

  it('their own list is their ground; departed people are not in it (D6)', () => {
    const chat = desire(facts, [manual]).get('m-1')!;
    expect([people(chat), chat.title, chat.key]).toEqual(['anna petrov*', 'Олимпиада', null]);
    expect(chat.members.get('anna')?.grounds).toEqual([{ kind: 'added' }]);
  });

  it('strict does not touch them', () => {
    expect(people(desire(facts, [manual], { strict: true }).get('m-1'))).toBe('anna petrov*');
  });

  it('they stand beside the automatic chat of their class, and outlive the class', () => {
    const closed = { ...facts, classes: new Map([['5А', { ...facts.classes.get('5А')!, closed: true }]]) };
    expect([...desire(closed, [manual]).keys()]).toEqual(['staff', 'm-1']);
    expect(desire(closed, [manual]).get('m-1')?.archived).toBe(false);
  });

  it('C6 holds for them; the stand-in who leaves was not put out by a person', () => {
    const noAdmin = { ...manual, exceptions: [exception('anna', { member: 'added' })] };
    const alone = desire(facts, [noAdmin]).get('m-1')!;
    expect([people(alone), alone.warning]).toEqual(['anna deputy*', 'no-own-admin']);
    const stored: ChatFact = { ...manual, members: chatOf(alone).members };
    const after = desire(facts, [stored]).get('m-1')!;
    expect([people(after), after.endings.has('deputy')]).toEqual(['anna petrov*', false]);
  });

  it('F4: who was taken off the list is out by name', () => {
    const full = chatOf(desire(facts, [manual]).get('m-1')!);
    const shorter = { ...full, key: null, exceptions: [list[0]!] };
    expect([...desire(facts, [shorter]).get('m-1')!.endings]).toEqual([['anna', { kind: 'excluded' }]]);
  });
});
