/** Tables as files for Excel: a reader of the format gets back what was written, and no cell is a formula. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvText } from '../../dashboard/console/parts/csv.ts';

const COLUMNS = [
  { head: 'Имя', cell: ([name]: readonly [string, number | null]) => name },
  { head: 'Мест', cell: ([, places]: readonly [string, number | null]) => places },
];
const readBack = (text: string): string[][] =>
  parse(text, { bom: true, delimiter: ';', record_delimiter: '\r\n', relax_column_count: false });

test.each([
  ['=1+1', "'=1+1"],
  ['+7 900', "'+7 900"],
  ['-3', "'-3"],
  ['@cmd', "'@cmd"],
  ['\t=1', "'\t=1"],
  ['5А; "А"\nкласс', '5А; "А"\nкласс'],
])('%j is written as the word %j', (name, word) => {
  expect(readBack(csvText({ columns: COLUMNS, rows: [[name, -3]] }))).toEqual([
    ['Имя', 'Мест'],
    [word, '-3'],
  ]);
});

test('whatever people are called, each has one row of as many cells, and none begins as a formula', () => {
  const text = fc.string({ unit: fc.constantFrom(';', '"', '\r', '\n', '=', '-', '@', '\t', 'я', ' ') });
  const row = fc.tuple(text, fc.option(fc.integer({ min: 0 })));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
      const [, ...read] = readBack(csvText({ columns: COLUMNS, rows }));
      expect(read).toHaveLength(rows.length);
      read.forEach(([name, places], i) => {
        expect(name!.replace(/^'/, '')).toBe(rows[i]![0].replace(/^'/, ''));
        expect(name).not.toMatch(/^[=+\-@\t\r]/);
        expect(places).toBe(String(rows[i]![1] ?? ''));
      });
    }),
  );
});
