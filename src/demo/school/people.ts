import type { Day } from '../../desired/model.ts';
import { plusDays } from '../../text/days.ts';
import {
  adultName,
  type FullName,
  familyName,
  patronymic,
  pickFamily,
  pickGivenName,
  type Sex,
} from './names.ts';
import type { Random } from './random.ts';

export interface MadePerson extends FullName {
  id: string;
  sex: Sex;
  birthDate: Day | null;
  /** The roles, by the names of roles.csv. */
  roles: string[];
  vkUserId: number | null;
  /** True for a row marked as deleted. */
  deleted: boolean;
}

export interface MadePupil extends MadePerson {
  grade: number;
  parentIds: string[];
}

const LINKED_SHARE = 0.7;
const MOTHER_SHARE = 0.97;
const FATHER_SHARE = 0.71;
const SAME_FAMILY_NAME_SHARE = 0.85;
/** One family in this many has a mother or father who teaches in the school. */
const TEACHERS_FAMILY_EACH = 40;
const FIRST_VK_ID = 200_000_000;

/** Makes people one after another. Ids and VK profiles are never used twice. */
export class Population {
  readonly people: MadePerson[] = [];
  readonly pupils: MadePupil[] = [];
  readonly #random: Random;
  #vkUserId = FIRST_VK_ID;
  #families = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  adult(role: string, sex: Sex, name: FullName, birthDate: Day | null = null): MadePerson {
    const person = { ...this.#person('a', sex), ...name, birthDate, roles: [role] };
    this.people.push(person);
    return person;
  }

  employee(role: string, year: number): MadePerson {
    const sex: Sex = this.#random.chance(0.85) ? 'female' : 'male';
    const birthDate = plusDays(`${year - 60}-01-01`, this.#random.between(0, 35 * 365));
    return this.adult(role, sex, adultName(this.#random, sex), birthDate);
  }

  /**
   * Makes the children of one family, one in each of `grades`, with the parents whom the school knows: a mother, a
   * father, both or (seldom) none. `teachers`: now and then a parent is one of them.
   */
  family(grades: readonly number[], year: number, teachers: readonly MadePerson[]): MadePupil[] {
    const random = this.#random;
    const family = pickFamily(random);
    const fatherName = pickGivenName(random, 'male');
    const parents: MadePerson[] = [];
    if (random.chance(FATHER_SHARE)) {
      parents.push(
        this.adult('parent', 'male', { ...adultName(random, 'male', family), givenName: fatherName }),
      );
    }
    this.#families += 1;
    if (this.#families % TEACHERS_FAMILY_EACH === 0) {
      const teacher = random.pick(teachers);
      if (!teacher.roles.includes('parent')) teacher.roles.push('parent');
      parents.push(teacher);
    } else if (random.chance(MOTHER_SHARE)) {
      const name = random.chance(SAME_FAMILY_NAME_SHARE) ? family : pickFamily(random);
      parents.push(this.adult('parent', 'female', adultName(random, 'female', name)));
    }
    return grades.map((grade) => this.#child(family, fatherName, grade, year, parents));
  }

  #child(family: string, fatherName: string, grade: number, year: number, parents: MadePerson[]): MadePupil {
    const sex: Sex = this.#random.chance(0.5) ? 'male' : 'female';
    // Six and a half to seven and a half years old on the first day of grade 1.
    const birthDate = plusDays(`${year - grade - 7}-03-01`, this.#random.between(0, 364));
    const pupil: MadePupil = {
      ...this.#person('p', sex),
      familyName: familyName(family, sex),
      givenName: pickGivenName(this.#random, sex),
      middleName: patronymic(fatherName, sex),
      birthDate,
      roles: ['student'],
      grade,
      parentIds: parents.map((parent) => parent.id),
    };
    this.people.push(pupil);
    this.pupils.push(pupil);
    return pupil;
  }

  #person(prefix: string, sex: Sex) {
    this.#vkUserId += this.#random.between(1, 900);
    return {
      id: `${prefix}${String(this.people.length + 1).padStart(6, '0')}`,
      sex,
      vkUserId: this.#random.chance(LINKED_SHARE) ? this.#vkUserId : null,
      deleted: false,
    };
  }
}
