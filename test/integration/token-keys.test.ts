/** СГО's keys from a key set: a fault of the token is 401, a fault of the set is 503. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { addPeople, addSchool } from '../support/seeds.ts';
import { JWT_SECRET, tokenOf } from '../support/tokens.ts';

const ALG = 'RS256';
const JWT_SECRET_BEFORE = 'the former secret of the tests – long enough';
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) };
type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
const server = createServer((_, response) => answer(response));
let answer: (response: ServerResponse) => void;
let url: string;
let good: Keys;
let short: Keys;
let set: { keys: JWK[] };

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  good = (await generateKeyPair(ALG, { extractable: true })) as Keys;
  // jose makes no key as short as this.
  short = (await crypto.subtle.generateKey({ ...RSA, modulusLength: 1024 }, true, [
    'sign',
    'verify',
  ])) as Keys;
  set = {
    keys: [
      { ...(await exportJWK(good.publicKey)), kid: 'good', alg: ALG },
      { ...(await exportJWK(short.publicKey)), kid: 'short', alg: ALG },
    ],
  };
});
afterAll(() => void server.close());

/** A world whose key set is asked for the first time. */
async function worldOf(respond: (response: ServerResponse) => void): Promise<ApiWorld> {
  answer = respond;
  const world = await createApiWorld({ env: { SGO_JWT_SECRET: '', SGO_JWKS_URL: url } });
  await addSchool(world.db, 's1');
  await addPeople(world.db, 's1', [{ id: 'pupil', name: 'Ученик Пётр', roles: ['student'] }]);
  return world;
}

const claims = () => ({ role: 'student', school: 's1', sub: 'pupil', iss: 'sgo', aud: 'sferum-sync' });
const soon = () => Math.floor(Date.now() / 1000) + 600;

const signed = (key: CryptoKey, kid: string) =>
  new SignJWT({ ...claims(), exp: soon() }).setProtectedHeader({ alg: ALG, kid }).sign(key);

/** jose refuses to sign with a short key; an attacker does not. */
async function signedByHand(key: CryptoKey, kid: string): Promise<string> {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: ALG, kid })}.${part({ ...claims(), exp: soon() })}`;
  const signature = await crypto.subtle.sign(RSA.name, key, new TextEncoder().encode(text));
  return `${text}.${Buffer.from(signature).toString('base64url')}`;
}

const json = (body: string) => (response: ServerResponse) => {
  response.setHeader('content-type', 'application/json').end(body);
};

describe('a token', () => {
  test('by a key of the set is taken; a short key, an unknown one and another signature are 401', async () => {
    await using world = await worldOf((response) => json(JSON.stringify(set))(response));
    const status = async (token: string) => (await world.request('/v1/me', { token })).status;
    expect(await status(await signed(good.privateKey, 'good'))).toBe(200);
    expect(await status(await signedByHand(short.privateKey, 'short'))).toBe(401);
    expect(await status(await signed(good.privateKey, 'nobody'))).toBe(401);
    expect(await status(await signed(good.privateKey, 'short'))).toBe(401);
    expect(await status(await tokenOf({ role: 'student', school: 's1', sub: 'pupil' }))).toBe(401);
  });
});

describe('a key set', () => {
  test.each<[string, (response: ServerResponse) => void]>([
    ['answers 500', (response) => void response.writeHead(500).end()],
    ['answers with a page', json('<html>')],
    ['is no set', json('{"keys": 1}')],
    ['cuts the connection', (response) => void response.destroy()],
    ['leads elsewhere', (response) => void response.writeHead(302, { location: '/other' }).end()],
  ])('that %s is 503, to be tried again', async (_, respond) => {
    await using world = await worldOf(respond);
    const response = await world.request('/v1/me', { token: await signed(good.privateKey, 'good') });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await response.json()).toMatchObject({ type: 'keys-unavailable' });
  });
});

describe('two secrets', () => {
  test('are both taken while СГО changes over, and no third', async () => {
    const next = 'the next secret of the tests – long enough';
    await using world = await createApiWorld({ env: { SGO_JWT_SECRET: `${next},${JWT_SECRET_BEFORE}` } });
    await addSchool(world.db, 's1');
    await addPeople(world.db, 's1', [{ id: 'pupil', name: 'Ученик Пётр', roles: ['student'] }]);
    const status = async (secret: string) => {
      const token = await new SignJWT({ ...claims(), exp: soon() })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(secret));
      return (await world.request('/v1/me', { token })).status;
    };
    expect(await status(next)).toBe(200);
    expect(await status(JWT_SECRET_BEFORE)).toBe(200);
    expect(await status(`${next},${JWT_SECRET_BEFORE}`)).toBe(401);
    expect(await status(JWT_SECRET)).toBe(401);
  });
});

describe('instants of a token', () => {
  test.each([
    { exp: 1e308 },
    { exp: 8.65e12 },
    { iat: 1e300, exp: 4_000_000_000 },
    { iat: -1e300, exp: 4_000_000_000 },
    { nbf: 1e300, exp: 4_000_000_000 },
  ])('%o is 401, as a Bearer and as a link', async (times) => {
    await using world = await createApiWorld();
    const token = await new SignJWT({ ...claims(), jti: 'j', ...times })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(JWT_SECRET));
    expect((await world.request('/v1/me', { token })).status).toBe(401);
    expect((await world.request(`/sso?token=${token}`)).status).toBe(401);
  });
});
