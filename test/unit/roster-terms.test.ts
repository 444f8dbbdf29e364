/** D11: a term that cannot be read makes the days of its classes unclear, whatever is wrong with it. */
import { expect, test } from 'vitest';
import { edited, type RosterFiles, readFiles, rosterFiles, withoutRows } from '../support/roster-files.ts';

const files = rosterFiles();
const AUTUMN = 'autumn,,Осень,term,2026-09-01,2026-12-28';
const term = (row: string) => edited(files, 'academicSessions.csv', AUTUMN, row);

async function unclearUnits(roster: RosterFiles): Promise<string[]> {
  const { schools } = await readFiles(roster);
  return [...schools[0]!.units.values()].flatMap(({ id, unclearDays }) => (unclearDays ? id : []));
}

test.each<[string, RosterFiles]>([
  ['a day as Excel keeps it', term('autumn,,Осень,term,46266,46384')],
  ['an American day', term('autumn,,Осень,term,8/1/2015,5/31/2016')],
  ['a Russian day', term('autumn,,Осень,term,01.09.2026,28.12.2026')],
  ['an instant', term('autumn,,Осень,term,2026-09-01T00:00:00.000Z,2026-12-28T00:00:00.000Z')],
  ['a day that is none', term('autumn,,Осень,term,2026-09-31,2026-12-28')],
  ['an end before the start', term('autumn,,Осень,term,2026-12-28,2026-09-01')],
  ['no end', term('autumn,,Осень,term,2026-09-01,')],
  ['no start', term('autumn,,Осень,term,,2026-12-28')],
  ['an unknown status', term('autumn,planned,Осень,term,2026-09-01,2026-12-28')],
  ['a cell too many', term(`${AUTUMN},осень`)],
  ['a cell too few', term('autumn,,Осень,term,2026-09-01')],
  ['deleted', term('autumn,tobedeleted,Осень,term,2026-09-01,2026-12-28')],
  ['not there', withoutRows(files, 'academicSessions.csv', 'autumn')],
  ['twice, and not the same', term(`${AUTUMN}\nautumn,,Осень,term,2015-09-01,2016-05-31`)],
])('%s', async (_, roster) => {
  expect(await unclearUnits(roster)).toEqual(['c5a', 'c5b', 'geo5a']);
});

test('a class that names no term is clear, and so is one whose terms can be read', async () => {
  expect(await unclearUnits(files)).toEqual([]);
});
