/**
 * The main flow, driven by a client that is typed from /openapi.json alone, over HTTP against the whole product. The
 * types compare what is written here with the document; each answer is compared with it as it comes.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  ADMIN,
  type Client,
  type ClientWorld,
  connect,
  ended,
  got,
  importRoster,
  initialize,
  NOW,
  OPERATOR,
  SCHOOL,
  SGO,
  startClientWorld,
} from '../client/client-world.ts';
import type { TestApp } from '../support/app.ts';
import type { TokenClaims } from '../support/tokens.ts';
import { type Receiver, startReceiver } from '../support/webhook-receiver.ts';

const TEACHER: TokenClaims = { role: 'staff', school: 's1', sub: 't1' };
const PUPIL: TokenClaims = { role: 'student', school: 's1', sub: 'p1' };

let site: ClientWorld;
let world: TestApp;
let receiver: Receiver;

beforeAll(async () => {
  site = await startClientWorld();
  ({ world } = site);
  receiver = await startReceiver();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

test('a school comes, is initialised, changes, holds lessons, and everybody reads what is theirs', async () => {
  const [operator, sgo, admin, teacher, pupil] = (await Promise.all(
    [OPERATOR, SGO, ADMIN, TEACHER, PUPIL].map(site.clientOf),
  )) as [Client, Client, Client, Client, Client];
  for (const probe of ['/healthz', '/metrics'] as const) got(await operator.GET(probe, { parseAs: 'text' }));
  got(await operator.GET('/readyz'));
  await importRoster(sgo);
  await connect(site, operator);
  const run = await initialize(site, admin);

  // An event is sent, and Sferum follows.
  const event = {
    specversion: '1.0',
    id: 'leaves',
    source: '/sgo/s1',
    type: 'sgo.person.removed',
    time: NOW,
    data: { id: 'p2' },
  } as const;
  const lesson = {
    specversion: '1.0',
    id: 'geo-1',
    source: '/sgo/s1',
    type: 'sgo.lesson.saved',
    time: NOW,
    data: {
      ...{ id: 'geo', subjectGroupId: 'geo5a', teacherId: 't1', topic: 'Материки' },
      ...{ startsAt: '2026-10-01T12:50:00Z', endsAt: '2026-10-01T13:50:00Z' },
    },
  } as const;
  const receipt = got(
    await sgo.POST('/v1/schools/{schoolId}/events', {
      ...{ params: SCHOOL, body: [event, lesson] },
      headers: { 'content-type': 'application/cloudevents-batch+json' },
    }),
  );
  expect(receipt).toEqual({ accepted: 2, duplicates: 0, rejected: [] });
  await world.settled();
  expect(await world.differences(['s1'])).toEqual([]);

  // Chats, members, and why.
  const chats = got(
    await admin.GET('/v1/schools/{schoolId}/chats', { params: { ...SCHOOL, query: { type: 'class' } } }),
  );
  const chat = chats.items.find(({ title }) => title.startsWith('5А'))!;
  const of = (id: string) => ({ params: { path: { id } } });
  expect(got(await admin.GET('/v1/chats/{id}', of(chat.id))).condition.status).toBe('synced');
  const members = got(await admin.GET('/v1/chats/{id}/members', of(chat.id)));
  expect(members.items.map(({ personId }) => personId)).not.toContain('p2');
  const grounds = got(await admin.GET('/v1/people/{id}/grounds', of('p1')));
  expect(grounds.chats.flatMap((one) => one.grounds.map(({ kind }) => kind))).toContain('enrollment');
  const people = got(
    await admin.GET('/v1/schools/{schoolId}/people', { params: { ...SCHOOL, query: { role: 'student' } } }),
  );
  expect(people.total).toBe(4);
  got(await admin.POST('/v1/chats/{id}/check', of(chat.id)));
  got(await admin.POST('/v1/people/{id}/check', of('p1')));
  got(
    await operator.GET('/v1/people/{id}/export', { params: { path: { id: 'p1' }, query: { school: 's1' } } }),
  );

  // A chat by hand, changed and deleted.
  const made = got(
    await admin.POST('/v1/schools/{schoolId}/chats', {
      params: SCHOOL,
      body: { type: 'staff', title: 'Методический совет', members: [{ personId: 't1', admin: true }] },
    }),
  );
  const changed = got(
    await admin.PATCH('/v1/chats/{id}', { ...of(made.id), body: { members: { add: ['t2'], remove: [] } } }),
  );
  expect(changed.memberCount).toBe(2);
  await world.settled();
  const gone = got(await admin.DELETE('/v1/chats/{id}', of(made.id)));
  expect((await ended(admin, gone.operationId)).state).toBe('succeeded');

  // A lesson's call.
  const lessons = got(await teacher.GET('/v1/schools/{schoolId}/lessons', { params: SCHOOL }));
  expect(lessons.items.map(({ id }) => id)).toEqual(['geo']);
  const meeting = got(await teacher.POST('/v1/lessons/{id}/meeting', { ...of('geo'), body: {} }));
  expect(meeting.system).toBe('Сферум');
  await vi.waitFor(
    async () => {
      const { response } = await pupil.GET('/v1/lessons/{id}/meeting/join', {
        ...of('geo'),
        redirect: 'manual',
      });
      expect(response.status).toBe(302);
    },
    { timeout: 20_000, interval: 100 },
  );
  expect((await teacher.DELETE('/v1/lessons/{id}/meeting', of('geo'))).response.status).toBe(204);

  // What everybody sees of himself.
  expect(got(await pupil.GET('/v1/me')).chats.length).toBeGreaterThan(0);
  got(await pupil.POST('/v1/me/profile'));
  got(await pupil.GET('/v1/me/sessions'));
  const sessionId = '00000000-0000-4000-8000-000000000000';
  expect((await pupil.DELETE('/v1/me/sessions/{id}', of(sessionId))).response.status).toBe(404);
  got(await operator.DELETE('/v1/sessions', { params: { query: { personId: 'p1', school: 's1' } } }));
  const chosen = got(
    await admin.PUT('/v1/me/notifications', {
      body: { email: 'a1@school.example', kinds: ['hold'], daily: false },
    }),
  );
  expect(chosen.kinds).toEqual(['hold']);
  got(await admin.GET('/v1/me/notifications'));
  expect((await pupil.DELETE('/v1/me/profile')).response.status).toBe(204);

  // Settings, pauses, and what an admin looks through.
  const settings = got(await admin.GET('/v1/schools/{schoolId}/settings', { params: SCHOOL }));
  got(
    await admin.PUT('/v1/schools/{schoolId}/settings', {
      params: SCHOOL,
      body: { ...settings, pauses: settings.pauses, limits: { chatShare: 0.3 } },
    }),
  );
  for (const path of ['/v1/schools/{schoolId}/unreachable', '/v1/schools/{schoolId}/delays'] as const) {
    got(await admin.GET(path, { params: SCHOOL }));
  }
  got(await admin.GET('/v1/schools/{schoolId}/journal', { params: SCHOOL }));
  got(await admin.GET('/v1/schools/{schoolId}/operations', { params: SCHOOL }));
  got(await operator.GET('/v1/schools/{schoolId}/erasures', { params: SCHOOL }));
  got(await operator.GET('/v1/schools/{schoolId}/access', { params: SCHOOL }));
  got(await admin.GET('/v1/schools/{schoolId}/readiness', { params: SCHOOL }));

  // Decisions about things that do not wait are refused, each in its own way.
  const decided = { ...of(run), body: {} };
  expect((await admin.POST('/v1/operations/{id}/approve', decided)).response.status).toBe(409);
  expect((await admin.POST('/v1/operations/{id}/reject', decided)).response.status).toBe(409);
  expect((await admin.POST('/v1/operations/{id}/cancel', of(run))).response.status).toBe(409);
  const undone = got(await admin.POST('/v1/operations/{id}/undo', of(run)));
  expect((await ended(admin, undone.operationId)).state).toBe('succeeded');
  const stream = await admin.GET('/v1/operations/{id}/stream', { ...of(run), parseAs: 'text' });
  expect(stream.data).toContain('succeeded');

  // All schools at once, and programs that are told.
  const schools = got(await operator.GET('/v1/schools'));
  expect(schools.items.map(({ id }) => id)).toEqual(['s1']);
  got(await operator.GET('/v1/readiness'));
  got(await operator.PUT('/v1/readiness', { body: { day: '2099-09-01' } }));
  const { refused } = got(
    await operator.POST('/v1/decisions', { body: { decide: 'approve', operationIds: [run] } }),
  );
  expect(refused).toHaveLength(1);
  const hook = got(await operator.POST('/v1/webhooks', { body: { url: receiver.url, kinds: ['hold'] } }));
  expect(hook.secret).toMatch(/^whsec_/);
  got(await operator.POST('/v1/webhooks/{id}/test', of(hook.id)));
  await receiver.receives('test');
  got(await operator.GET('/v1/webhooks/{id}/deliveries', of(hook.id)));
  got(await operator.PUT('/v1/webhooks/{id}', { ...of(hook.id), body: { rotate: true } }));
  got(await operator.GET('/v1/webhooks'));
  expect((await operator.DELETE('/v1/webhooks/{id}', of(hook.id))).response.status).toBe(204);
  got(await operator.PUT('/v1/pauses', { body: [{ from: '2027-05-24', to: '2027-06-24' }] }));
  expect(got(await operator.GET('/v1/pauses'))).toHaveLength(1);
  got(await admin.GET('/v1/schools/{schoolId}/class-matches', { params: SCHOOL }));
  const word = { params: SCHOOL, body: { classIds: ['none'], continues: false } };
  await admin.POST('/v1/schools/{schoolId}/class-matches', word);
  got(await admin.GET('/v1/schools/{schoolId}/person-matches', { params: SCHOOL }));
  const same = { params: SCHOOL, body: { same: true } };
  expect(got(await admin.POST('/v1/schools/{schoolId}/person-matches', same)).decided).toBe(0);

  expect(site.held.wrong).toEqual([]);
  const calls = Object.entries(site.document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const called = new Set([...site.held.answered].map((name) => name.replace(/ \d+$/, '')));
  expect(calls.filter((call) => !called.has(call))).toEqual([]);
});
