import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { SealError, SecretBox } from '../../src/secrets.ts';

const CANARY = 'vk1.a.canary-token';
const boxOf = (byte: number) => new SecretBox(new Uint8Array(32).fill(byte));

describe('a sealed secret', () => {
  test('opens with its key, and shows neither itself nor that two are the same', () => {
    const box = boxOf(1);
    expect(box.open(box.seal(CANARY))).toBe(CANARY);
    expect(box.seal(CANARY)).not.toContain('canary');
    expect(box.seal(CANARY)).not.toBe(box.seal(CANARY));
  });

  test('does not open with another key, cut or altered, and the error tells nothing of it', () => {
    const sealed = boxOf(1).seal(CANARY);
    const altered = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA');
    const attempts = [
      () => boxOf(2).open(sealed),
      () => boxOf(1).open(altered),
      () => boxOf(1).open(sealed.slice(0, 20)),
      () => boxOf(1).open(''),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(SealError);
    for (const attempt of attempts) expect(attempt).not.toThrow(/canary/);
  });
});

describe('V5, #29: the log', () => {
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
