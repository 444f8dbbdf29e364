/** «Добавлено» and «Исключено» say what was done, never what is only planned. */
import { expect, test } from 'vitest';
import { membersChanged } from '../../dashboard/console/manage/plan-words.ts';

const result = { members: { added: 49_653, removed: 3, notLinked: 0 } };

test.each([
  ['succeeded', false, result.members],
  ['held', false, result.members],
  ['running', false, undefined],
  ['queued', false, undefined],
  ['succeeded', true, undefined],
] as const)('of an operation that is %s, a plan alone: %s', (state, dryRun, expected) => {
  expect(membersChanged({ state, dryRun, result })).toEqual(expected);
});
