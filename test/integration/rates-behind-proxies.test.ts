/** Which address counts if proxies stand in front. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';

import { bearer, createRatedWorld, forged, from } from '../support/rates-world.ts';

test('an address that a caller writes himself is believed of our own proxies alone', async () => {
  const told = { 'x-forwarded-for': '1.1.1.1, 2.2.2.2' };
  for (const [hops, same, other] of [
    ['0', ['10.0.0.9', ''], ['10.0.0.8', '1.1.1.1, 2.2.2.2']],
    ['1', ['10.0.0.8', '9.9.9.9, 2.2.2.2'], ['10.0.0.9', '1.1.1.1, 3.3.3.3']],
    ['2', ['10.0.0.8', '1.1.1.1, 3.3.3.3'], ['10.0.0.9', '9.9.9.9, 2.2.2.2']],
    ['3', ['10.0.0.9', '9.9.9.9'], ['10.0.0.8', '1.1.1.1, 2.2.2.2']],
  ] as const) {
    await using world = await createRatedWorld({
      ...{ TRUSTED_PROXY_HOPS: hops, LIMIT_ADDRESS_FAILED_SIGN_INS_PER_MINUTE: '1' },
    });
    const fail = async (sub: string, address: string, headers: Record<string, string>) =>
      (await from(world, address, '/v1/me', { ...bearer(await forged(sub)), ...headers })).status;
    expect(await fail('a', '10.0.0.9', told)).toBe(401);
    expect(await fail('b', other[0], { 'x-forwarded-for': other[1] })).toBe(401);
    expect(await fail('c', same[0], { 'x-forwarded-for': same[1] })).toBe(429);
  }
});

test('what a proxy passes on is an address, with or without its port, or the connection’s own counts', async () => {
  await using world = await createRatedWorld({
    ...{ TRUSTED_PROXY_HOPS: '1', LIMIT_ADDRESS_FAILED_SIGN_INS_PER_MINUTE: '1' },
  });
  const fail = async (said: string) =>
    (
      await from(world, '10.0.0.9', '/v1/me', {
        ...{ ...bearer(await forged(randomUUID())), 'x-forwarded-for': said },
      })
    ).status;
  for (const [first, same] of [
    ['2.2.2.2', '2.2.2.2:4711'],
    ['2001:db8::1', '[2001:db8::1]:4711'],
    ['unknown', `<script>${'x'.repeat(4000)}`],
  ] as const) {
    expect([first, await fail(first), await fail(same)]).toEqual([first, 401, 429]);
  }
});
