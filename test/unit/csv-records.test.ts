/** Records that are split off line by line are those that a parser of the whole text finds. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvRecords } from '../../src/roster/one-roster/csv-records.ts';

const LIMITS = { fieldChars: 16 * 1024, lineBytes: 64 * 1024 };

async function recordsOf(chunks: readonly string[], limits = LIMITS): Promise<string[][]> {
  async function* texts() {
    yield* chunks;
  }
  const found: string[][] = [];
  for await (const { records } of csvRecords(texts(), limits)) found.push(...records);
  return found;
}

/** What the parser makes of the whole text; `refused` where it cannot be read. */
function parsed(text: string, max_record_size = LIMITS.lineBytes): string[][] | 'refused' {
  try {
    // Without the option `columns` the parser gives lists of cells.
    return parse(text, {
      relax_column_count: true,
      relax_quotes: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size,
    }) as string[][];
  } catch {
    return 'refused';
  }
}

/** Mostly what rosters are made of, so that many lines are plain. */
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'я', ' ', '1', ',', ',', '"x"', '"x,y"', '""') },
  { weight: 3, arbitrary: fc.constantFrom('\n', '\r\n', '\r') },
  { weight: 1, arbitrary: fc.constantFrom('"', '\0', '\u2028', '"\n', '😀') },
);

test('text in any chunks gives the records that a parser finds in the whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(piece, { maxLength: 12 }), { maxLength: 8 }), async (pieces) => {
      const chunks = pieces.map((chunk) => chunk.join(''));
      const found = await recordsOf(chunks).catch(() => 'refused');
      expect(found).toEqual(parsed(chunks.join('')));
    }),
    { numRuns: 3_000 },
  );
});

test('lines of any length give the records that a parser finds', async () => {
  const limits = { fieldChars: 10, lineBytes: 40 };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(piece, { maxLength: 30 }), { maxLength: 6 }), async (pieces) => {
      const chunks = pieces.map((chunk) => chunk.join(''));
      const found = await recordsOf(chunks, limits).catch(() => 'refused');
      expect(found).toEqual(parsed(chunks.join(''), limits.lineBytes));
    }),
    { numRuns: 1_000 },
  );
});

test('a carriage return that ends a chunk and a line feed that begins the next end one line', async () => {
  expect(await recordsOf(['a,b\r', '\nc,d\r', 'e'])).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
});

test('after a cell of several lines the rest is read on', async () => {
  expect(await recordsOf(['a,b\n"c', '\nd",e\nf,', 'g'])).toEqual([
    ['a', 'b'],
    ['c\nd', 'e'],
    ['f', 'g'],
  ]);
});
