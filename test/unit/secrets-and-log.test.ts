import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { SealError, SecretBox } from '../../src/secrets.ts';

const CANARY = 'vk1.a.canary-token';
const keyOf = (byte: number) => new Uint8Array(32).fill(byte);
const boxOf = (...bytes: number[]) => new SecretBox(bytes.map(keyOf));
const HERE = { schoolId: 's1', column: 'sferum_account.access_token_sealed' };

/** Seals a text as it was done before texts were bound to a place. */
function sealedUnbound(byte: number, plain: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(byte), nonce);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const keyId = createHash('sha256').update(keyOf(byte)).digest('hex').slice(0, 8);
  return `${keyId}.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')}`;
}

describe('a sealed secret', () => {
  test('opens with its key, and shows neither itself nor that two are the same', () => {
    const box = boxOf(1);
    expect(box.open(box.seal(CANARY, HERE), HERE)).toBe(CANARY);
    expect(box.seal(CANARY, HERE)).not.toContain('canary');
    expect(box.seal(CANARY, HERE)).not.toBe(box.seal(CANARY, HERE));
  });

  test('does not open with another key, cut or altered, and the error tells nothing of it', () => {
    const sealed = boxOf(1).seal(CANARY, HERE);
    const altered = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA');
    const [keyId, , body] = sealed.split('.');
    const attempts = [
      () => boxOf(2).open(sealed, HERE),
      () => boxOf(1).open(altered, HERE),
      () => boxOf(1).open(sealed.slice(0, 20), HERE),
      () => boxOf(1).open('', HERE),
      // Without its mark it counts as one from before, and still does not open.
      () => boxOf(1).open(`${keyId}.${body}`, HERE),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(SealError);
    for (const attempt of attempts) expect(attempt).not.toThrow(/canary/);
  });

  test('opens in its own place alone: not in another school, not in another column', () => {
    const sealed = boxOf(1).seal(CANARY, HERE);
    expect(() => boxOf(1).open(sealed, { ...HERE, schoolId: 's2' })).toThrow(SealError);
    expect(() => boxOf(1).open(sealed, { ...HERE, column: 'sferum_account.calls_token_sealed' })).toThrow(
      SealError,
    );
    expect(() => boxOf(1).open(sealed, { ...HERE, schoolId: null })).toThrow(SealError);
  });

  test('of a former key opens, and new ones are sealed with the first', () => {
    const old = boxOf(1).seal(CANARY, HERE);
    const box = boxOf(2, 1);
    expect(box.open(old, HERE)).toBe(CANARY);
    expect(box.isCurrent(old)).toBe(false);
    const fresh = box.seal(CANARY, HERE);
    expect(box.isCurrent(fresh)).toBe(true);
    expect(boxOf(2).open(fresh, HERE)).toBe(CANARY);
    expect(() => boxOf(1).open(fresh, HERE)).toThrow(SealError);
  });

  test('from before texts were bound opens until it is sealed anew', () => {
    const box = boxOf(1);
    const old = sealedUnbound(1, CANARY);
    expect(box.open(old, HERE)).toBe(CANARY);
    expect(box.isCurrent(old)).toBe(false);
  });
});

describe('V5, reliability 29: the log', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });

  test('is one JSON line an entry, with the level as a word', () => {
    log.info({ schoolId: 's1' }, 'two\nlines');
    expect(lines.at(-1)!.trimEnd()).not.toContain('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ level: 'info', schoolId: 's1', msg: 'two\nlines' });
  });

  test('hides tokens and the values that errors of databases and parsers quote', () => {
    const database = Object.assign(new Error(`duplicate key (Иванов ${CANARY})`), {
      code: '23505',
      detail: `Key (name)=(Иванов ${CANARY})`,
      query: CANARY,
    });
    log.info({ accessToken: CANARY, body: { accessToken: CANARY, authorization: CANARY } }, 'x');
    log.error({ err: database }, 'x');
    // A wrapper's message is often its cause's.
    log.error({ err: new Error(`wrapped: ${CANARY}`, { cause: database }) }, 'x');
    log.error({ err: new Error('told as it is') }, 'x');
    try {
      JSON.parse(`${CANARY} Иванов`);
    } catch (err) {
      log.error({ err }, 'x');
    }
    expect(lines.join('')).not.toMatch(/canary|Иванов/);
    expect(lines.join('')).toContain('23505');
    expect(lines.join('')).toContain('told as it is');
  });
});
