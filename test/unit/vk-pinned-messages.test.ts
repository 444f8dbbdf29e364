import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutPinnedMessages } from '../../src/sferum/vk/pinned-messages.ts';

/** What a chat holds beside a pinned message: any JSON, in whose texts the letters of the cut may occur. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"pinned_message":', '"pinned_message":{"text":"', '\\"pinned_message":{', '}}"', '\\'),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, text, fc.integer(), fc.array(tie('value')), tie('object')),
  object: fc.dictionary(
    text.filter((key) => key !== 'pinned_message' && key !== '__proto__'),
    tie('value'),
  ),
}));

test('every pinned message is cut out, whatever it says, and nothing else is touched', () => {
  const chats = fc.array(
    fc.record({ before: json.value, pinned: fc.option(json.object), after: json.value }),
  );
  fc.assert(
    fc.property(chats, (all) => {
      const shown = (isCut: boolean) =>
        all.map(({ before, pinned, after }) => ({
          before,
          ...(pinned === null ? {} : { pinned_message: isCut ? null : pinned }),
          after,
        }));
      const cut = withoutPinnedMessages(JSON.stringify({ response: shown(false) }));
      expect(JSON.parse(cut)).toEqual(JSON.parse(JSON.stringify({ response: shown(true) })));
    }),
  );
});

test('an answer that ends within a pinned message is unreadable still', () => {
  expect(() => JSON.parse(withoutPinnedMessages('{"a":{"pinned_message":{"text":"x'))).toThrow();
});
