import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHAT_ACTIONS, type ChatAction, may, type Standing } from '../../src/chats/rights.ts';
import {
  ADMIN,
  type ChatWorld,
  HOMEROOM_5A,
  HOMEROOM_5B,
  OTHER_TEACHER,
  PARENT,
  PUPIL,
  startChatWorld,
} from '../support/chat-world.ts';
import type { TokenClaims } from '../support/tokens.ts';

const CHATS = '/v1/schools/s1/chats';
const SECRETARY = { role: 'staff', school: 's1', sub: 'sec' } as const;
let world: ChatWorld;
/** A manual chat of the homeroom teacher of 5Б; a teacher administers it, the secretary is in it. */
let chat: string;

beforeAll(async () => {
  world = await startChatWorld();
  const made = await world.done<{ id: string }>(201, 'POST', CHATS, HOMEROOM_5B, {
    ...{ type: 'class', classId: 'c5b', title: 'Чат' },
    members: [{ personId: 't3', admin: true }, { personId: 'sec' }, { personId: 'a1' }],
  });
  chat = made.id;
});
afterAll(() => world[Symbol.asyncDispose]());

/**
 * What each person is to the chat, to the class 5А and to the group 5А/География. The school admin comes last and may
 * do everything.
 */
const PEOPLE: [string, TokenClaims, Standing[]][] = [
  ['a pupil', PUPIL, ['outsider']],
  ['a parent', PARENT, ['outsider']],
  ['a pupil whose token says staff', { ...PUPIL, role: 'staff' }, ['outsider']],
  ['one whom the roster does not have', { ...PUPIL, role: 'staff', sub: 'dismissed' }, ['outsider']],
  ['the homeroom teacher of 5А', HOMEROOM_5A, ['staff', 'homeroom', 'teaching']],
  ['staff in the chat', SECRETARY, ['staff', 'chat-member']],
  ['staff who administers it', OTHER_TEACHER, ['staff', 'chat-admin']],
  ['its author', HOMEROOM_5B, ['staff', 'chat-admin', 'author']],
  ['the school admin', ADMIN, ['school-admin']],
];

/** Tries the action. Where it is allowed, it does not disturb the next one. */
async function attempt(action: ChatAction, who: TokenClaims): Promise<Response> {
  const patch = (body: object) => world.call('PATCH', `/v1/chats/${chat}`, who, body);
  const create = (body: object) => world.call('POST', CHATS, who, body);
  switch (action) {
    case 'see':
      return world.call('GET', `/v1/chats/${chat}`, who);
    case 'change-members':
      return patch({ members: { add: ['t1'] } });
    case 'change-admins':
      return patch({ admins: { grant: ['a1'] } });
    case 'revoke-default-admin':
      return patch({ admins: { revoke: ['t2'] } });
    case 'rename':
      return patch({ title: `Чат: ${who.sub}` });
    case 'delete': {
      const spare = { type: 'class', classId: 'c5b', title: `Лишний: ${who.role} ${who.sub}` };
      const { id } = await world.done<{ id: string }>(201, 'POST', CHATS, HOMEROOM_5B, spare);
      return world.call('DELETE', `/v1/chats/${id}`, who);
    }
    case 'create-staff':
      return create({ type: 'staff' });
    case 'create-class':
      return create({ type: 'class', classId: 'c5a' });
    case 'create-parents':
      return create({ type: 'parents', classId: 'c5a' });
    case 'create-subject':
      return create({ type: 'subject', subjectGroupId: 'geo5a' });
    case 'initialize':
      return world.call('POST', '/v1/schools/s1/initializations', who, { types: ['staff'], dryRun: true });
  }
}

describe('the table of rights, through the API', () => {
  test.each(PEOPLE)('C5, E2, G1: what %s may', async (_, who, standings) => {
    const allowed: ChatAction[] = [];
    for (const action of CHAT_ACTIONS) {
      const { status } = await attempt(action, who);
      // 409: the person may create the chat, and it exists already.
      expect([200, 201, 202, 403, 409]).toContain(status);
      if (status !== 403) allowed.push(action);
    }
    expect(allowed).toEqual(CHAT_ACTIONS.filter((action) => may(standings, action)));
  });
});

test.each<[string, TokenClaims, object, number]>([
  ['«Класс» of his own class by its homeroom teacher', HOMEROOM_5A, { type: 'class', classId: 'c5a' }, 201],
  ['«Родители» of his own class', HOMEROOM_5A, { type: 'parents', classId: 'c5a' }, 201],
  ['«Класс» of another class', HOMEROOM_5A, { type: 'class', classId: 'c5b' }, 403],
  ['«Класс» by a teacher who leads none', OTHER_TEACHER, { type: 'class', classId: 'c5a' }, 403],
  ['«Предметы» of his own group', HOMEROOM_5A, { type: 'subject', subjectGroupId: 'geo5a' }, 201],
  ['«Предметы» of another’s group', HOMEROOM_5B, { type: 'subject', subjectGroupId: 'geo5a' }, 403],
  ['«Предметы» by a teacher without groups', OTHER_TEACHER, { type: 'subject', members: [] }, 403],
  ['«Учительская» by a teacher', HOMEROOM_5A, { type: 'staff' }, 403],
  [
    '«Предметы» with a parent',
    HOMEROOM_5A,
    { type: 'subject', subjectGroupId: 'geo5a', members: [{ personId: 'm1' }] },
    403,
  ],
  [
    '«Предметы» with a pupil of his class and no group of his',
    HOMEROOM_5A,
    { type: 'subject', subjectGroupId: 'geo5a', members: [{ personId: 'p3' }] },
    403,
  ],
  [
    '«Класс» with a pupil of another class',
    HOMEROOM_5A,
    { type: 'class', classId: 'c5a', members: [{ personId: 'p5' }] },
    404,
  ],
  ['any by a pupil', PUPIL, { type: 'class', classId: 'c5a' }, 403],
  ['any by a parent', PARENT, { type: 'parents', classId: 'c5a' }, 403],
  [
    'any by a pupil whose token says staff',
    { ...PUPIL, role: 'staff' },
    { type: 'class', classId: 'c5a' },
    403,
  ],
])('E2: creating %s', async (what, who, body, status) => {
  await world.done(status, 'POST', CHATS, who, { title: what, ...body });
});
