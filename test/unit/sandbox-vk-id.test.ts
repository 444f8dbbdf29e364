import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { schoolInSandbox } from '../contract/sandbox-client.ts';

const VERIFIER = 'v'.repeat(64);
const REQUEST = {
  response_type: 'code',
  client_id: 'app-1',
  redirect_uri: 'http://127.0.0.1:3000/vk-id/callback?keep=1',
  state: 's'.repeat(32),
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
  scope: 'vkid.personal_info',
};

function vkId() {
  const { sandbox, world, clock } = schoolInSandbox();
  world.describePerson({ id: 501, firstName: 'Мария', lastName: 'Иванова' });
  const post = (path: string, form: Record<string, string>) =>
    sandbox.app.request(path, { method: 'POST', body: new URLSearchParams(form) });
  const json = async (path: string, form: Record<string, string>) =>
    (await (await post(path, form)).json()) as Record<string, unknown>;
  /** Consents, and gives the parameters of the callback. */
  const consent = async (form: Record<string, string> = { decision: 'allow', person: '501' }) => {
    const reply = await post('/authorize', { ...REQUEST, ...form });
    return new URL(reply.headers.get('location') ?? '').searchParams;
  };
  const exchange = (callback: URLSearchParams, changes: Record<string, string> = {}) =>
    json('/oauth2/auth', {
      grant_type: 'authorization_code',
      code: callback.get('code') ?? '',
      code_verifier: VERIFIER,
      client_id: REQUEST.client_id,
      device_id: callback.get('device_id') ?? '',
      redirect_uri: REQUEST.redirect_uri,
      state: REQUEST.state,
      ...changes,
    });
  return { sandbox, world, clock, post, json, consent, exchange };
}

describe('VK ID of the sandbox (A2)', () => {
  it('shows who can be chosen and what is asked', async () => {
    const { sandbox } = vkId();
    const reply = await sandbox.app.request(`/authorize?${new URLSearchParams(REQUEST)}`);
    const page = await reply.text();
    expect(reply.status).toBe(200);
    for (const words of ['Иванова Мария', 'Идентификатор VK', 'Разрешить', 'Отказаться'])
      expect(page).toContain(words);
  });

  it.each([
    ['a short state', { state: 's'.repeat(31) }],
    ['no challenge', { code_challenge: '' }],
    ['the plain method', { code_challenge_method: 'plain' }],
    ['another response type', { response_type: 'token' }],
    ['a script as address', { redirect_uri: 'javascript:alert(1)' }],
  ])('refuses %s', async (_, change) => {
    const { sandbox, post } = vkId();
    const request = { ...REQUEST, ...change };
    expect((await sandbox.app.request(`/authorize?${new URLSearchParams(request)}`)).status).toBe(400);
    expect((await post('/authorize', { ...request, decision: 'allow', person: '501' })).status).toBe(400);
  });

  it('comes back with code, state and device, and tells who it is until revoked', async () => {
    const { json, consent, exchange } = vkId();
    const callback = await consent();
    expect([callback.get('keep'), callback.get('state')]).toEqual(['1', REQUEST.state]);
    const token = await exchange(callback);
    expect(token).toMatchObject({ user_id: 501, state: REQUEST.state, expires_in: 3_600 });
    const session = { client_id: REQUEST.client_id, access_token: String(token.access_token) };
    expect(await json('/oauth2/user_info', session)).toMatchObject({
      user: { user_id: '501', first_name: 'Мария', last_name: 'Иванова' },
    });
    expect(await json('/oauth2/revoke', session)).toEqual({ response: 1 });
    expect(await json('/oauth2/user_info', session)).toMatchObject({ error: 'invalid_token' });
  });

  it('takes any number for a person, and refusals come back as access_denied', async () => {
    const { world, consent, exchange, post } = vkId();
    expect((await exchange(await consent({ decision: 'allow', user_id: '200000000999' }))).user_id).toBe(
      200_000_000_999,
    );
    const refused = await consent({ decision: 'refuse' });
    expect([refused.get('error'), refused.get('state'), refused.get('code')]).toEqual([
      'access_denied',
      REQUEST.state,
      null,
    ]);
    world.describePerson({ id: 7, status: 'unknown' });
    expect((await post('/authorize', { ...REQUEST, decision: 'allow', user_id: '7' })).status).toBe(400);
  });

  it('exchanges a code once, in time and for what it was given for', async () => {
    const { clock, consent, exchange } = vkId();
    const callback = await consent();
    expect(await exchange(callback)).toHaveProperty('access_token');
    expect(await exchange(callback)).toMatchObject({ error: 'invalid_grant' });
    const changes: Record<string, string>[] = [
      { code_verifier: 'w'.repeat(64) },
      { client_id: 'app-2' },
      { device_id: 'other' },
      { redirect_uri: 'http://127.0.0.1:3000/elsewhere' },
    ];
    for (const change of changes)
      expect(await exchange(await consent(), change)).toMatchObject({ error: 'invalid_grant' });
    const late = await consent();
    clock.ms += 10 * 60_000;
    expect(await exchange(late)).toMatchObject({ error: 'invalid_grant' });
  });
});
