/** A subject. `split`: taught in two halves of the class. */
export interface Subject {
  title: string;
  grades: readonly [first: number, last: number];
  split?: true;
  /** Taught by the teacher of the primary class. */
  primary?: true;
}

const SUBJECTS: readonly Subject[] = [
  { title: 'Окружающий мир', grades: [1, 4], primary: true },
  { title: 'Литературное чтение', grades: [1, 4], primary: true },
  { title: 'Русский язык', grades: [1, 4], primary: true },
  { title: 'Математика', grades: [1, 4], primary: true },
  { title: 'Технология', grades: [1, 4], primary: true },
  { title: 'Разговоры о важном', grades: [1, 4], primary: true },
  { title: 'Функциональная грамотность', grades: [1, 4], primary: true },
  { title: 'Музыка', grades: [1, 8] },
  { title: 'Изобразительное искусство', grades: [1, 7] },
  { title: 'Физическая культура', grades: [1, 11] },
  { title: 'Шахматы', grades: [1, 4] },
  { title: 'Английский язык', grades: [1, 11], split: true },
  { title: 'Информатика', grades: [1, 11], split: true },
  { title: 'Русский язык', grades: [5, 11] },
  { title: 'Литература', grades: [5, 11] },
  { title: 'Математика', grades: [5, 6] },
  { title: 'Алгебра', grades: [7, 11] },
  { title: 'Геометрия', grades: [7, 11] },
  { title: 'История', grades: [5, 11] },
  { title: 'Обществознание', grades: [6, 11] },
  { title: 'География', grades: [5, 11] },
  { title: 'Биология', grades: [5, 11] },
  { title: 'Физика', grades: [7, 11] },
  { title: 'Химия', grades: [8, 11] },
  { title: 'Краеведение', grades: [5, 7] },
  { title: 'ОБЗР', grades: [8, 11] },
  { title: 'Труд (технология)', grades: [5, 8], split: true },
  { title: 'Второй иностранный язык', grades: [5, 9], split: true },
];

/** Electives for a part of a profile class: «10 *Основы журналистики/10-А (П)». */
export const PROFILE_ELECTIVES = [
  'Основы журналистики',
  'Азбука в экономике',
  'Решение нестандартных задач',
  'Основы права',
  'Биохимия',
  'Инженерная графика',
  'Психология общения',
];

/** Electives for pupils of several classes of a grade. */
export const CROSS_ELECTIVES = [
  'Олимпиадная математика',
  'Школьный театр',
  'Робототехника',
  'Хоровое пение',
  'Волейбол',
  'Юный эколог',
];

/** The subject of a group that has no pupils yet. */
export const UNFILLED_SUBJECT = 'Индивидуальный проект';

/** The subjects of a grade. */
export function taughtIn(grade: number): Subject[] {
  return SUBJECTS.filter(({ grades: [first, last] }) => first <= grade && grade <= last);
}
