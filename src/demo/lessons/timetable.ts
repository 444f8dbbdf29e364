/**
 * Makes up a timetable around now. At any hour some lessons are over, some run, and some begin in a few minutes.
 * Pure.
 */
import { DAY_MS, MINUTE_MS } from '../../clock.ts';
import { sure } from '../../sure.ts';

const LESSON_MS = 40 * MINUTE_MS;
/** A lesson and the break after it. */
const PERIOD_MS = 50 * MINUTE_MS;
/** Lessons begin at round minutes, as they do in schools. */
const ROUND_MS = 5 * MINUTE_MS;
/**
 * How long the lesson of `now` has been running, by class in turn: it has just begun, it is about to end, or it is
 * over and the next is soon.
 */
const SINCE_MS = [10, 25, 41].map((minutes) => minutes * MINUTE_MS);
/** The lesson of `now` and those of its class before and after it. The one that runs now is chosen first. */
const PERIODS = [0, -1, 1, -2, 2, 3];
const DAYS = [0, -1, 1];
const TOPICS = [
  'Повторение пройденного (1 ч)',
  'Изучение нового материала (1 ч)',
  'Закрепление изученного. Решение задач (1 ч)',
  'Практическая работа (1 ч)',
  'Обобщающий урок (1 ч)',
];

export interface TaughtGroup {
  id: string;
  classId: string;
  subject: string;
  teacherId: string;
}

export interface MadeLesson {
  id: string;
  subjectGroupId: string;
  teacherId: string;
  startsAt: string;
  endsAt: string;
  topic: string;
}

interface TimetableOrder {
  groups: readonly TaughtGroup[];
  nowMs: number;
  /** Classes that are looked at first. They have a lesson that has just begun, and lessons yesterday and tomorrow. */
  classIds: readonly string[];
  /** Teachers who should have a lesson too. */
  teacherIds: readonly string[];
}

/**
 * Gives lessons in which a class has one subject at a time, with all its groups of that subject at once, and a
 * teacher has one lesson. The same groups always make lessons of the same ids, so a timetable made again an hour
 * later moves them.
 */
export function makeTimetable({ groups, nowMs, classIds, teacherIds }: TimetableOrder): MadeLesson[] {
  const busy = new Map<string, number[]>();
  const isFree = (teacherId: string, atMs: number) =>
    (busy.get(teacherId) ?? []).every((other) => Math.abs(other - atMs) >= LESSON_MS);
  const roundMs = nowMs - (nowMs % ROUND_MS);
  const classes = inOrder(groups, classIds, teacherIds);
  const others = [...classes.keys()].filter((id) => !classIds.includes(id));
  return [...classes].flatMap(([classId, subjects], at) => {
    const isFirst = classIds.includes(classId);
    const sinceMs = isFirst ? sure(SINCE_MS[0]) : sure(SINCE_MS[others.indexOf(classId) % SINCE_MS.length]);
    const days = isFirst ? DAYS : [0];
    return days.flatMap((day) =>
      PERIODS.flatMap((period, index) => {
        const startsAtMs = roundMs - sinceMs + day * DAY_MS + period * PERIOD_MS;
        const free = subjects.findIndex((of) => of.every(({ teacherId }) => isFree(teacherId, startsAtMs)));
        if (free === -1) return [];
        // The subject goes to the end of the list, so that a day has several subjects.
        const [taught] = subjects.splice(free, 1);
        subjects.push(sure(taught));
        return sure(taught).map(({ id, teacherId }) => {
          busy.set(teacherId, [...(busy.get(teacherId) ?? []), startsAtMs]);
          return {
            ...{ id: `demo-${id}-${day}-${period}`, subjectGroupId: id, teacherId },
            startsAt: new Date(startsAtMs).toISOString(),
            endsAt: new Date(startsAtMs + LESSON_MS).toISOString(),
            topic: sure(TOPICS[(index + at) % TOPICS.length]),
          };
        });
      }),
    );
  });
}

/**
 * Gives each class its subjects, and each subject its groups, because the halves of a class learn at once. Classes
 * that are looked at first come first.
 */
function inOrder(
  groups: readonly TaughtGroup[],
  classIds: readonly string[],
  teacherIds: readonly string[],
): Map<string, TaughtGroup[][]> {
  const isAwaited = ({ teacherId }: TaughtGroup) => teacherIds.includes(teacherId);
  const rank = (classId: string, of: readonly TaughtGroup[]) =>
    classIds.includes(classId) ? 0 : of.some(isAwaited) ? 1 : 2;
  const byClass = [...Map.groupBy(groups, ({ classId }) => classId)].sort(
    ([a, ofA], [b, ofB]) => rank(a, ofA) - rank(b, ofB),
  );
  return new Map(
    byClass.map(([classId, of]) => {
      const subjects = [...Map.groupBy(of, ({ subject }) => subject).values()].flatMap(atOnce);
      return [classId, subjects.sort((a, b) => Number(b.some(isAwaited)) - Number(a.some(isAwaited)))];
    }),
  );
}

/** Divides groups into those that learn at once. Halves with one teacher learn one after the other. */
function atOnce(of: TaughtGroup[]): TaughtGroup[][] {
  const teachers = new Set(of.map(({ teacherId }) => teacherId));
  return teachers.size === of.length ? [of] : of.map((group) => [group]);
}
