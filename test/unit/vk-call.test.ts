import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScript } from '../../src/sferum/sandbox/vkscript.ts';
import { batchCode, callCode, readCall, writeCall } from '../../src/sferum/vk/call.ts';

const nasty = fc.constantFrom(
  '"',
  "'",
  '\\',
  '\n',
  '\r',
  '\0',
  '\u2028',
  '\u2029',
  '\ud800',
  '\udc00',
  '😀',
  '</script>',
  '"});API.messages.createChat({"title":"x',
  '];return 1;//',
  '\\u0022',
  '*/',
  'Кружок №1',
  '\u202eабв',
);
const title = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { maxLength: 6 })
  .map((parts) => parts.join(''));
const id = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });

test('whatever stands in titles and ids, the program reads back as exactly the calls that were written', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(title, fc.array(id), id, fc.boolean()), { minLength: 1, maxLength: 25 }),
      (rows) => {
        const calls = rows.map(([text, ids, peer, reset]) =>
          writeCall('messages.createChat', { user_ids: ids, title: text, peer_id: peer, reset }),
        );
        const items = rows.map(([text, ids, peer, reset]) => ({
          type: 'call',
          method: 'messages.createChat',
          params: { user_ids: ids.join(','), title: text, peer_id: String(peer), reset: reset ? '1' : '0' },
        }));
        expect(parseScript(batchCode(calls))).toEqual({ type: 'array', items: expectParams(items) });
      },
    ),
  );
});

/** The reader gives parameters without a prototype, so the expected ones have none either. */
const expectParams = <T extends { params: object }>(items: readonly T[]) =>
  items.map((item) => ({ ...item, params: Object.assign(Object.create(null), item.params) }));

test('a program holds no line breaks, separators, control characters or tags, whatever the titles', () => {
  fc.assert(
    fc.property(title, (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(callCode('messages.editChat', { title: text })).not.toMatch(/[\u0000-\u001f\u2028\u2029<]/);
    }),
  );
});

test('ids beyond 2^31 are written as plain digits, and a number that is no id is refused as a defect', () => {
  expect(readCall('m.x', { peer_id: 900_719_925_474_099 }).code).toBe('API.m.x({"peer_id":900719925474099})');
  for (const wrong of [2 ** 53, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => readCall('m.x', { peer_id: wrong })).toThrow(expect.objectContaining({ kind: 'defect' }));
    expect(() => readCall('m.x', { user_ids: [1, wrong] })).toThrow(
      expect.objectContaining({ kind: 'defect' }),
    );
  }
});
