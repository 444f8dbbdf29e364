/** K4: what a day will bring to a school, in figures. Pure, from the facts of both days and the plan. */
import { lifetimeOf } from '../desired/lifetime.ts';
import type { ClassFact, DesiredChat } from '../desired/model.ts';
import { isPupil } from '../desired/roles.ts';
import type { School } from '../desired/school.ts';
import type { Plan } from './model.ts';
import type { Reach, Readiness, ReadinessState } from './readiness-model.ts';

/** The ids behind the figures of one school, to be named where a person looks. They are not kept. */
export interface ReadinessGaps {
  pupilIds: readonly string[];
  classIds: readonly string[];
}

/** Gives the worst state that applies. */
export function readinessState({ reach, pupils, classes, held }: Readiness): ReadinessState {
  if (reach === 'no') return 'unreached';
  if (pupils.withoutClass + classes.withoutTeacher > 0) return 'gaps';
  if (reach === 'undated') return 'undated';
  return held > 0 ? 'held' : 'ready';
}

interface ReadinessInput {
  /** The facts of today and of the day that is asked about. */
  now: School;
  then: School;
  plan: Plan;
  desired: readonly DesiredChat[];
  /** True where the chat is archived already. */
  isArchived: (chat: DesiredChat) => boolean;
}

/** Tells how ready a school is, and who is meant. */
export function readinessOf({ now, then, plan, desired, isArchived }: ReadinessInput): {
  readiness: Readiness;
  gaps: ReadinessGaps;
} {
  const classes = currentClasses(then);
  const before = placedPupils(now);
  const after = placedPupils(then);
  const pupils = [...then.facts.people.values()].filter(
    (person) => isPupil(person) && then.isPresent(person.id),
  );
  const withoutClass = pupils.filter(({ id }) => !after.has(id));
  const withoutTeacher = classes.filter(
    ({ homeroomTeacherIds }) => !homeroomTeacherIds.some((id) => then.isPresent(id)),
  );
  const { created, renamed } = plan.counts.chats;
  const archived = desired.filter((chat) => chat.id !== null && chat.archived && !isArchived(chat)).length;
  const readiness = {
    reach: reachOf(classes),
    chats: { created, renamed, archived },
    members: plan.counts.members,
    held: plan.counts.held,
    pupils: {
      total: after.size,
      joining: [...after].filter((id) => !before.has(id)).length,
      leaving: [...before].filter((id) => !after.has(id) && !then.isPresent(id)).length,
      withoutClass: withoutClass.length,
    },
    classes: { total: classes.length, withoutTeacher: withoutTeacher.length },
    estimate: plan.estimate,
  };
  const ids = (of: readonly { id: string }[]) => of.map(({ id }) => id).sort();
  return { readiness, gaps: { pupilIds: ids(withoutClass), classIds: ids(withoutTeacher) } };
}

function currentClasses({ facts, day }: School): ClassFact[] {
  return [...facts.classes.values()].filter((one) => lifetimeOf(one, day) === 'current');
}

function reachOf(classes: readonly ClassFact[]): Reach {
  if (classes.length === 0) return 'no';
  return classes.some(({ startsOn, endsOn }) => startsOn !== null || endsOn !== null) ? 'yes' : 'undated';
}

/** The present pupils of current classes. */
function placedPupils(school: School): Set<string> {
  const rolls = currentClasses(school).map(({ id }) => school.enrolled.classes.get(id));
  const ids = rolls.flatMap((roll) => [...(roll?.students.keys() ?? [])]);
  return new Set(ids.filter((id) => school.isPresent(id)));
}
