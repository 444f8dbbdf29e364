/**
 * A second reading of a OneRoster archive, naive and slow, to hold the product's against: it knows the rules from the
 * contract alone and shares no code with it. Texts without line breaks in cells, one school a row of `roles.csv`.
 */
type Cells = Record<string, string>;
interface Line {
  cells: Cells;
  whole: boolean;
}

export interface Naive {
  /** `school person roles`, roles sorted. */
  people: string[];
  /** `school unit kind days`, `?` where they are unclear. */
  units: string[];
  /** `school unit student|teacher person begin..end`. */
  places: string[];
  /** `school parent→child`. */
  guardians: string[];
  /** By file: rows, used, rejected, ignored. */
  rows: Record<string, [rows: number, used: number, rejected: number, ignored: number]>;
}

const ROLES: Cells = {
  student: 'student',
  teacher: 'teacher',
  parent: 'parent',
  guardian: 'parent',
  relative: 'parent',
  administrator: 'administrator',
  siteAdministrator: 'administrator',
  systemAdministrator: 'administrator',
  districtAdministrator: 'staff',
  principal: 'staff',
  counselor: 'staff',
  aide: 'staff',
  proctor: 'staff',
};

function linesOf(text: string | undefined): Line[] {
  if (text === undefined) return [];
  const [header, ...rows] = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .filter((line) => line !== '')
    .map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)].slice(0, line.endsWith(',') ? undefined : -1),
    )
    .map((cells) => cells.map((cell) => cell[1]!.replace(/^"|"$/g, '').replaceAll('""', '"').trim()));
  const names = header!;
  return rows.map((cells) => ({
    cells: Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])),
    whole: cells.length === names.length,
  }));
}

const isDay = (text: string) =>
  /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
const list = (text: string | undefined) =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

/** Whether the two cells are days, or empty, in their order. */
function isSpan(begin: string, end: string): boolean {
  if ([begin, end].some((day) => day !== '' && !isDay(day))) return false;
  return begin === '' || end === '' || begin <= end;
}

type Fate = 'used' | 'rejected' | 'ignored';

export function readNaively(files: Record<string, string>): Naive {
  const rows: Naive['rows'] = {};
  const is12 = files['manifest.csv']!.includes('oneroster.version,1.2');
  const say = (file: string, fates: Fate[]) => {
    const count = (fate: Fate) => fates.filter((one) => one === fate).length;
    rows[file] = [fates.length, count('used'), count('rejected'), count('ignored')];
  };
  const isSound = ({ cells, whole }: Line) =>
    whole &&
    cells.sourcedId !== '' &&
    ['', 'active', 'tobedeleted', 'inactive'].includes(cells.status!.toLowerCase());
  const isGone = ({ cells }: Line) => ['tobedeleted', 'inactive'].includes(cells.status!.toLowerCase());

  const orgs = linesOf(files['orgs.csv']);
  const typeOf = new Map(orgs.filter(isSound).map(({ cells }) => [cells.sourcedId!, cells.type!]));
  const isSchool = (id: string) => typeOf.get(id) === 'school';
  say(
    'orgs.csv',
    orgs.map((org) => (isSound(org) ? (org.cells.type === 'school' ? 'used' : 'ignored') : 'rejected')),
  );

  const sessions = linesOf(files['academicSessions.csv']);
  const isTerm = ({ cells: { startDate = '', endDate = '' } }: Line) =>
    startDate !== '' && endDate !== '' && isSpan(startDate, endDate);
  const terms = new Map(
    sessions
      .filter((term) => isSound(term) && !isGone(term) && isTerm(term))
      .map(({ cells }) => [cells.sourcedId!, cells]),
  );
  say(
    'academicSessions.csv',
    sessions.map((term) =>
      !isSound(term) ? 'rejected' : isGone(term) ? 'ignored' : isTerm(term) ? 'used' : 'rejected',
    ),
  );

  const classes = linesOf(files['classes.csv']);
  const isUnit = ({ cells }: Line) =>
    isSchool(cells.schoolSourcedId!) &&
    ['homeroom', 'scheduled'].includes(cells.classType!) &&
    cells.title !== '';
  const units = new Map(
    classes
      .filter((unit) => isSound(unit) && !isGone(unit) && isUnit(unit))
      .map(({ cells }) => [cells.sourcedId!, cells]),
  );
  const goneUnits = new Set(
    classes.filter((unit) => isSound(unit) && isGone(unit)).map(({ cells }) => cells.sourcedId!),
  );
  say(
    'classes.csv',
    classes.map((unit) =>
      !isSound(unit) ? 'rejected' : isGone(unit) ? 'ignored' : isUnit(unit) ? 'used' : 'rejected',
    ),
  );

  // Users: an id is there where a row of it can be read; it is gone where rows only say so.
  const users = linesOf(files['users.csv']);
  const isAway = (user: Line) => isGone(user) || user.cells.enabledUser?.toLowerCase() === 'false';
  const roleRows = linesOf(files['roles.csv']);
  const orgsOf = (user: Line) => list(user.cells.orgSourcedIds).filter((org) => typeOf.has(org));
  const isReadable = (user: Line) =>
    isSound(user) &&
    !isAway(user) &&
    (is12 || (ROLES[user.cells.role!] !== undefined && orgsOf(user).length > 0));
  const readable = new Set(users.filter(isReadable).map(({ cells }) => cells.sourcedId!));
  const away = new Set(
    users
      .filter((user) => isSound(user) && isAway(user) && !readable.has(user.cells.sourcedId!))
      .map(({ cells }) => cells.sourcedId!),
  );
  const isRole = ({ cells: { role, orgSourcedId, beginDate = '', endDate = '' } }: Line) =>
    ROLES[role!] !== undefined && typeOf.has(orgSourcedId!) && isSpan(beginDate, endDate);
  const roleFate = (row: Line): Fate => {
    const { userSourcedId, orgSourcedId, role } = row.cells;
    if (!isSound(row)) return 'rejected';
    if (isGone(row) || away.has(userSourcedId!)) return 'ignored';
    if (!isRole(row) || !readable.has(userSourcedId!)) return 'rejected';
    return isSchool(orgSourcedId!) || ROLES[role!] === 'parent' ? 'used' : 'ignored';
  };
  if (is12) say('roles.csv', roleRows.map(roleFate));
  const isNamed = (id: string) =>
    !is12 ||
    roleRows.some((row) => row.cells.userSourcedId === id && isSound(row) && (isGone(row) || isRole(row)));

  /** [person, org, role] of everybody who is there. */
  const held = is12
    ? roleRows
        .filter(
          (row) => isSound(row) && !isGone(row) && isRole(row) && readable.has(row.cells.userSourcedId!),
        )
        .map(({ cells }) => [cells.userSourcedId!, cells.orgSourcedId!, ROLES[cells.role!]!] as const)
    : users
        .filter(isReadable)
        .flatMap((user) =>
          orgsOf(user).map((org) => [user.cells.sourcedId!, org, ROLES[user.cells.role!]!] as const),
        );
  const schools = [...typeOf].filter(([, type]) => type === 'school').map(([id]) => id);
  const people = new Map<string, Set<string>>();
  for (const [id, org, role] of held) {
    if (isSchool(org)) people.set(`${org} ${id}`, (people.get(`${org} ${id}`) ?? new Set()).add(role));
  }
  const isParentAbove = (id: string) =>
    held.some(([who, org, role]) => who === id && !isSchool(org) && role === 'parent');
  const isPupil = (school: string, id: string) => people.get(`${school} ${id}`)?.has('student') === true;

  const guardians = new Set<string>();
  const pairs = users
    .filter(isReadable)
    .flatMap(({ cells }) => list(cells.agentSourcedIds).map((agent) => [cells.sourcedId!, agent] as const))
    .filter(([, agent]) => readable.has(agent));
  for (const school of schools) {
    for (const [a, b] of pairs) {
      for (const [child, parent] of [
        [a, b],
        [b, a],
      ] as const) {
        if (!isPupil(school, child) || isPupil(school, parent)) continue;
        if (!people.has(`${school} ${parent}`) && !isParentAbove(parent)) continue;
        people.set(`${school} ${parent}`, (people.get(`${school} ${parent}`) ?? new Set()).add('parent'));
        guardians.add(`${school} ${parent}→${child}`);
      }
    }
  }
  say(
    'users.csv',
    users.map((user): Fate => {
      const id = user.cells.sourcedId!;
      if (!isSound(user)) return 'rejected';
      if (isAway(user)) return 'ignored';
      if (!isReadable(user) || !isNamed(id)) return 'rejected';
      const own = is12 ? held.filter(([who]) => who === id).map(([, org]) => org) : orgsOf(user);
      if (own.some(isSchool)) return 'used';
      return isParentAbove(id) && schools.some((school) => people.has(`${school} ${id}`))
        ? 'used'
        : 'ignored';
    }),
  );

  const places: string[] = [];
  const enrollments = linesOf(files['enrollments.csv']);
  say(
    'enrollments.csv',
    enrollments.map((place): Fate => {
      const {
        role,
        classSourcedId,
        schoolSourcedId,
        userSourcedId,
        beginDate = '',
        endDate = '',
      } = place.cells;
      if (!isSound(place)) return 'rejected';
      const other = role !== 'student' && role !== 'teacher' && ROLES[role!] !== undefined;
      if (isGone(place) || other || goneUnits.has(classSourcedId!) || away.has(userSourcedId!))
        return 'ignored';
      const school = units.get(classSourcedId!)?.schoolSourcedId;
      const fits = school !== undefined && (schoolSourcedId === '' || schoolSourcedId === school);
      if (!fits || !people.has(`${school} ${userSourcedId}`)) return 'rejected';
      if (ROLES[role!] === undefined || !isSpan(beginDate, endDate)) return 'rejected';
      places.push(`${school} ${classSourcedId} ${role} ${userSourcedId} ${beginDate}..${endDate}`);
      return 'used';
    }),
  );

  return {
    people: [...people].map(([who, roles]) => `${who} ${[...roles].sort()}`).sort(),
    units: [...units]
      .map(([id, cells]) => {
        const own = list(cells.termSourcedIds).map((term) => terms.get(term));
        const days = own.includes(undefined)
          ? '?'
          : `${own.map((term) => term!.startDate!).sort()[0] ?? ''}..${
              own
                .map((term) => term!.endDate!)
                .sort()
                .at(-1) ?? ''
            }`;
        return `${cells.schoolSourcedId} ${id} ${cells.classType === 'homeroom' ? 'class' : 'group'} ${days}`;
      })
      .sort(),
    places: places.sort(),
    guardians: [...guardians].sort(),
    rows,
  };
}
