import { describe, expect, test } from 'vitest';
import {
  CHAT_ACTIONS,
  type ChatAction,
  isDefaultAdmin,
  type KnownPerson,
  may,
  mayAdd,
  mayTouch,
  RIGHTS,
  STANDINGS,
  type Standing,
} from '../../src/chats/rights.ts';
import type { Role } from '../../src/desired/model.ts';

/** The manual's sentences as a table, `+`: may. The columns are in the order of CHAT_ACTIONS. */
const TABLE: Record<Standing, string> = {
  //                 see members admins default rename delete staff class parents subject initialize
  'school-admin': '+++++++++++',
  'chat-admin': '+++--------',
  author: '----++-----',
  'chat-member': '+----------',
  homeroom: '-------++--',
  teaching: '---------+-',
  staff: '-----------',
  outsider: '-----------',
};

test.each(STANDINGS)('C5, E2, G1, B5: what %s may', (standing) => {
  const cells = CHAT_ACTIONS.map((action) => (may([standing], action) ? '+' : '-')).join('');
  expect(cells).toBe(TABLE[standing]);
});

test('standings add up', () => {
  const both: Standing[] = ['chat-admin', 'author'];
  const allowed = CHAT_ACTIONS.filter((action) => may(both, action));
  expect(allowed).toEqual(['see', 'change-members', 'change-admins', 'rename', 'delete'] as ChatAction[]);
  expect(Object.keys(RIGHTS).sort()).toEqual([...STANDINGS].sort());
});

const person = (roles: Role[], known: Partial<KnownPerson> = {}): KnownPerson => ({
  ...{ id: 'x', roles, seen: true, ofOwnGroups: false },
  ...known,
});

describe('whom one may name', () => {
  const admin = new Set<Standing>(['school-admin']);
  const teacher = new Set<Standing>(['chat-admin']);

  test('E2: a school admin anybody, into any chat', () => {
    for (const role of ['teacher', 'student', 'parent'] as const) {
      expect(mayAdd(admin, 'subject', person([role], { seen: false }))).toBe(true);
      expect(mayTouch(admin, person([role], { seen: false }))).toBe(true);
    }
  });

  test('C5: a teacher nobody outside his circle', () => {
    expect(mayAdd(teacher, 'class', person(['student'], { seen: false }))).toBe(false);
    expect(mayTouch(teacher, person(['student'], { seen: false }))).toBe(false);
    expect(mayTouch(teacher, person(['parent']))).toBe(true);
  });

  test('E2: into a subject chat the pupils and teachers of his own groups, nobody else', () => {
    expect(mayAdd(teacher, 'parents', person(['parent']))).toBe(true);
    expect(mayAdd(teacher, 'subject', person(['parent']))).toBe(false);
    expect(mayAdd(teacher, 'subject', person(['student']))).toBe(false);
    expect(mayAdd(teacher, 'subject', person(['student'], { ofOwnGroups: true }))).toBe(true);
    expect(mayAdd(teacher, 'subject', person(['teacher']))).toBe(false);
    expect(mayAdd(teacher, 'subject', person(['teacher'], { ofOwnGroups: true }))).toBe(true);
  });
});

test('C7: default admins are those of the rules, and the author of a manual chat', () => {
  const automatic = { key: 'class:5A', authorId: null };
  expect(isDefaultAdmin(automatic, 't1', [{ kind: 'homeroom' }])).toBe(true);
  expect(isDefaultAdmin(automatic, 't1', [{ kind: 'teacher' }, { kind: 'added' }])).toBe(false);
  const manual = { key: null, authorId: 't1' };
  expect(isDefaultAdmin(manual, 't1', [{ kind: 'added' }])).toBe(true);
  expect(isDefaultAdmin(manual, 't2', [{ kind: 'added' }])).toBe(false);
});
