/** What the API passes to the commands, word for word. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { addOperation, addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

let world: ApiWorld;
let operator: string;

beforeAll(async () => {
  world = await createApiWorld();
  await addSchool(world.db, 's1');
  operator = await tokenOf({ role: 'operator', school: '*' });
});
afterAll(() => world[Symbol.asyncDispose]());

describe('commands', () => {
  const post = (path: string, body?: object) =>
    world.request(path, {
      method: 'POST',
      token: operator,
      ...(body ? { headers: JSON_TYPE, body: JSON.stringify(body) } : {}),
    });

  test('are asked for a run, once a type; asOf is for dry runs alone', async () => {
    const path = '/v1/schools/s1/initializations';
    expect((await post(path, { types: ['class', 'staff', 'class'], strict: true })).status).toBe(202);
    expect((await post(path, { types: ['class'], dryRun: true, asOf: '2026-09-01' })).status).toBe(202);
    const run = {
      schoolId: 's1',
      by: { id: 'someone', kind: 'operator' },
      types: ['class'],
      dryRun: false,
      strict: false,
      asOf: null,
    };
    expect(world.asked.splice(0).map(({ ask }) => ask)).toEqual([
      { ...run, types: ['class', 'staff'], strict: true },
      { ...run, dryRun: true, asOf: '2026-09-01' },
    ]);
    for (const wrong of [
      { types: [] },
      { types: ['all'] },
      { types: ['class'], asOf: '2026-09-01' },
      { plan: 'x' },
      {},
    ]) {
      expect((await post(path, wrong)).status).toBe(400);
    }
    expect(world.asked).toEqual([]);
  });

  test('decide on a held operation: by chat, or without a body on all of it', async () => {
    const id = await addOperation(world.db, { school_id: 's1', state: 'held' });
    const chat = '11111111-1111-4111-8111-111111111111';
    expect((await post(`/v1/operations/${id}/approve`, { chatIds: [chat] })).status).toBe(200);
    expect((await post(`/v1/operations/${id}/reject`)).status).toBe(200);
    const decided = { schoolId: 's1', operationId: id, by: { id: 'someone', kind: 'operator' } };
    expect(world.asked.splice(0).map(({ ask }) => ask)).toEqual([
      { ...decided, decision: 'approve', chatIds: [chat] },
      { ...decided, decision: 'reject', chatIds: null },
    ]);
    expect((await post(`/v1/operations/${id}/approve`, { chatIds: [] })).status).toBe(400);
  });

  test('save settings: what equals the default is not pinned', async () => {
    const put = (body: object) =>
      world.request('/v1/schools/s1/settings', {
        method: 'PUT',
        token: operator,
        headers: JSON_TYPE,
        body: JSON.stringify(body),
      });
    const shown = await world.get('/v1/schools/s1/settings', operator);
    expect(shown).toEqual({
      timeZone: 'Europe/Moscow',
      earlyEntryMinutes: 0,
      sessionIdleMinutes: 30,
      retentionDays: 180,
      lookEverySeconds: 60,
      limits: { chatShare: 0.25, chatAtLeast: 5, schoolShare: 0.1, schoolAtLeast: 20 },
      pauses: [],
    });
    await put(shown);
    await put({ timeZone: 'Asia/Omsk', earlyEntryMinutes: 10, limits: { chatShare: 0.5 } });
    const saved = {
      schoolId: 's1',
      by: { id: 'someone', kind: 'operator' },
      sessionIdleMinutes: null,
      retentionDays: null,
      lookEverySeconds: null,
      pauses: [],
    };
    expect(world.asked.splice(0).map(({ ask }) => ask)).toEqual([
      { ...saved, timeZone: null, earlyEntryMinutes: 0, limits: {} },
      { ...saved, timeZone: 'Asia/Omsk', earlyEntryMinutes: 10, limits: { chatShare: 0.5 } },
    ]);
    expect((await put({ timeZone: 'Mars/Olympus' })).status).toBe(400);
    expect((await put({ timeZone: '+12:00' })).status).toBe(400);
    expect((await put({ limits: { chatShare: 2 } })).status).toBe(400);
  });
});
