/** The whole product on a port, and clients of it that are typed from /openapi.json alone. */
import createClient from 'openapi-fetch';
import { expect, vi } from 'vitest';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { listen } from '../../src/main/listen.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { linkedRoster } from '../support/chat-world.ts';
import { freePort } from '../support/free-port.ts';
import { type TokenClaims, tokenOf } from '../support/tokens.ts';
import type { paths } from './api.ts';
import { type HeldToDocument, heldToDocument } from './held-to-document.ts';
import type { OpenApi } from './types-of.ts';

export const OPERATOR: TokenClaims = { role: 'operator', school: '*', sub: 'operator' };
export const SGO: TokenClaims = { role: 'service', school: '*', sub: 'sgo' };
export const ADMIN: TokenClaims = { role: 'school-admin', school: 's1', sub: 'a1' };
export const TYPES = ['staff', 'class', 'parents', 'subject'] as const;
export const NOW = '2026-10-01T13:00:00Z';
export const SCHOOL = { path: { schoolId: 's1' } };

export type Client = ReturnType<typeof createClient<paths>>;

export interface ClientWorld extends AsyncDisposable {
  world: TestApp;
  document: OpenApi;
  /** Compares each answer that a client gets with the document. */
  held: HeldToDocument;
  clientOf(who: TokenClaims): Promise<Client>;
}

export async function startClientWorld(env: Record<string, string> = {}): Promise<ClientWorld> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const world = await startTestApp({
    now: NOW,
    env: { PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: origin, ...env },
  });
  await listen(world.app, world.ctx.config);
  const document = (await (await fetch(`${origin}/openapi.json`)).json()) as OpenApi;
  const held = heldToDocument(document);
  return {
    ...{ world, document, held },
    async clientOf(who) {
      const authorization = `Bearer ${await tokenOf(who, {}, world.ctx.clock.now())}`;
      const client = createClient<paths>({ baseUrl: origin, headers: { authorization } });
      client.use(held.middleware);
      return client;
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** Gives the data of an answer. A refusal ends the test with the refusal's text. */
export function got<Data>(answer: { data?: Data; error?: unknown; response: Response }): Data {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status} ${answer.response.url}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

export const ended = (client: Client, id: string) =>
  vi.waitFor(
    async () => {
      const operation = got(await client.GET('/v1/operations/{id}', { params: { path: { id } } }));
      expect(operation.finishedAt).not.toBeNull();
      return operation;
    },
    { timeout: 30_000, interval: 50 },
  );

const zipped = { headers: { 'content-type': 'application/zip' }, bodySerializer: (body: unknown) => body };

export async function importRoster(sgo: Client): Promise<void> {
  const body = (await zipRoster(linkedRoster())) as Uint8Array<ArrayBuffer>;
  const { response, ...validated } = await sgo.POST('/v1/roster-validations', { body, ...zipped });
  if (response.status === 200) expect(validated.data).toMatchObject({ wouldFail: false, schools: 1 });
  const params = { query: { takenAt: '2026-10-01T08:00:00Z' }, header: { 'Idempotency-Key': 'first-list' } };
  const { operationId } = got(await sgo.POST('/v1/roster-imports', { params, body, ...zipped }));
  const again = got(await sgo.POST('/v1/roster-imports', { params, body, ...zipped }));
  expect(again.operationId).toBe(operationId);
  expect((await ended(sgo, operationId)).state).toBe('succeeded');
  const path = { id: operationId };
  got(await sgo.GET('/v1/operations/{id}/rows', { params: { path } }));
}

export async function connect({ world }: ClientWorld, operator: Client): Promise<void> {
  const known = got(await operator.GET('/v1/schools/{schoolId}/sferum', { params: SCHOOL }));
  const [accessToken] = [...world.sandbox.world.accounts.tokens].find(([, token]) => token.kind === 'user')!;
  const connected = got(
    await operator.PUT('/v1/schools/{schoolId}/sferum', {
      params: SCHOOL,
      body: {
        ...{ communityId: String(known.communityId), accessToken, tokenKind: 'user' },
        ...{ requestsPerSecond: 200, callsToken: accessToken, replaceAccount: false },
      },
    }),
  );
  expect(connected.communityId).toBe(known.communityId);
}

export async function initialize({ world }: ClientWorld, admin: Client): Promise<string> {
  const path = '/v1/schools/{schoolId}/initializations';
  const tried = got(
    await admin.POST(path, { params: SCHOOL, body: { types: [...TYPES], dryRun: true, strict: false } }),
  );
  expect((await ended(admin, tried.operationId)).state).toBe('succeeded');
  const plan = got(
    await admin.GET('/v1/operations/{id}/plan', { params: { path: { id: tried.operationId } } }),
  );
  expect(plan.items.map(({ action }) => action)).toContain('create');
  const run = got(await admin.POST(path, { params: SCHOOL, body: { plan: tried.operationId } }));
  const { state, result } = await ended(admin, run.operationId);
  expect(state).toBe('succeeded');
  expect(result?.chats?.created).toBe(world.sandbox.world.chats.size);
  return run.operationId;
}
