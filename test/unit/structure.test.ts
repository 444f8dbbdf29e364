/** The architecture as rules: which folder may know which, and what stands in one place only. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDERS = ['src', 'jobs', 'workers', 'dashboard', 'migrations'];
/** A file longer than this holds more than one idea. */
const FILE_LINES = 300;

interface Source {
  path: string;
  text: string;
  /** Project files it imports, from the root. */
  imports: string[];
}

const sourcesIn = (folder: string): Source[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const path = join(folder, name);
      const text = readFileSync(join(ROOT, path), 'utf8');
      const imports = [...text.matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map((m) =>
        relative(ROOT, resolve(ROOT, dirname(path), (m[1] ?? m[2])!)),
      );
      return { path, text, imports };
    });
const sources = FOLDERS.flatMap(sourcesIn);

/** Files below `from` may import project files below `allowed` alone. */
const DIRECTIONS: { from: string; allowed: string[] }[] = [
  { from: 'src/text/', allowed: ['src/text/', 'src/sure.ts'] },
  { from: 'src/desired/', allowed: ['src/desired/', 'src/text/days.ts', 'src/sure.ts'] },
  { from: 'src/plan/', allowed: ['src/plan/', 'src/desired/', 'src/text/days.ts', 'src/sure.ts'] },
  { from: 'src/sferum/sandbox/', allowed: ['src/sferum/sandbox/', 'src/sure.ts'] },
  {
    from: 'src/sferum/vk/',
    allowed: [
      ...['src/sferum/vk/', 'src/sferum/gateway.ts', 'src/sferum/request-limits.ts'],
      ...['src/clock.ts', 'src/sure.ts'],
    ],
  },
  {
    from: 'src/rows/',
    allowed: [
      ...['src/rows/', 'src/store/', 'src/text/', 'src/author.ts', 'src/sure.ts', 'src/traces/current.ts'],
      ...[
        'src/desired/model.ts',
        'src/desired/pauses.ts',
        'src/plan/model.ts',
        'src/plan/readiness-model.ts',
        'src/sferum/gateway.ts',
      ],
    ],
  },
  { from: 'jobs/', allowed: ['jobs/'] },
  { from: 'workers/', allowed: ['workers/', 'jobs/', 'src/'] },
  { from: 'dashboard/', allowed: ['dashboard/', 'jobs/', 'src/'] },
  { from: 'migrations/', allowed: ['migrations/'] },
];

/** Circles of files that import one another, imports of types included. */
const circlesOf = (files: readonly Source[]) =>
  knotsOf(new Map(files.map(({ path, imports }) => [path, new Set(imports)])));

/** A folder of src, the other top folders, and each file that stands in none of them. */
function roomOf(path: string): string {
  const [top, inner, file] = path.split('/');
  return top === 'src' ? join(top, inner!, file === undefined ? '' : '.') : top!;
}

/** Removes from a graph everything that needs nothing or that nothing needs, again and again. Gives what is left. */
function knotsOf(graph: Map<string, Set<string>>): Map<string, Set<string>> {
  const needed = new Set([...graph.values()].flatMap((needs) => [...needs]));
  const inKnots = [...graph].filter(
    ([name, needs]) => needed.has(name) && [...needs].some((one) => graph.has(one)),
  );
  return inKnots.length === graph.size ? graph : knotsOf(new Map(inKnots));
}

describe('folders know each other in one direction', () => {
  test.each(DIRECTIONS)('$from imports only what it may', ({ from, allowed }) => {
    const wrong = sources
      .filter((source) => source.path.startsWith(from))
      .flatMap(({ path, imports }) =>
        imports
          .filter((to) => !allowed.some((prefix) => to.startsWith(prefix)))
          .map((to) => `${path} → ${to}`),
      );
    expect(wrong).toEqual([]);
  });

  test('no room needs, by whatever way round, a room that needs it', () => {
    const needs = new Map<string, Set<string>>();
    for (const { path, imports } of sources) {
      const needed = needs.get(roomOf(path)) ?? new Set();
      needs.set(roomOf(path), needed);
      for (const to of imports) if (roomOf(to) !== roomOf(path)) needed.add(roomOf(to));
    }
    expect([...knotsOf(needs).keys()]).toEqual([]);
  });

  test('no file needs, by whatever way round, a file that needs it', () => {
    expect([...circlesOf(sources).keys()]).toEqual([]);
  });

  test('the engine knows its edges in the object graph alone', () => {
    const roots = ['src/app.ts', 'src/main/', 'src/demo/'];
    const wrong = sources
      .filter(({ path }) => path.startsWith('src/') && !roots.some((root) => path.startsWith(root)))
      .flatMap(({ path, imports }) =>
        imports.filter((to) => /^(dashboard|workers)\//.test(to)).map((to) => `${path} → ${to}`),
      );
    expect(wrong).toEqual([]);
  });
});

describe('what stands in one place alone', () => {
  const containing = (pattern: RegExp, except: readonly string[]) =>
    sources
      .filter(({ path, text }) => pattern.test(text) && !except.some((prefix) => path.startsWith(prefix)))
      .map((s) => s.path);

  test('what people see is cut by src/text/cut-text.ts', () => {
    expect(containing(/(cleanText|trim|message)\b[^\n]*\.slice\(0,/, [])).toEqual([]);
  });

  test('the environment is read in src/config.ts', () => {
    expect(containing(/process\.env/, ['src/config.ts'])).toEqual([]);
  });

  test('OpenTelemetry is loaded by src/traces/otlp.ts alone, and that only where traces are on', () => {
    expect(containing(/@opentelemetry\//, ['src/traces/otlp.ts'])).toEqual([]);
    expect(containing(/from '[^']*\/otlp\.ts'/, [])).toEqual([]);
  });

  test('J10: methods of VK are named in the adapter and the sandbox', () => {
    expect(containing(/\b(messages|calls|users|groups)\.[a-z]+[A-Z]\w+/, ['src/sferum/'])).toEqual([]);
  });

  test('which zone a school lives in is decided in src/store/school-day.ts', () => {
    const edges = ['src/config', 'src/store/school-day.ts', 'src/demo/'];
    expect(containing(/schoolTimeZone|[zZ]one \?\? /, edges)).toEqual([]);
  });

  test('the clock is passed in', () => {
    const edges = [
      'src/clock.ts',
      'src/main/',
      'src/sferum/sandbox/main.ts',
      'src/store/embedded-postgres/',
      'dashboard/static/',
    ];
    expect(containing(/Date\.now\(\)|new Date\(\)/, edges)).toEqual([]);
  });
});

/** Tables with an owner: what of src/rows alone writes their rows. */
const OWNED = {
  chat: [
    ...['chat.ts', 'chat-outbox.ts', 'chat-creation.ts', 'chat-seen.ts', 'chat-condition.ts'],
    ...['chat-delay.ts', 'chat-abandoned.ts', 'chat-given.ts'],
  ],
  journal: ['journal.ts'],
  journal_text: ['journal.ts'],
  operation_chat: ['operation-chat.ts'],
  exception: ['exception.ts'],
  meeting: ['meeting.ts'],
  meeting_call: ['meeting-call.ts'],
  membership: ['membership.ts'],
  operation: ['operation.ts', 'operation-import.ts', 'operation-approval.ts'],
  profile_claim: ['profile-claim.ts'],
  profile_link: ['profile-link.ts'],
  school: ['school.ts'],
  school_figures: ['school-figures.ts'],
  school_readiness: ['school-readiness.ts'],
  sferum_account: ['sferum-account.ts'],
  sferum_member: ['sferum-member.ts'],
  told_choice: ['told-choice.ts'],
  class_match: ['class-match.ts'],
  person_match: ['person-match.ts'],
  told_delivery: ['told-delivery.ts'],
  told_reason: ['told-reason.ts'],
  webhook: ['webhook.ts'],
};
/**
 * Statements in these files take the table's name from a list: facts by table, the end of terms, erasure, what imports
 * leave, new seals.
 */
const OF_LISTED_TABLES = [
  'src/roster/state-facts.ts',
  'src/roster/same-list.ts',
  'src/roster/settle-days.ts',
  'src/roster/events/state-gone.ts',
  'src/ending/end-due.ts',
  'src/ending/erase.ts',
  'src/ending/texts.ts',
  'src/operations/import-parents.ts',
  'src/store/reseal.ts',
];

describe('nothing is exported for tests alone', () => {
  /** Tests hold these lists against the database and the routes. */
  const LISTS = ['src/person-export/nobody.ts NOBODY', 'dashboard/trail/routes.ts SHOWING_NOBODY'];
  /** `path name`; `path *`: all that the file exports. */
  const named = ({ path, text }: Source): string[] =>
    [
      ...text.matchAll(
        /(?:import|export)\s+(?:type\s+)?(\{[^}]*\}|\*[^'{]*)\s+from '(\.[^']+)'|import\('(\.[^']+)'\)/g,
      ),
    ].flatMap(([, names = '*', to, dynamic]) =>
      (names.startsWith('*') ? ['*'] : names.slice(1, -1).split(',')).map((name) => {
        const file = relative(ROOT, resolve(ROOT, dirname(path), (to ?? dynamic)!));
        return `${file} ${name
          .trim()
          .replace(/^type /, '')
          .replace(/ as .*/, '')}`;
      }),
    );
  const living = sources.filter(({ path }) => !path.startsWith('migrations/'));
  const exported = living.flatMap(({ path, text }) =>
    [...text.matchAll(/^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm)].map((m) => ({
      path,
      text,
      name: m[1]!,
    })),
  );
  const isNamed = (by: ReadonlySet<string>, { path, name }: { path: string; name: string }) =>
    by.has(`${path} ${name}`) || by.has(`${path} *`);

  test('what is exported is used by another file, or by its own and a test', () => {
    const byProgram = new Set(sources.flatMap(named));
    const byTests = new Set(sourcesIn('test').flatMap(named));
    const idle = exported.filter((one) => {
      const isUsedAtHome = one.text.split(new RegExp(`\\b${one.name}\\b`)).length > 2;
      return !isNamed(byProgram, one) && !(isUsedAtHome && isNamed(byTests, one));
    });
    expect(idle.map(({ path, name }) => `${path} ${name}`).filter((one) => !LISTS.includes(one))).toEqual([]);
  });
});

describe('a row has one owner', () => {
  const WRITE = String.raw`(?:insert\s+into|(?<!\bfor\s)update(?:\s+only)?|delete\s+from(?:\s+only)?|merge\s+into|truncate)\s+`;
  const given = String.raw`\$\{\s*(?:sql\.)?\w+\(\s*`;
  const writing = (table: string) =>
    new RegExp(
      `${WRITE}(?:${given})?["']?${table}\\b|(?:insertInto|updateTable|deleteFrom|mergeInto)\\(\\s*'${table}\\b`,
      'i',
    );
  const written = (pattern: RegExp, owner: readonly string[]) =>
    sources
      .filter(
        ({ path, text }) => pattern.test(text) && !path.startsWith('migrations/') && !owner.includes(path),
      )
      .map(({ path }) => path);

  test.each(Object.entries(OWNED))('%s is written by src/rows/%s', (table, files) => {
    const owner = files.map((file) => `src/rows/${file}`);
    expect(written(writing(table), owner)).toEqual([]);
  });

  test('a table whose name is not in the statement is one of a list', () => {
    expect(written(new RegExp(`${WRITE}\\$\\{`, 'i'), OF_LISTED_TABLES)).toEqual([]);
  });

  test.each([
    'insert into school (id)',
    'update school s set',
    'delete from\n  school',
    'update only school',
    `update \${sql.table('school')} set`,
    "db.updateTable('school')",
    "deleteFrom('school as s')",
  ])('%s is a write', (statement) => {
    expect(statement).toMatch(writing('school'));
  });
  test.each([
    'update school_year set',
    'select from school for update',
    'on conflict do update set school = 1',
  ])('%s is no write of school', (statement) => {
    expect(statement).not.toMatch(writing('school'));
  });
});

test('a file holds one idea: none is longer than 300 lines', () => {
  // A migration is history, so it is not split afterwards.
  const living = sources.filter(({ path }) => !path.startsWith('migrations/'));
  const sent = readdirSync(join(ROOT, 'dashboard/static'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({ path: name, text: readFileSync(join(parentPath, name), 'utf8') }));
  // A program writes the types of the API.
  const written = sourcesIn('test').filter(({ path }) => path !== 'test/client/api.ts');
  const long = [...living, ...sent, ...written]
    .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
    .filter((f) => f.lines > FILE_LINES);
  expect(long).toEqual([]);
});
