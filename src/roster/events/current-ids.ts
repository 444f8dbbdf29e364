import type { Sql } from '../../store/database.ts';
import { type FormerId, formerAmong, undecidedAmong } from '../../store/queries/former-ids.ts';
import type { RosterEvent } from './event.ts';

/**
 * Gives the events under the ids that people have now (K4), so that a late one about a former id acts on the person.
 *
 * The events that only clear up after a change of ids are given apart: СГО removes the old card of a person who goes on
 * under another id. Such an event is accepted and changes nothing. It is known by its time, which is after the list
 * that named the new id. A removal of the card alone never speaks of the person, because that list outweighs an earlier
 * event.
 */
export async function eventsUnderCurrentIds(
  tx: Sql,
  schoolId: string,
  events: readonly RosterEvent[],
): Promise<{ said: RosterEvent[]; void: RosterEvent[] }> {
  const named = [...new Set(events.flatMap(peopleIn))];
  const former = await formerAmong(tx, schoolId, named);
  const undecided = await undecidedAmong(tx, schoolId, named);
  if (former.size + undecided.size === 0) return { said: [...events], void: [] };
  const old = new Map([...undecided, ...former]);
  const clearing = new Set(events.filter((event) => clearsUp(event, old)));
  const said = events.filter((event) => !clearing.has(event));
  return { said: said.map((event) => renamed(event, (id) => former.get(id)?.id ?? id)), void: [...clearing] };
}

function clearsUp(event: RosterEvent, old: ReadonlyMap<string, FormerId>): boolean {
  if (event.type === 'sgo.person.removed') return old.has(event.data.id);
  if (event.type !== 'sgo.guardian.unlinked' && event.type !== 'sgo.profile.unlinked') return false;
  return peopleIn(event).some((id) => Date.parse(event.time) > (old.get(id)?.sinceMs ?? Infinity));
}

/** The people whom an event names. */
function peopleIn(event: RosterEvent): string[] {
  const named: string[] = [];
  renamed(event, (id) => {
    named.push(id);
    return id;
  });
  return named;
}

const listed = (ids: readonly string[], idOf: (id: string) => string) => [...new Set(ids.map(idOf))].sort();

function renamed(event: RosterEvent, idOf: (id: string) => string): RosterEvent {
  switch (event.type) {
    case 'sgo.person.saved':
      return { ...event, data: { ...event.data, id: idOf(event.data.id) } };
    case 'sgo.person.removed':
      return { ...event, data: { id: idOf(event.data.id) } };
    case 'sgo.class.saved': {
      const homeroomTeacherIds = listed(event.data.homeroomTeacherIds, idOf);
      return { ...event, data: { ...event.data, homeroomTeacherIds } };
    }
    case 'sgo.subject-group.saved': {
      const { teacherIds, studentIds } = event.data;
      const people = { teacherIds: listed(teacherIds, idOf), studentIds: listed(studentIds, idOf) };
      return { ...event, data: { ...event.data, ...people } };
    }
    case 'sgo.guardian.linked':
    case 'sgo.guardian.unlinked': {
      const { guardianId, studentId } = event.data;
      return { ...event, data: { guardianId: idOf(guardianId), studentId: idOf(studentId) } };
    }
    case 'sgo.order.issued': {
      const items = event.data.items.map((item) => ({ ...item, studentId: idOf(item.studentId) }));
      return { ...event, data: { ...event.data, items } };
    }
    case 'sgo.profile.linked':
      return { ...event, data: { ...event.data, personId: idOf(event.data.personId) } };
    case 'sgo.profile.unlinked':
      return { ...event, data: { personId: idOf(event.data.personId) } };
    case 'sgo.lesson.saved':
      return { ...event, data: { ...event.data, teacherId: idOf(event.data.teacherId) } };
    default:
      return event;
  }
}
