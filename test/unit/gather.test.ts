import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gathering } from '../../src/store/gather.ts';

const place = { schoolId: 'school', isBulk: true };

/** Asks for all items at once, and notes what was asked for together. `answer` may throw for a batch. */
async function askAll(items: readonly number[], answer: (batch: readonly number[]) => readonly string[]) {
  const batches: (readonly number[])[] = [];
  const ask = gathering(async (_owner: object, _schoolId: string, batch: readonly number[]) => {
    batches.push(batch);
    return answer(batch);
  });
  const owner = {};
  const ended = await Promise.allSettled(items.map((item) => ask(owner, place, item)));
  const said = ended.map((end) => (end.status === 'fulfilled' ? end.value : (end.reason as Error).message));
  return { batches, said };
}
const named = (batch: readonly number[]) => batch.map((item) => `answer ${item}`);

describe('what is asked for at the same time', () => {
  test('is one batch, and everybody gets their own answer', async () => {
    const { batches, said } = await askAll([1, 2, 3], named);
    expect(batches).toEqual([[1, 2, 3]]);
    expect(said).toEqual(['answer 1', 'answer 2', 'answer 3']);
  });

  test('is asked for one by one where the batch fails, so that a bad item spoils no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(50), { minLength: 1 }),
        fc.func(fc.boolean()),
        async (items, isBad) => {
          const { said } = await askAll(items, (batch) => {
            if (batch.some((item) => isBad(item))) throw new Error('bad');
            return named(batch);
          });
          expect(said).toEqual(items.map((item) => (isBad(item) ? 'bad' : `answer ${item}`)));
        },
      ),
    );
  });

  test('fails for all at once where the database is away', async () => {
    const { batches, said } = await askAll([1, 2], () => {
      throw Object.assign(new Error('no connection'), { code: 'ECONNREFUSED' });
    });
    expect(batches).toHaveLength(1);
    expect(said).toEqual(['no connection', 'no connection']);
  });
});

test('what is asked for while a batch runs is the next batch', async () => {
  const batches: (readonly number[])[] = [];
  const runs = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const begun = Promise.withResolvers<void>();
  const ask = gathering(async (_owner: object, _schoolId: string, batch: readonly number[]) => {
    const run = runs[batches.length]!;
    batches.push(batch);
    begun.resolve();
    await run.promise;
    return batch;
  });
  const owner = {};
  const asked = [ask(owner, place, 1)];
  await begun.promise;
  asked.push(ask(owner, place, 2), ask(owner, place, 3));
  for (const run of runs) run.resolve();
  expect(await Promise.all(asked)).toEqual([1, 2, 3]);
  expect(batches).toEqual([[1], [2, 3]]);
});

test('schools, and urgent and bulk work of one school, are never joined', async () => {
  const batches: string[] = [];
  const ask = gathering(async (_owner: object, schoolId: string, batch: readonly number[]) => {
    batches.push(`${schoolId} ${batch}`);
    return batch;
  });
  const owner = {};
  await Promise.all([
    ask(owner, { schoolId: 'a', isBulk: true }, 1),
    ask(owner, { schoolId: 'a', isBulk: false }, 2),
    ask(owner, { schoolId: 'b', isBulk: true }, 3),
  ]);
  expect(batches.toSorted()).toEqual(['a 1', 'a 2', 'b 3']);
});
