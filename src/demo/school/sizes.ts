export type SchoolSize = 'manual' | 'middle' | 'small';

export interface ClassPlan {
  title: string;
  grade: number;
  pupils: number;
}

export interface SchoolPlan {
  classes: ClassPlan[];
  /** Teachers of subjects, besides one teacher for each primary class. */
  subjectTeachers: number;
  otherStaff: number;
  /** How many families have two and three children in the school. */
  pairs: number;
  triples: number;
  /** Pupils who left, by an end date and by a deleted row, and pupils who moved to another class. */
  endedPupils: number;
  deletedPupils: number;
  movedPupils: number;
  /** Electives across the classes of a grade. */
  crossElectives: number;
  /** The share of classes with a group that has no pupils yet. */
  emptyGroupShare: number;
}

const LETTERS = [...'АБВГДЕЖЗИКЛМН'];
const PROFILE_LETTERS = [...'АБВ'];

/** Thirteen classes in each of grades 1–9, nine in 10 and 11 (three of them profile classes), and «1 доп»: 136. */
function manualClasses(): ClassPlan[] {
  const classes: ClassPlan[] = [{ title: '1 доп', grade: 1, pupils: 14 }];
  for (let grade = 1; grade <= 11; grade++) {
    const senior = grade >= 10;
    const titles = (senior ? LETTERS.slice(0, 6) : LETTERS).map((letter) => `${grade}${letter}`);
    if (senior) titles.push(...PROFILE_LETTERS.map((letter) => `${grade}${letter} (П)`));
    for (const [at, title] of titles.entries())
      classes.push({ title, grade, pupils: 27 + ((at * 3 + grade) % 5) });
  }
  return classes;
}

export const SIZES: Readonly<Record<SchoolSize, SchoolPlan>> = {
  manual: {
    classes: manualClasses(),
    subjectTeachers: 165,
    otherStaff: 12,
    pairs: 220,
    triples: 20,
    endedPupils: 40,
    deletedPupils: 20,
    movedPupils: 30,
    crossElectives: 60,
    emptyGroupShare: 0.9,
  },
  middle: {
    classes: [
      { title: '1 доп', grade: 1, pupils: 14 },
      { title: '5А', grade: 5, pupils: 24 },
      { title: '5Б', grade: 5, pupils: 25 },
      { title: '8А', grade: 8, pupils: 26 },
      { title: '10А (П)', grade: 10, pupils: 22 },
    ],
    subjectTeachers: 16,
    otherStaff: 3,
    pairs: 8,
    triples: 1,
    endedPupils: 2,
    deletedPupils: 1,
    movedPupils: 1,
    crossElectives: 2,
    emptyGroupShare: 0.7,
  },
  small: {
    classes: [
      { title: '1 доп', grade: 1, pupils: 14 },
      { title: '5А', grade: 5, pupils: 24 },
      { title: '10А (П)', grade: 10, pupils: 22 },
    ],
    subjectTeachers: 10,
    otherStaff: 2,
    pairs: 5,
    triples: 1,
    endedPupils: 2,
    deletedPupils: 1,
    movedPupils: 1,
    crossElectives: 1,
    emptyGroupShare: 0.7,
  },
};
