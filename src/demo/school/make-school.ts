import type { Day } from '../../desired/model.ts';
import { sure } from '../../sure.ts';
import { plusDays } from '../../text/days.ts';
import { CROSS_ELECTIVES, PROFILE_ELECTIVES, taughtIn, UNFILLED_SUBJECT } from './curriculum.ts';
import { oneRosterFiles } from './one-roster-files.ts';
import { type MadePerson, type MadePupil, Population } from './people.ts';
import { Random } from './random.ts';
import { type SchoolYear, schoolYearOf } from './school-year.ts';
import { type SchoolPlan, type SchoolSize, SIZES } from './sizes.ts';
import { type Homeroom, type MadeUnit, TeachingLoad, UnitMaker } from './units.ts';

interface SchoolOrder {
  /** The same seed makes the same school, byte for byte. */
  seed: number;
  /** `manual`: of the user manual's size; `middle`: 110 pupils in 5 classes. `small`: 60 in 3, with a case of everything. */
  size: SchoolSize;
  /** The classes are current on this day. */
  today: Day;
}

/** Makes up a school from nothing, as OneRoster 1.2 CSV files by name. */
export function makeSchool({ seed, size, today }: SchoolOrder): { files: Record<string, string> } {
  const random = new Random(seed);
  const plan = SIZES[size];
  const year = schoolYearOf(today);
  const population = new Population(random);
  const { primaryTeachers, subjectTeachers } = makeStaff(population, plan, year.year);
  const pupils = makePupils(population, random, plan, year.year, [...primaryTeachers, ...subjectTeachers]);
  const units = makeUnits(random, plan, pupils, primaryTeachers, subjectTeachers);
  makeChanges(random, plan, units, year, today);
  return { files: oneRosterFiles({ people: population.people, pupils: population.pupils, units, year }) };
}

function makeStaff(population: Population, plan: SchoolPlan, year: number) {
  const primary = plan.classes.filter(({ grade }) => grade <= 4).length;
  const primaryTeachers = Array.from({ length: primary }, () => population.employee('teacher', year));
  const subjectTeachers = Array.from({ length: plan.subjectTeachers }, () =>
    population.employee('teacher', year),
  );
  // The head teaches too and a deputy does not. As in the manual, there is also an account without a person behind
  // it.
  sure(subjectTeachers[0]).roles.push('siteAdministrator');
  population.employee('siteAdministrator', year);
  const nobody = { familyName: 'Admin', givenName: '', middleName: '' };
  population.adult('systemAdministrator', 'female', nobody).vkUserId = null;
  const offices = ['counselor', 'aide', 'principal'];
  for (let at = 0; at < plan.otherStaff; at++) population.employee(sure(offices[at % offices.length]), year);
  return { primaryTeachers, subjectTeachers };
}

/** Makes the pupils by class, in the plan's order. */
function makePupils(
  population: Population,
  random: Random,
  plan: SchoolPlan,
  year: number,
  teachers: readonly MadePerson[],
): MadePupil[][] {
  const extra = plan.endedPupils + plan.deletedPupils;
  // The places of all classes, and one more for each pupil who has departed.
  const places = plan.classes.flatMap(({ pupils }, at) => Array<number>(pupils).fill(at));
  for (let at = 0; at < extra; at++) places.push(random.between(0, plan.classes.length - 1));
  const free = random.shuffled(places);
  const byClass: MadePupil[][] = plan.classes.map(() => []);
  let families = 0;
  while (free.length > 0) {
    const children = families < plan.triples ? 3 : families < plan.triples + plan.pairs ? 2 : 1;
    families += 1;
    const classes = free.splice(0, children);
    const grades = classes.map((at) => sure(plan.classes[at]).grade);
    for (const [index, pupil] of population.family(grades, year, teachers).entries()) {
      sure(byClass[sure(classes[index])]).push(pupil);
    }
  }
  return byClass;
}

function makeUnits(
  random: Random,
  plan: SchoolPlan,
  pupils: readonly MadePupil[][],
  primaryTeachers: readonly MadePerson[],
  subjectTeachers: readonly MadePerson[],
): MadeUnit[] {
  const load = new TeachingLoad(subjectTeachers, groupsBySubject(plan));
  const maker = new UnitMaker(random, load, plan);
  const primary = [...primaryTeachers];
  const senior = [...subjectTeachers];
  const homerooms = plan.classes.map((of, at) =>
    maker.homeroom(of, sure(of.grade <= 4 ? primary.shift() : senior.shift()), sure(pupils[at])),
  );
  for (const homeroom of homerooms) maker.groupsOf(homeroom);
  makeCrossElectives(maker, random, plan, homerooms);
  return maker.units;
}

/** Gives about how many groups each subject will have, without those of primary teachers. */
function groupsBySubject(plan: SchoolPlan): Map<string, number> {
  const groups = new Map<string, number>();
  const add = (subject: string, count: number) => groups.set(subject, (groups.get(subject) ?? 0) + count);
  for (const { grade } of plan.classes) {
    for (const subject of taughtIn(grade)) if (!subject.primary) add(subject.title, subject.split ? 2 : 1);
  }
  for (const subject of PROFILE_ELECTIVES) add(subject, plan.classes.length / 30);
  for (const subject of CROSS_ELECTIVES) add(subject, plan.crossElectives / CROSS_ELECTIVES.length);
  add(UNFILLED_SUBJECT, plan.classes.length * plan.emptyGroupShare);
  return groups;
}

function makeCrossElectives(maker: UnitMaker, random: Random, plan: SchoolPlan, homerooms: Homeroom[]): void {
  const grades = [...Map.groupBy(homerooms, (homeroom) => homeroom.grade).values()].filter(
    (of) => of.length >= 3,
  );
  const parallels = grades.length > 0 ? grades : [homerooms];
  for (let number = 0; number < plan.crossElectives; number++) {
    maker.crossElective(random.shuffled(sure(parallels[number % parallels.length])).slice(0, 4), number);
  }
}

/**
 * Makes departures before today, deleted rows, and moves to another class of the grade with its whole-class groups.
 */
function makeChanges(
  random: Random,
  plan: SchoolPlan,
  units: MadeUnit[],
  year: SchoolYear,
  today: Day,
): void {
  const homerooms = units.filter((unit) => unit.subject === null);
  const places = random.shuffled(homerooms.flatMap((homeroom) => homeroom.pupils.map(({ pupil }) => pupil)));
  const byPupil = new Map<MadePupil, MadeUnit['pupils']>();
  for (const enrollment of units.flatMap((unit) => unit.pupils)) {
    byPupil.set(enrollment.pupil, [...(byPupil.get(enrollment.pupil) ?? []), enrollment]);
  }
  const yesterday = plusDays(today, -1);
  const lastDay = sure([yesterday, year.startsOn].sort().at(-1));
  for (const pupil of places.splice(0, plan.endedPupils)) {
    for (const enrollment of sure(byPupil.get(pupil))) enrollment.endsOn = lastDay;
  }
  for (const pupil of places.splice(0, plan.deletedPupils)) pupil.deleted = true;
  for (const pupil of places.splice(0, plan.movedPupils)) movePupil(pupil, units, lastDay, today);
}

function movePupil(pupil: MadePupil, units: MadeUnit[], lastDay: Day, today: Day): void {
  const homerooms = units.filter((unit) => unit.subject === null);
  const from = sure(homerooms.find((unit) => unit.pupils.some((enrollment) => enrollment.pupil === pupil)));
  const to =
    homerooms.find((unit) => unit !== from && unit.grade === from.grade) ??
    sure(homerooms.find((u) => u !== from));
  const belongs = (unit: MadeUnit, homeroom: MadeUnit) =>
    unit === homeroom || unit.title.startsWith(`${homeroom.title}/`);
  for (const unit of units) {
    if (belongs(unit, from)) {
      for (const enrollment of unit.pupils) if (enrollment.pupil === pupil) enrollment.endsOn = lastDay;
    }
    if (belongs(unit, to) && unit.pupils.length > to.pupils.length / 2 + 1) {
      unit.pupils.push({ pupil, beginsOn: today, endsOn: null });
    }
  }
}
