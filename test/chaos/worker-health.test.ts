/** V6: a worker can be watched from outside, as the API can. */
import { expect, test } from 'vitest';
import { placeOf, startProgram } from '../support/child-process.ts';
import { startHalves } from '../support/halves.ts';

const OPS_TOKEN = 'a token of the operators, long enough';

test('a worker answers for its health and figures, and for nothing else', { timeout: 120_000 }, async () => {
  await using halves = await startHalves();
  await using worker = startProgram('worker', { ...halves.env, OPS_TOKEN });
  const place = await placeOf(worker);
  const status = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(`${place}${path}`, { headers })).status;
  expect(await status('/healthz')).toBe(200);
  const ready = await fetch(`${place}/readyz`);
  expect({ status: ready.status, body: await ready.json() }).toEqual({
    status: 200,
    body: { status: 'ready', checks: { database: 'ok', queue: 'ok', process: 'ok' } },
  });
  expect(await status('/metrics')).toBe(401);
  const figures = await fetch(`${place}/metrics`, { headers: { authorization: `Bearer ${OPS_TOKEN}` } });
  expect(figures.status).toBe(200);
  expect(await figures.text()).toContain('sferum_calls_total');
  for (const path of ['/', '/v1/me', '/docs', '/openapi.json', '/admin/queues'])
    expect([path, await status(path)]).toEqual([path, 404]);
});

test('several workers start on one machine without an address for each; a given one must be had', {
  timeout: 120_000,
}, async () => {
  await using halves = await startHalves();
  const env = { ...halves.env, OPS_ADDRESS: '' };
  await using first = startProgram('worker', env);
  await using second = startProgram('worker', env);
  const places = [await placeOf(first), await placeOf(second)];
  expect(new Set(places).size).toBe(2);
  for (const place of places) expect((await fetch(`${place}/readyz`)).status).toBe(200);
  const taken = places[0]!.replace('http://', '');
  await using third = startProgram('worker', { ...halves.env, OPS_ADDRESS: taken });
  expect(await third.ended).toBe(1);
  expect(third.lines.join('\n')).toContain('EADDRINUSE');
});
