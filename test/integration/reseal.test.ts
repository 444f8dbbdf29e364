/** Sealed secrets at rest are bound to their school and column, and are sealed anew when the key is changed. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountOf } from '../../src/live/accounts.ts';
import { SealError, SecretBox } from '../../src/secrets.ts';
import { SEALED_COLUMNS } from '../../src/store/sealed-columns.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { startProgram } from '../support/child-process.ts';
import { everywhere } from '../support/everywhere.ts';
import { sealedToken, tokenPlace } from '../support/sealed-token.ts';
import { addSchool } from '../support/seeds.ts';

const OLD = new Uint8Array(32).fill(9);
const NEW = new Uint8Array(32).fill(8);
const keys = (...all: Uint8Array[]) => all.map((key) => Buffer.from(key).toString('base64')).join();

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld({ env: { SECRETS_KEY: keys(OLD) } });
  for (const school of ['s1', 's2']) {
    await addSchool(world.db, school);
    await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, calls_token_sealed, requests_per_second)
      values (${school}, 5, 7, 'user', ${sealedToken(world.ctx, school, `token-${school}`)},
        ${world.ctx.secrets.seal(`calls-${school}`, { schoolId: school, column: SEALED_COLUMNS.callsToken })}, 3)`.execute(
      everywhere(world),
    );
  }
});
afterAll(() => world[Symbol.asyncDispose]());

/** A text as it was sealed before texts were bound to a place. */
function unbound(plain: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', OLD, nonce);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const keyId = createHash('sha256').update(OLD).digest('hex').slice(0, 8);
  return `${keyId}.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')}`;
}

async function inPlaceOf(schoolId: string, column: string, sealed: string): Promise<void> {
  await sql`update sferum_account set ${sql.id(column)} = ${sealed} where school_id = ${schoolId}`.execute(
    everywhere(world),
  );
}

async function sealedOf(schoolId: string): Promise<{ access: string; calls: string }> {
  const { rows } = await sql<{ access: string; calls: string }>`
    select access_token_sealed as access, calls_token_sealed as calls from sferum_account where school_id = ${schoolId}`.execute(
    world.db.of(schoolId),
  );
  return rows[0]!;
}

/** Gives what the gateway gets for calls. */
async function account(schoolId: string): Promise<unknown> {
  return accountOf({ ...world.ctx, gateway: { account: (given: unknown) => given } as never }, schoolId);
}

test('a token that is moved to another school or another column does not open', async () => {
  const own = await sealedOf('s1');
  expect(await account('s1')).toMatchObject({ accessToken: 'token-s1', callsToken: 'calls-s1' });
  await inPlaceOf('s1', 'access_token_sealed', (await sealedOf('s2')).access);
  await expect(account('s1')).rejects.toThrow(SealError);
  await inPlaceOf('s1', 'access_token_sealed', own.calls);
  await expect(account('s1')).rejects.toThrow(SealError);
  await inPlaceOf('s1', 'access_token_sealed', own.access);
  expect(await account('s1')).toMatchObject({ accessToken: 'token-s1' });
});

test('npm run reseal: what any key sealed is the first key’s, bound to its place; run again, it does nothing', async () => {
  await inPlaceOf('s1', 'access_token_sealed', unbound('token-s1'));
  const run = async (secretsKey: string) => {
    await using program = startProgram('reseal', {
      DATABASE_URL: world.ctx.config.database.url!,
      SECRETS_KEY: secretsKey,
    });
    return { code: await program.ended, lines: program.lines };
  };
  // Texts of neither key: nothing is lost, and the command says so.
  const lost = await run(keys(NEW));
  expect(lost.code).toBe(1);
  expect(lost.lines.join('\n')).toContain(SEALED_COLUMNS.accessToken);
  expect(await account('s1')).toMatchObject({ accessToken: 'token-s1' });

  const first = await run(keys(NEW, OLD));
  expect(first).toMatchObject({ code: 0 });
  expect(first.lines).toContain('s1: 2 sealed anew, 0 were already');
  const box = new SecretBox([NEW]);
  for (const school of ['s1', 's2']) {
    const { access, calls } = await sealedOf(school);
    expect(box.open(access, tokenPlace(school))).toBe(`token-${school}`);
    expect(box.open(calls, { schoolId: school, column: SEALED_COLUMNS.callsToken })).toBe(`calls-${school}`);
    expect(() => box.open(access, tokenPlace('another'))).toThrow(SealError);
  }
  const again = await run(keys(NEW));
  expect(again).toMatchObject({ code: 0 });
  expect(again.lines).toContain('s1: 0 sealed anew, 2 were already');
});

test('every column that is sealed is one that reseal knows', async () => {
  const { rows } = await sql<{ name: string }>`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and column_name like '%sealed%' order by 1`.execute(everywhere(world));
  expect(rows.map((row) => row.name)).toEqual(Object.values(SEALED_COLUMNS).toSorted());
});
