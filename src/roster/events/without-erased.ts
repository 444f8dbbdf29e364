import type { RosterEvent } from './event.ts';

/** Whether a person is erased and the statement older than the departure. */
type IsErased = (personId: string) => boolean;

/** Gives the event without what it says of the erased; null where nothing is left. Pure. */
export function withoutErased(event: RosterEvent, isErased: IsErased): RosterEvent | null {
  switch (event.type) {
    case 'sgo.person.saved':
    case 'sgo.person.removed':
      return isErased(event.data.id) ? null : event;
    case 'sgo.profile.linked':
    case 'sgo.profile.unlinked':
      return isErased(event.data.personId) ? null : event;
    case 'sgo.guardian.linked':
    case 'sgo.guardian.unlinked':
      return isErased(event.data.guardianId) || isErased(event.data.studentId) ? null : event;
    case 'sgo.order.issued': {
      const items = event.data.items.filter(({ studentId }) => !isErased(studentId));
      return items.length === 0 ? null : { ...event, data: { ...event.data, items } };
    }
    case 'sgo.subject-group.saved': {
      const studentIds = event.data.studentIds.filter((id) => !isErased(id));
      return { ...event, data: { ...event.data, studentIds } };
    }
    default:
      return event;
  }
}
