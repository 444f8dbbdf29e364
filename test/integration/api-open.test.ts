/** What is open to everybody, or to those who watch the service: health, figures, the description. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { tokenOf } from '../support/tokens.ts';

let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld({
    env: { LIMIT_PROBE_TIMEOUT_MS: '500' },
    parts: {
      probes: {
        database: async () => undefined,
        queue: () => Promise.reject(new Error('down')),
        clock: () => new Promise(() => undefined),
      },
    },
  });
});
afterAll(() => world[Symbol.asyncDispose]());

describe('health', () => {
  test('/metrics asks for OPS_TOKEN where it is set, for nothing else that is signed', async () => {
    await using guarded = await createApiWorld({
      env: { OPS_TOKEN: 'a token of the operators, long enough' },
    });
    const status = async (authorization?: string) =>
      (await guarded.request('/metrics', authorization ? { headers: { authorization } } : {})).status;
    expect(await status('Bearer a token of the operators, long enough')).toBe(200);
    const operator = await tokenOf({ role: 'operator', school: '*' });
    for (const wrong of [undefined, 'Bearer ', 'Bearer a token', `Bearer ${operator}`, 'Basic YTpi']) {
      expect(await status(wrong)).toBe(401);
    }
    expect((await guarded.request('/healthz')).status).toBe(200);
  });

  test('/healthz is 200 while the process serves', async () => {
    expect((await world.request('/healthz')).status).toBe(200);
  });

  test('V6: /readyz is 503 and names what fails or hangs, 200 when all answer', async () => {
    const response = await world.request('/readyz');
    expect(response.status).toBe(503);
    const checks = { database: 'ok', queue: 'failed', clock: 'late' };
    expect(await response.json()).toEqual({ status: 'not-ready', checks });
    await using ready = await createApiWorld();
    const answer = await ready.request('/readyz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ready', checks: { database: 'ok' } });
  });
});

describe('the description', () => {
  interface OpenApi {
    openapi: string;
    security: unknown;
    components: { schemas: object; securitySchemes: object };
    paths: Record<string, Record<string, { summary: string; security?: unknown[]; responses: object }>>;
  }

  test('/openapi.json has summary, answers and security of every route, and no dangling reference', async () => {
    const document = (await (await world.request('/openapi.json')).json()) as OpenApi;
    expect(document.openapi).toBe('3.1.0');
    expect(document.security).toEqual([{ sgo: [] }]);
    expect(document.components.securitySchemes).toHaveProperty('sgo');
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const route of Object.values(methods)) {
        expect(route.summary).toMatch(/\w/);
        const open = !path.startsWith('/v1/');
        expect(route.security).toEqual(path === '/metrics' ? [{}, { ops: [] }] : open ? [] : undefined);
        if (!open)
          expect(Object.keys(route.responses)).toEqual(
            expect.arrayContaining(['400', '401', '403', '404', '429']),
          );
      }
    }
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, name] of references) expect(document.components.schemas).toHaveProperty(name!);
  });

  test('/docs and all it loads come from here, without inline script', async () => {
    const page = await (await world.request('/docs')).text();
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
    // Links lead away from the page. They load nothing.
    const loads = /<(?:script|link|img)\b[^>]*?(?:src|href)="([^"]+)"/g;
    const loaded = [...page.matchAll(loads)].map(([, address]) => address!);
    expect(loaded.length).toBeGreaterThan(2);
    for (const address of loaded) {
      expect(address).toMatch(/^\/docs\//);
      expect((await world.request(address)).status).toBe(200);
    }
    expect((await world.request('/docs/package.json')).status).toBe(404);
  });
});
