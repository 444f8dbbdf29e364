import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  authorizeUrl,
  newSecrets,
  type Secrets,
  userOf,
  type VkIdApp,
  VkIdError,
} from '../../src/profile/vk-id.ts';
import { createSandbox, type Listening } from '../../src/sferum/sandbox/sandbox.ts';

const REDIRECT = 'http://127.0.0.1:9/profile/callback';
let vk: Listening;
let app: VkIdApp;

beforeAll(async () => {
  vk = await createSandbox({ now: Date.now, random: Math.random }).listen();
  app = { url: vk.origin, clientId: 'client', redirectUri: REDIRECT };
});
afterAll(() => vk.close());

/** A person opens the address, signs in and consents. Gives what the person is sent back with. */
async function consent(
  secrets: Secrets,
  user: number,
): Promise<{ code: string; deviceId: string; state: string }> {
  const form = new URLSearchParams(new URL(authorizeUrl(app, secrets)).searchParams);
  form.set('user_id', String(user));
  form.set('decision', 'allow');
  const answer = await fetch(`${vk.origin}/authorize`, { method: 'POST', body: form, redirect: 'manual' });
  const back = new URL(answer.headers.get('location')!).searchParams;
  return { code: back.get('code')!, deviceId: back.get('device_id')!, state: back.get('state')! };
}

async function kindOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(VkIdError);
  return (error as VkIdError).kind;
}

describe('the client of VK ID', () => {
  test('makes secrets of the lengths VK ID asks for, new ones each time', () => {
    const { state, verifier } = newSecrets();
    expect(state).toMatch(/^[\w-]{32,}$/);
    expect(verifier).toMatch(/^[\w-]{43,128}$/);
    expect(newSecrets().state).not.toBe(state);
  });

  test('learns who consented', async () => {
    const secrets = newSecrets();
    const back = await consent(secrets, 200_000_000_123);
    expect(back.state).toBe(secrets.state);
    expect(await userOf(app, secrets, back)).toEqual({
      vkUserId: 200_000_000_123,
      name: 'Пользователь 200000000123',
    });
  });

  test('a code is refused the second time, and with another verifier or device', async () => {
    const secrets = newSecrets();
    const used = await consent(secrets, 5);
    await userOf(app, secrets, used);
    expect(await kindOf(userOf(app, secrets, used))).toBe('refused');
    const other = await consent(secrets, 5);
    expect(await kindOf(userOf(app, { ...secrets, verifier: newSecrets().verifier }, other))).toBe('refused');
    const third = await consent(secrets, 5);
    expect(await kindOf(userOf(app, secrets, { ...third, deviceId: 'another' }))).toBe('refused');
  });

  test.each([
    ['no answer', null],
    ['a page instead of JSON', '<html>502</html>'],
    ['JSON of another shape', '{"ok":true}'],
  ])('%s is told as unavailable', async (_, body) => {
    const server = createServer((_, response) => (body === null ? response.destroy() : response.end(body)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await kindOf(userOf({ ...app, url }, newSecrets(), { code: 'c', deviceId: 'd' }))).toBe(
      'unavailable',
    );
    server.close();
  });

  test('an answer with another state is refused', async () => {
    const body = JSON.stringify({ access_token: 't', state: 'not ours' });
    const server = createServer((_, response) => void response.end(body));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await kindOf(userOf({ ...app, url }, newSecrets(), { code: 'c', deviceId: 'd' }))).toBe('refused');
    server.close();
  });
});
