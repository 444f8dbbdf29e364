/** What NODE_ENV=production demands, and what each word of its list keeps out. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { weakness } from '../../src/config/weak-secrets.ts';
import { ConfigError, loadConfig, type ProcessRole } from '../../src/config.ts';

const random = () => randomBytes(32).toString('base64');
const SAFE = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://app:one@db.school.ru/sferum?sslrootcert=/ca.pem',
  MIGRATION_DATABASE_URL: 'postgres://owner:other@db.school.ru/sferum',
  REDIS_URL: 'rediss://:third@redis.school.ru',
  SFERUM_API_URL: 'https://api.vk.ru/method',
  VKID_URL: 'https://id.vk.ru',
  VKID_CLIENT_ID: '51000000',
  PUBLIC_URL: 'https://chats.school.ru',
  SGO_JWT_SECRET: random(),
  SECRETS_KEY: random(),
  OPS_TOKEN: random(),
};

function problemsOf(env: Record<string, string>, role: ProcessRole = 'api'): readonly string[] {
  try {
    loadConfig(env, role);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(SAFE).filter(([n]) => !names.includes(n)));

describe('with NODE_ENV=production', () => {
  test.each(['all', 'api', 'worker', 'migrate', 'adopt', 'reseal'] as const)(
    'as %s a safe one starts',
    (role) => {
      expect(problemsOf(SAFE, role)).toEqual([]);
    },
  );

  test.each([
    ['SFERUM_API_URL', 'http://api.vk.ru/method'],
    ['SGO_JWKS_URL', 'http://sgo.school.ru/keys'],
    ['VKID_URL', 'http://id.vk.ru'],
    ['PUBLIC_URL', 'http://chats.school.ru'],
    ['SECRETS_KEY', Buffer.alloc(32, 7).toString('base64')],
    ['SECRETS_KEY', Buffer.from(Uint8Array.from({ length: 32 }, (_, i) => i)).toString('base64')],
    ['SECRETS_KEY', Buffer.from('a sentence that somebody typed..').toString('base64')],
    ['SECRETS_KEY', `${SAFE.SECRETS_KEY},${SAFE.SECRETS_KEY}`],
    ['SGO_JWT_SECRET', 's'.repeat(32)],
    ['SGO_JWT_SECRET', 'Kq7vXw2p'.repeat(5)],
    ['SGO_JWT_SECRET', '0123456789abcdefghijklmnopqrstuvwxyz'],
    ['SGO_JWT_SECRET', 'a-secret-of-the-tests-with-32-chars!!'],
    ['SGO_JWT_SECRET', SAFE.SECRETS_KEY],
    ['OPS_TOKEN', SAFE.SGO_JWT_SECRET],
    ['OPS_TOKEN', 'ops'],
    ['MIGRATION_DATABASE_URL', 'postgres://owner:one@db.school.ru/sferum'],
    ['REDIS_URL', 'redis://redis.school.ru:6379'],
  ])('%s=%s is refused, in one line of its own', (name, value) => {
    const env: Record<string, string> = {
      ...(name === 'SGO_JWKS_URL' ? without('SGO_JWT_SECRET') : SAFE),
      [name]: value,
    };
    const problems = problemsOf(env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
    expect(problems[0]).not.toContain(value);
    // Without production none of them is refused.
    expect(problemsOf({ ...env, NODE_ENV: '' })).toEqual([]);
  });

  test.each(['VKID_URL', 'VKID_CLIENT_ID', 'PUBLIC_URL', 'OPS_TOKEN', 'SFERUM_API_URL'])(
    '%s must be given',
    (name) => {
      for (const role of ['all', 'api', 'worker'] as const) {
        expect(problemsOf(without(name), role).map((p) => p.split(' ')[0])).toEqual([name]);
      }
    },
  );

  test('every problem is told at once', () => {
    const problems = problemsOf({
      ...without('OPS_TOKEN', 'VKID_URL', 'VKID_CLIENT_ID'),
      ...{ PUBLIC_URL: 'http://x.ru', SGO_JWT_SECRET: 's'.repeat(32), SFERUM_API_URL: 'http://x.ru' },
      DATABASE_URL: 'postgres://app:one@db.school.ru/sferum?sslmode=disable',
    });
    expect(problems.map((p) => p.split(' ')[0]).sort()).toEqual(
      [
        ...['OPS_TOKEN', 'VKID_URL', 'VKID_CLIENT_ID', 'PUBLIC_URL'],
        ...['SGO_JWT_SECRET', 'SFERUM_API_URL', 'DATABASE_URL'],
      ].sort(),
    );
  });

  test('no random secret is ever taken for a weak one', () => {
    for (let i = 0; i < 2000; i++) {
      const bytes = randomBytes(32);
      expect(weakness(new Uint8Array(bytes))).toBeNull();
      for (const encoding of ['hex', 'base64', 'base64url'] as const)
        expect(weakness(bytes.toString(encoding))).toBeNull();
      expect(weakness(bytes.subarray(16).toString('hex'))).toBeNull();
    }
  });
});

describe('PostgreSQL on another host', () => {
  const addressOf = (url: string, more: Record<string, string> = {}) =>
    new URL(loadConfig({ DATABASE_URL: url, ...more }, 'migrate').database.url!);

  test('is reached with TLS, its certificate and name verified, whatever the address says less', () => {
    for (const said of [
      '',
      '?sslmode=require',
      '?sslmode=prefer',
      '?sslmode=require&uselibpqcompat=true',
      '?ssl=true',
    ]) {
      const { searchParams } = addressOf(`postgres://u:p@db.school.ru/x${said}`);
      expect([...searchParams]).toEqual([['sslmode', 'verify-full']]);
    }
    expect(
      addressOf('postgres://u:p@db.school.ru/x?sslrootcert=/ca.pem').searchParams.get('sslrootcert'),
    ).toBe('/ca.pem');
    expect(loadConfig(SAFE, 'api').database.migrationUrl).toContain('sslmode=verify-full');
  });

  test('without TLS only where DATABASE_TLS=off is written', () => {
    for (const said of ['sslmode=disable', 'sslmode=no-verify', 'sslmode=allow', 'ssl=0', 'ssl=false']) {
      const env = { DATABASE_URL: `postgres://u:p@db.school.ru/x?${said}` };
      expect(problemsOf(env, 'migrate')).toHaveLength(1);
      expect(problemsOf({ ...env, DATABASE_TLS: 'off' }, 'migrate')).toEqual([]);
    }
    expect([...addressOf('postgres://u:p@db.school.ru/x', { DATABASE_TLS: 'off' }).searchParams]).toEqual([]);
    expect(problemsOf({ DATABASE_TLS: 'no' }, 'migrate')).toHaveLength(1);
  });

  test('this host needs none', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]', '']) {
      expect([...addressOf(`postgres://u:p@${host}/x`.replace('u:p@/', '/')).searchParams]).toEqual([]);
    }
    expect(addressOf('postgres://u:p@localhost/x?host=db.school.ru').searchParams.get('sslmode')).toBe(
      'verify-full',
    );
  });
});

describe('several keys and files', () => {
  test('SECRETS_KEY takes several, SGO_JWT_SECRET two', () => {
    const [a, b, c] = [random(), random(), random()];
    const config = loadConfig(
      { ...SAFE, SECRETS_KEY: `${a}, ${b},${c}`, SGO_JWT_SECRET: `${b}x,${c}y` },
      'api',
    );
    expect(config.secretsKeys.map((key) => Buffer.from(key).toString('base64'))).toEqual([a, b, c]);
    expect(config.sgo).toEqual({ secrets: [`${b}x`, `${c}y`] });
    expect(problemsOf({ ...SAFE, SGO_JWT_SECRET: [a, b, c].join() })).toHaveLength(1);
    expect(problemsOf({ ...SAFE, SECRETS_KEY: `${a},` })).toHaveLength(1);
  });

  test('a secret may stand in a file', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'sferum-config-')), 'key');
    writeFileSync(path, `${SAFE.SECRETS_KEY}\n`, { mode: 0o600 });
    const config = loadConfig({ ...without('SECRETS_KEY'), SECRETS_KEY_FILE: path }, 'api');
    expect(Buffer.from(config.secretsKeys[0]!).toString('base64')).toBe(SAFE.SECRETS_KEY);
    expect(problemsOf({ ...SAFE, SECRETS_KEY_FILE: path })).toEqual([
      'SECRETS_KEY and SECRETS_KEY_FILE exclude each other',
    ]);
    expect(
      problemsOf({ ...SAFE, ...without('OPS_TOKEN'), OPS_TOKEN: '', OPS_TOKEN_FILE: '/nowhere' })[0],
    ).toContain('OPS_TOKEN_FILE');
  });
});
