/** Decisions about what waits, by a client that is typed from /openapi.json alone (F4). */
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
  OPERATOR,
  SCHOOL,
  SGO,
  startClientWorld,
  TYPES,
} from '../client/client-world.ts';

const CROWD = 12;
const FIRST_STRANGER = 999_000_111;

let site: ClientWorld;
let admin: Client;

beforeAll(async () => {
  site = await startClientWorld();
  const [sgo, operator] = await Promise.all([SGO, OPERATOR].map(site.clientOf));
  admin = await site.clientOf(ADMIN);
  await importRoster(sgo as Client);
  await connect(site, operator as Client);
  await initialize(site, admin);
});
afterAll(() => site[Symbol.asyncDispose]());

const chatOf5A = () => {
  const chat = [...site.world.sandbox.world.chats.values()].find(({ title }) => title.startsWith('5А'));
  if (!chat) throw new Error('5А has no chat');
  return chat;
};
const strangers = () =>
  [...chatOf5A().members.keys()].filter((id) => id >= FIRST_STRANGER && id < FIRST_STRANGER + CROWD).length;

/** A crowd joins a chat, and a check of it leaves their removal to a decision. Gives the operation that holds it. */
async function crowdHeld(): Promise<string> {
  for (let i = 0; i < CROWD; i++) site.world.sandbox.world.join(chatOf5A().id, FIRST_STRANGER + i);
  const query = { type: 'class' } as const;
  const { items } = got(await admin.GET('/v1/schools/{schoolId}/chats', { params: { ...SCHOOL, query } }));
  const id = items.find(({ title }) => title.startsWith('5А'))?.id ?? '';
  got(await admin.POST('/v1/chats/{id}/check', { params: { path: { id } } }));
  return vi.waitFor(
    async () => {
      const operations = got(
        await admin.GET('/v1/schools/{schoolId}/operations', {
          params: { ...SCHOOL, query: { state: 'held' } },
        }),
      );
      expect(operations.items).toHaveLength(1);
      return operations.items[0]?.id ?? '';
    },
    { timeout: 20_000, interval: 50 },
  );
}

const of = (id: string) => ({ params: { path: { id } } });

test('held removals are rejected, and nobody leaves; approved, and they leave', async () => {
  const rejected = await crowdHeld();
  got(await admin.POST('/v1/operations/{id}/reject', { ...of(rejected), body: {} }));
  await ended(admin, rejected);
  expect(strangers()).toBe(CROWD);

  const approved = await crowdHeld();
  got(await admin.POST('/v1/operations/{id}/approve', { ...of(approved), body: {} }));
  expect((await ended(admin, approved)).state).toBe('succeeded');
  expect(strangers()).toBe(0);
  expect(site.held.wrong).toEqual([]);
});

test('an initialisation that runs is cancelled', async () => {
  for (const queue of site.world.app.queues.all) await queue.pause();
  const run = got(
    await admin.POST('/v1/schools/{schoolId}/initializations', {
      params: SCHOOL,
      body: { types: [...TYPES], dryRun: false, strict: false },
    }),
  );
  got(await admin.POST('/v1/operations/{id}/cancel', of(run.operationId)));
  for (const queue of site.world.app.queues.all) await queue.resume();
  expect((await ended(admin, run.operationId)).state).toBe('cancelled');
  expect(site.held.wrong).toEqual([]);
});
