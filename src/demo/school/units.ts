import type { Day } from '../../desired/model.ts';
import { sure } from '../../sure.ts';
import {
  CROSS_ELECTIVES,
  PROFILE_ELECTIVES,
  type Subject,
  taughtIn,
  UNFILLED_SUBJECT,
} from './curriculum.ts';
import type { MadePerson, MadePupil } from './people.ts';
import type { Random } from './random.ts';
import type { ClassPlan, SchoolPlan } from './sizes.ts';

export interface MadeUnit {
  id: string;
  title: string;
  grade: number;
  /** The subject; null for a homeroom. */
  subject: string | null;
  teacherIds: string[];
  pupils: { pupil: MadePupil; endsOn: Day | null; beginsOn: Day | null }[];
}

export interface Homeroom extends MadeUnit {
  plan: ClassPlan;
}

/** Decides who teaches a subject: as many teachers as its groups need, at least one, and they take turns. */
export class TeachingLoad {
  readonly #bySubject = new Map<string, { teachers: MadePerson[]; next: number }>();

  constructor(teachers: readonly MadePerson[], groupsBySubject: ReadonlyMap<string, number>) {
    const groups = groupsBySubject.values().reduce((sum, count) => sum + count, 0);
    let taken = 0;
    for (const [subject, count] of groupsBySubject) {
      const needed = Math.max(1, Math.round((teachers.length * count) / groups));
      const own = Array.from({ length: needed }, (_, at) => sure(teachers[(taken + at) % teachers.length]));
      this.#bySubject.set(subject, { teachers: own, next: 0 });
      taken += needed;
    }
  }

  teacherOf(subject: string): MadePerson {
    const pool = sure(this.#bySubject.get(subject));
    const teacher = sure(pool.teachers[pool.next % pool.teachers.length]);
    pool.next += 1;
    return teacher;
  }
}

/** Makes the classes and groups of a school, one after another. */
export class UnitMaker {
  readonly units: MadeUnit[] = [];
  readonly #random: Random;
  readonly #load: TeachingLoad;
  readonly #plan: SchoolPlan;

  constructor(random: Random, load: TeachingLoad, plan: SchoolPlan) {
    this.#random = random;
    this.#load = load;
    this.#plan = plan;
  }

  homeroom(plan: ClassPlan, teacher: MadePerson, pupils: readonly MadePupil[]): Homeroom {
    const unit = this.#unit('c', plan.title, plan.grade, null, [teacher.id], pupils);
    return Object.assign(unit, { plan });
  }

  /**
   * Makes the groups of one class: whole, halves, electives of a profile class, and one that waits for its pupils.
   */
  groupsOf(homeroom: Homeroom): void {
    const { title, grade } = homeroom.plan;
    const pupils = homeroom.pupils.map(({ pupil }) => pupil);
    for (const subject of taughtIn(grade)) this.#subjectGroups(subject, homeroom, pupils);
    if (title.includes('(П)')) {
      for (const subject of this.#random.shuffled(PROFILE_ELECTIVES).slice(0, 4))
        this.#elective(subject, homeroom);
    }
    if (this.#random.chance(this.#plan.emptyGroupShare)) this.emptyGroup(homeroom);
  }

  emptyGroup(homeroom: Homeroom): void {
    this.#group(`${homeroom.title}/${UNFILLED_SUBJECT}`, homeroom.grade, UNFILLED_SUBJECT, []);
  }

  #subjectGroups(subject: Subject, homeroom: Homeroom, pupils: readonly MadePupil[]): void {
    const title = `${homeroom.title}/${subject.title}`;
    const own = subject.primary ? homeroom.teacherIds : undefined;
    if (!subject.split) {
      this.#group(title, homeroom.grade, subject.title, pupils, own);
      return;
    }
    const half = Math.ceil(pupils.length / 2);
    this.#group(`${title} (1)`, homeroom.grade, subject.title, pupils.slice(0, half));
    this.#group(`${title} (2)`, homeroom.grade, subject.title, pupils.slice(half));
  }

  #elective(subject: string, homeroom: Homeroom): void {
    const pupils = homeroom.pupils.map(({ pupil }) => pupil);
    const some = this.#random.shuffled(pupils).slice(0, Math.ceil(pupils.length * 0.6));
    const className = homeroom.title.replace(/^(\d+)/, '$1-');
    this.#group(`${homeroom.grade} *${subject}/${className}`, homeroom.grade, subject, some);
  }

  /** Makes a group with pupils of several homerooms, so that it shares none. */
  crossElective(homerooms: readonly Homeroom[], number: number): void {
    const subject = sure(CROSS_ELECTIVES[number % CROSS_ELECTIVES.length]);
    const grade = sure(homerooms[0]).grade;
    const pupils = homerooms.flatMap((homeroom) =>
      this.#random.shuffled(homeroom.pupils.map(({ pupil }) => pupil)).slice(0, 5),
    );
    this.#group(`${grade} *${subject}/${number + 1}`, grade, subject, pupils);
  }

  #group(
    title: string,
    grade: number,
    subject: string,
    pupils: readonly MadePupil[],
    teacherIds?: string[],
  ): void {
    this.#unit('g', title, grade, subject, teacherIds ?? [this.#load.teacherOf(subject).id], pupils);
  }

  #unit(
    prefix: string,
    title: string,
    grade: number,
    subject: string | null,
    teacherIds: string[],
    pupils: readonly MadePupil[],
  ): MadeUnit {
    const id = `${prefix}${String(this.units.length + 1).padStart(4, '0')}`;
    const members = pupils.map((pupil) => ({ pupil, beginsOn: null, endsOn: null }));
    const unit = { id, title, grade, subject, teacherIds, pupils: members };
    this.units.push(unit);
    return unit;
  }
}
