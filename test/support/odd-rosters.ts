/** What is odd about a file of СГО: the ways in which real ones were, each done to a good one. */
import { DAY_MS } from '../../src/clock.ts';
import { peopleOf, underNewIds } from './new-ids.ts';
import type { Draw } from './random.ts';
import { asVersion12, type RosterFiles } from './roster-files.ts';

const LINE_END = /\r?\n/;

type Oddity = (files: RosterFiles, draw: Draw, nowMs: number) => RosterFiles;

const dayAfter = (nowMs: number, days: number) => new Date(nowMs + days * DAY_MS).toISOString().slice(0, 10);

function withoutLines(files: RosterFiles, file: string, holding: string): RosterFiles {
  const kept = (files[file] ?? '').split(LINE_END).filter((line) => !line.includes(holding));
  return { ...files, [file]: kept.join('\r\n') };
}

/** Changes one of the lines that the pattern fits. */
function withLine(files: RosterFiles, file: string, draw: Draw, pattern: RegExp, to: string): RosterFiles {
  const lines = files[file]!.split(LINE_END);
  const fitting = lines.filter((line) => pattern.test(line));
  const one = draw.of(fitting);
  return {
    ...files,
    [file]: lines.map((line) => (line === one ? line.replace(pattern, to) : line)).join('\r\n'),
  };
}

/** The same people with the same VK profiles, some of them under other ids. */
const suffixed = (files: RosterFiles, ids: readonly string[], suffix: string): RosterFiles =>
  underNewIds(files, ids, (id) => `${id}${suffix}`);

export const ODDITIES: Readonly<Record<string, Oddity>> = {
  'a term unclear': (files) => ({
    ...files,
    'academicSessions.csv': files['academicSessions.csv']!.replace(/\d{4}-\d\d-\d\d/, '8/1/2015'),
  }),
  'no terms': (files) => withoutLines(files, 'academicSessions.csv', ',term,'),
  'no places of teachers': (files) => withoutLines(files, 'enrollments.csv', ',teacher,'),
  'no parents': (files) =>
    withoutLines(withoutLines(files, 'users.csv', ',parent,'), 'roles.csv', ',parent,'),
  'somebody disabled': (files, draw) => withLine(files, 'users.csv', draw, /,true,/, ',false,'),
  'a place that ends': (files, draw, nowMs) =>
    withLine(
      files,
      'enrollments.csv',
      draw,
      /(,student,false,[^,]*),$/,
      `$1,${dayAfter(nowMs, draw.of([-2, 0, 1]))}`,
    ),
  'a role that ends': (files, draw, nowMs) =>
    withLine(
      files['roles.csv'] ? files : asVersion12(files),
      ...(['roles.csv', draw, /,primary,teacher,,,/] as const),
      `,primary,teacher,,${dayAfter(nowMs, draw.of([-2, 0, 1]))},`,
    ),
  'a person under a new id': (files, draw) => suffixed(files, [draw.of(peopleOf(files))], `n${draw.upTo(3)}`),
  'all under new ids': (files, draw) => suffixed(files, peopleOf(files), `s${draw.upTo(3)}`),
};
