import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_ROSTER_LIMITS } from '../../src/config/roster-limits.ts';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { adultName, familyName, patronymic } from '../../src/demo/school/names.ts';
import { Random } from '../../src/demo/school/random.ts';
import { schoolYearOf } from '../../src/demo/school/school-year.ts';
import type { SchoolSize } from '../../src/demo/school/sizes.ts';
import { readRosterFolder, zipRoster } from '../../src/demo/school/zip-roster.ts';
import { factsOn, type SchoolFacts } from '../../src/roster/facts-on.ts';
import { readRoster } from '../../src/roster/read-roster.ts';
import type { RosterReading } from '../../src/roster/reading.ts';

const TODAY = '2026-11-20';

async function read(size: SchoolSize, today = TODAY, seed = 1) {
  const reading = await readRoster(
    await zipRoster(makeSchool({ seed, size, today }).files),
    DEFAULT_ROSTER_LIMITS,
  );
  return { reading, facts: factsOn(reading.schools[0]!, today) };
}

/** Gives the chats that the rules of section D make of the facts on the day. */
function chatsOf(facts: SchoolFacts, today: string) {
  const current = facts.enrollments.filter(
    (one) => (one.beginsOn ?? today) <= today && today <= (one.endsOn ?? today),
  );
  const pupilsOf = Map.groupBy(current, (one) => one.unitId);
  const guardiansOf = Map.groupBy(facts.guardians, (one) => one.studentId);
  const known = new Set(facts.people.map((person) => person.id));
  const staff = facts.people.filter(
    ({ roles }) => roles.includes('teacher') || roles.includes('administrator'),
  );
  const sizes = [staff.length];
  for (const unit of facts.classes) {
    const pupils = (pupilsOf.get(unit.id) ?? []).filter((one) => known.has(one.studentId));
    const guardians = pupils.flatMap((one) => guardiansOf.get(one.studentId) ?? []);
    sizes.push(pupils.length + unit.teacherIds.length);
    sizes.push(new Set([...guardians.map((one) => one.guardianId), ...unit.teacherIds]).size);
  }
  const ever = new Set(facts.enrollments.map((one) => one.unitId));
  for (const group of facts.groups) {
    if (ever.has(group.id)) sizes.push((pupilsOf.get(group.id)?.length ?? 0) + group.teacherIds.length);
  }
  const pupils = new Set(current.filter((one) => one.unit === 'class').map((one) => one.studentId));
  return { chats: sizes.length, members: sizes.reduce((sum, size) => sum + size, 0), pupils: pupils.size };
}

const within = (value: number, low: number, high: number) => {
  expect(value).toBeGreaterThanOrEqual(low);
  expect(value).toBeLessThanOrEqual(high);
};

describe("a made-up school of the manual's size", () => {
  let reading: RosterReading;
  let facts: SchoolFacts;
  beforeAll(async () => {
    ({ reading, facts } = await read('manual'));
  });

  test('has the sizes of the manual', () => {
    expect(reading.rows.rejected).toEqual([]);
    const { chats, members, pupils } = chatsOf(facts, TODAY);
    within(pupils, 3_920, 3_980);
    expect(facts.classes).toHaveLength(136);
    within(facts.groups.length, 2_500, 2_600);
    within(chats, 2_660, 2_740);
    within(members, 68_000, 73_000);
    within(facts.people.length, 10_000, 11_500);
    within(facts.people.filter(({ roles }) => roles.includes('teacher')).length, 200, 250);
    within(facts.guardians.length / pupils, 1.55, 1.75);
    within(
      facts.people.filter((person) => person.vkUserId !== null).length / facts.people.length,
      0.68,
      0.72,
    );
  });

  test('each unit has a teacher, and no teacher has more groups than a week has room for', () => {
    expect([...facts.classes, ...facts.groups].every((unit) => unit.teacherIds.length === 1)).toBe(true);
    const load = Map.groupBy(facts.groups, (group) => group.teacherIds[0]!);
    within(Math.max(...load.values().map((groups) => groups.length)), 10, 40);
  });
});

describe.each<SchoolSize>(['small', 'manual'])('a made-up school, %s', (size) => {
  let reading: RosterReading;
  let facts: SchoolFacts;
  beforeAll(async () => {
    ({ reading, facts } = await read(size));
  });

  test("follows the manual's naming", () => {
    const classes = facts.classes.map((unit) => unit.title);
    const groups = facts.groups.map((group) => group.title);
    expect(classes).toEqual(expect.arrayContaining(['1 доп', '5А', '10А (П)']));
    expect(groups).toContain('5А/География');
    expect(groups.some((title) => /^10 \*[А-я ]+\/10-А \(П\)$/.test(title))).toBe(true);
    expect(new Set(groups).size).toBe(groups.length);
  });

  test('has a case of everything', () => {
    const childrenOf = Map.groupBy(facts.guardians, (one) => one.guardianId);
    const classesOf = Map.groupBy(
      facts.enrollments.filter((one) => one.unit === 'class'),
      (one) => one.studentId,
    );
    const several = [...childrenOf.values()].filter((children) => {
      const classes = children.map((child) => classesOf.get(child.studentId)?.[0]?.unitId);
      return new Set(classes).size > 1;
    });
    expect(several.length).toBeGreaterThan(0);
    const rolesOf = facts.people.map((person) => person.roles.join());
    expect(rolesOf).toContain('parent,teacher');
    expect(rolesOf.some((roles) => /administrator.*teacher/.test(roles))).toBe(true);
    expect(rolesOf.filter((roles) => roles.includes('administrator')).length).toBeGreaterThan(2);
    expect(rolesOf).toContain('staff');
    expect(facts.enrollments.some((one) => one.endsOn !== null && one.endsOn < TODAY)).toBe(true);
    expect([...classesOf.values()].some((classes) => classes.length === 2)).toBe(true);
    const studied = new Set(facts.enrollments.map((one) => one.unitId));
    expect(facts.groups.some((group) => !studied.has(group.id))).toBe(true);
    expect(facts.groups.some((group) => group.classId === null && studied.has(group.id))).toBe(true);
    const classSize = Map.groupBy(facts.enrollments, (one) => one.unitId);
    expect(
      facts.groups.some(
        (group) =>
          group.classId && classSize.get(group.id)!.length < classSize.get(group.classId)!.length * 0.7,
      ),
    ).toBe(true);
  });

  test('VK profiles are never shared, and pupils have birth dates of their grade', () => {
    const linked = facts.people.flatMap((person) => person.vkUserId ?? []);
    expect(new Set(linked).size).toBe(linked.length);
    const people = new Map(facts.people.map((person) => [person.id, person]));
    const stayed = facts.enrollments.filter((one) => one.unit === 'class' && one.beginsOn === '2026-09-01');
    expect(stayed.length).toBeGreaterThan(50);
    for (const one of stayed) {
      const grade = Number(facts.classes.find((unit) => unit.id === one.unitId)!.grade);
      const bornIn = Number(people.get(one.studentId)!.birthDate!.slice(0, 4));
      within(2026 - grade - bornIn, 5, 7);
    }
  });

  test('is the same for the same seed, and another for another', () => {
    const school = (seed: number) => makeSchool({ seed, size, today: TODAY }).files;
    expect(school(1)).toEqual(school(1));
    expect(school(2)['users.csv']).not.toBe(school(1)['users.csv']);
    expect(reading.rows.rejectedTotal).toBe(0);
  });
});

test('a small one has 60 pupils in 3 classes', async () => {
  for (const seed of [1, 2, 3]) {
    const { facts } = await read('small', TODAY, seed);
    expect(facts.classes).toHaveLength(3);
    expect(chatsOf(facts, TODAY).pupils).toBe(60);
  }
});

test.each(['2026-09-01', '2026-12-31', '2027-02-28', '2027-05-31', '2027-06-01', '2027-08-31', '2028-02-29'])(
  'D11: its classes are current on %s, and nothing in it is wrong',
  async (today) => {
    const { reading, facts } = await read('small', today);
    expect(reading.rows.rejected).toEqual([]);
    expect(facts.classes.every((unit) => unit.beginsOn! <= today && today <= unit.endsOn!)).toBe(true);
    expect(schoolYearOf(today).startsOn <= today).toBe(true);
  },
);

test('Russian names take the endings of their gender', () => {
  const forms = ['Агапов', 'Журавлёв', 'Сафин', 'Раевский', 'Шевченко', 'Седых', 'Савчук', 'Ким'];
  expect(forms.map((family) => familyName(family, 'female'))).toEqual([
    'Агапова',
    'Журавлёва',
    'Сафина',
    'Раевская',
    'Шевченко',
    'Седых',
    'Савчук',
    'Ким',
  ]);
  expect(patronymic('Илья', 'female')).toBe('Ильинична');
  const random = new Random(5);
  for (let at = 0; at < 500; at++) {
    expect(adultName(random, 'female').middleName).toMatch(/(?:вна|чна)$/);
    expect(adultName(random, 'male').middleName).toMatch(/(?:вич|ич)$/);
    expect(adultName(random, 'female').familyName).not.toMatch(/(?:ов|ев|ёв|ин|кий)$/);
  }
});

describe('a folder of CSV files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'roster-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is packed as it stands', async () => {
    const { files } = makeSchool({ seed: 1, size: 'small', today: TODAY });
    await expect(readRosterFolder(folder)).rejects.toThrow('no manifest.csv');
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await writeFile(join(folder, 'SOURCE.txt'), 'made up');
    const packed = await readRoster(await readRosterFolder(folder), DEFAULT_ROSTER_LIMITS);
    const made = await readRoster(await zipRoster(files), DEFAULT_ROSTER_LIMITS);
    expect(packed).toEqual(made);
  });
});
