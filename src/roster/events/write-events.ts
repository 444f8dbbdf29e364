import { sql } from 'kysely';
import { exactInstant } from '../../clock.ts';
import { compareStamps } from '../../desired/evidence.ts';
import type { OrderItem, Stamp } from '../../desired/model.ts';
import { stampOf } from '../../facts/stamp.ts';
import { Touched } from '../../facts/touched.ts';
import { profilesOf, refusedLinks, TAKEN } from '../../profile/profile-links.ts';
import { type Relinked, settleProfiles } from '../../profile/settle-profiles.ts';
import { groupsChanged, lessonChanged } from '../../rows/meeting.ts';
import { stateClaims } from '../../rows/profile-claim.ts';
import type { Sql } from '../../store/database.ts';
import type { Moment } from '../../store/school-day.ts';
import { personNameKey } from '../../text/name-key.ts';
import { CLASS, ENROLLMENT, type FactTable, GUARDIAN, PERSON, SUBJECT_GROUP } from '../fact-tables.ts';
import { isLate, settleOrder, stateLateList } from '../late-lists.ts';
import { leaveOutAgain, reviveCancelled } from '../revive.ts';
import { type StatedRow, stateFacts } from '../state-facts.ts';
import { noteWholeList } from '../whole-lists.ts';
import type { EventType, RejectedEvent, RosterEvent } from './event.ts';
import { refusedHeirs } from './refused-heirs.ts';
import { settleLists } from './settle-lists.ts';
import { outdateByRoster, type StampedTable, stateGone } from './state-gone.ts';
import { saveLesson } from './write-lesson.ts';
import { cancelOrder, issueOrder, pupilsWhoLeave } from './write-order.ts';

/** An event gives a group no days, so those that a roster gave stay. */
const GROUP_BY_EVENT: FactTable = {
  ...SUBJECT_GROUP,
  columns: SUBJECT_GROUP.columns.map((column) =>
    column.type === 'date' ? { ...column, whole: `case when t.present then t.${column.name} end` } : column,
  ),
};
const LESSON: StampedTable = { name: 'lesson', keys: ['id'] };
const PROFILE_LINK: StampedTable = { name: 'profile_link', keys: ['person_id'] };

interface Writing {
  tx: Sql;
  schoolId: string;
  /** When the newest whole roster was taken; ISO 8601. */
  rosterTakenAt: string | null;
  touched: Touched;
}

type Writer<Event extends RosterEvent> = (writing: Writing, event: Event, stamp: Stamp) => Promise<void>;

/**
 * Writes events into the facts. Where several statements are about one fact, the one with the greatest (time, id) wins,
 * imports included, in whatever order they arrive. The transaction holds the school.
 * @returns what the events touched; the links that were refused, to a VK ID that somebody else has, which are
 *   remembered (A7); and the people of other schools who have another VK ID now
 */
export async function writeEvents(
  tx: Sql,
  schoolId: string,
  events: readonly RosterEvent[],
  moment: Moment,
): Promise<{ written: RosterEvent[]; rejected: RejectedEvent[]; touched: Touched; elsewhere: Relinked[] }> {
  const touched = new Touched();
  const writing = { tx, schoolId, rosterTakenAt: await rosterTakenAt(tx, schoolId), touched };
  const inOrder = events.toSorted(byStamp);
  const heirs = await refusedHeirs(tx, schoolId, inOrder);
  const sorted = inOrder.filter((event) => !heirs.has(event));
  for (const event of sorted) {
    // The writer of a type takes the events of that type, which TypeScript does not join.
    const write = WRITERS[event.type] as Writer<RosterEvent>;
    await write(writing, event, stampOf(event.time, event.id));
  }
  const last = sorted.at(-1);
  const rejected = [...heirs.values()];
  if (!last) return { written: [], rejected, touched, elsewhere: [] };
  const mayReturn = { peopleIds: [...touched.people.keys()] };
  for (const personId of await reviveCancelled(tx, schoolId, mayReturn)) touched.person(personId, last.id);
  const relinked = await settleProfiles(
    tx,
    await profilesOf(tx, schoolId, [...touched.people.keys()]),
    moment,
  );
  for (const one of relinked) if (one.schoolId === schoolId) touched.person(one.personId, last.id);
  const refused = await refusedEvents(tx, schoolId, sorted);
  return {
    written: sorted.filter((event) => !refused.includes(event)),
    rejected: [...rejected, ...refused.map(({ id }) => ({ id, message: `data.vkUserId: ${TAKEN}` }))],
    touched,
    elsewhere: relinked.filter((one) => one.schoolId !== schoolId),
  };
}

/** Gives the events whose link was refused because somebody else has the VK ID (A7). */
async function refusedEvents(
  tx: Sql,
  schoolId: string,
  events: readonly RosterEvent[],
): Promise<RosterEvent[]> {
  const links = events.filter(({ type }) => type === 'sgo.profile.linked');
  const byOf = ({ time, id }: RosterEvent) => stampOf(time, id).by;
  const refused = await refusedLinks(tx, schoolId, links.map(byOf));
  return links.filter((event) => refused.has(byOf(event)));
}

function byStamp(a: RosterEvent, b: RosterEvent): number {
  return compareStamps(stampOf(a.time, a.id), stampOf(b.time, b.id));
}

async function rosterTakenAt(tx: Sql, schoolId: string): Promise<string | null> {
  const school = await tx
    .selectFrom('school')
    .select('roster_taken_at')
    .where('id', '=', schoolId)
    .executeTakeFirst();
  const at = school?.roster_taken_at ?? null;
  return at === null ? null : exactInstant(at);
}

const WRITERS: { [Type in EventType]: Writer<Extract<RosterEvent, { type: Type }>> } = {
  async 'sgo.person.saved'(writing, { id: eventId, data }, stamp) {
    await state(writing, PERSON, stamp, [
      {
        id: data.id,
        family_name: data.familyName,
        given_name: data.givenName,
        middle_name: data.middleName ?? '',
        name_key: personNameKey(data),
        sex: data.sex,
        birth_date: data.birthDate,
        roles: data.roles,
      },
    ]);
    writing.touched.person(data.id, eventId);
  },

  async 'sgo.person.removed'({ tx, schoolId, touched }, { id: eventId, data }, stamp) {
    await stateGone(tx, PERSON, schoolId, [data.id], stamp);
    touched.person(data.id, eventId);
  },

  async 'sgo.class.saved'(writing, { id: eventId, data }, stamp) {
    if (data.continues !== null) await touchContinued(writing, data.id, eventId);
    await state(writing, CLASS, stamp, [
      {
        id: data.id,
        title: data.title,
        grade: data.grade,
        homeroom_teacher_ids: data.homeroomTeacherIds,
        starts_on: data.startsOn,
        ends_on: data.endsOn,
        continues: data.continues,
      },
    ]);
    writing.touched.class(data.id, eventId);
  },

  async 'sgo.class.closed'({ tx, schoolId, touched }, { id: eventId, data }, stamp) {
    await stateGone(tx, CLASS, schoolId, [data.id], stamp);
    touched.class(data.id, eventId);
  },

  async 'sgo.subject-group.saved'(writing, { id: eventId, data }, stamp) {
    const { tx, schoolId, touched } = writing;
    await state(writing, GROUP_BY_EVENT, stamp, [
      {
        id: data.id,
        title: data.title,
        subject: data.subject,
        class_id: data.classId,
        teacher_ids: data.teacherIds,
        starts_on: null,
        ends_on: null,
      },
    ]);
    await noteWholeList(tx, schoolId, stamp, data.id);
    await sql`update subject_group set listed_at = ${stamp.at}::timestamptz, listed_by = ${stamp.by}
      where school_id = ${schoolId} and id = ${data.id}
        and (listed_at is null or (listed_at, listed_by) < (${stamp.at}::timestamptz, ${stamp.by}))`.execute(
      tx,
    );
    if (await isLate(tx, schoolId, data.id, stamp)) {
      await stateLateList(tx, schoolId, data.id, { stamp, studentIds: data.studentIds });
    } else {
      const places = data.studentIds.map((student_id) => ({ unit: 'group', unit_id: data.id, student_id }));
      const undated = places.map((place) => ({ ...place, begins_on: null, ends_on: null }));
      await state(writing, ENROLLMENT, stamp, undated);
      await settleLists(tx, schoolId, [data.id]);
    }
    await groupsChanged(tx, { schoolId, groupId: data.id, at: stamp.at });
    touched.unit('group', data.id, eventId);
    for (const id of await pupilsWhoLeave(tx, schoolId, await everIn(tx, schoolId, data.id))) {
      touched.person(id, eventId);
    }
  },

  async 'sgo.subject-group.removed'({ tx, schoolId, touched }, { id: eventId, data }, stamp) {
    await stateGone(tx, SUBJECT_GROUP, schoolId, [data.id], stamp);
    await groupsChanged(tx, { schoolId, groupId: data.id, at: stamp.at });
    touched.unit('group', data.id, eventId);
  },

  async 'sgo.guardian.linked'(writing, { id: eventId, data }, stamp) {
    await state(writing, GUARDIAN, stamp, [{ guardian_id: data.guardianId, student_id: data.studentId }]);
    writing.touched.person(data.guardianId, eventId);
  },

  async 'sgo.guardian.unlinked'({ tx, schoolId, touched }, { id: eventId, data }, stamp) {
    await stateGone(tx, GUARDIAN, schoolId, [data.guardianId, data.studentId], stamp);
    touched.person(data.guardianId, eventId);
  },

  async 'sgo.order.issued'({ tx, schoolId, touched }, { id: eventId, data }, stamp) {
    const before = await issueOrder(tx, schoolId, data, stamp);
    await settleOrder(tx, schoolId, data.id, { issued: stamp, before });
    const pupils = [...new Set(before.map(({ studentId }) => studentId))];
    for (const id of await leaveOutAgain(tx, schoolId, data.id, pupils)) touched.person(id, eventId);
    touchItems(touched, [...before, ...data.items], eventId);
  },

  async 'sgo.order.cancelled'({ tx, schoolId, touched }, { id: eventId, data }, stamp) {
    touchItems(touched, await cancelOrder(tx, schoolId, data.id, stamp), eventId);
  },

  async 'sgo.profile.linked'({ tx, schoolId, touched }, { id: eventId, data }, stamp) {
    await stateClaims(tx, [{ schoolId, ...data }], stamp);
    touched.person(data.personId, eventId);
  },

  async 'sgo.profile.unlinked'({ tx, schoolId, touched }, { id: eventId, data }, stamp) {
    await stateGone(tx, PROFILE_LINK, schoolId, [data.personId], stamp);
    touched.person(data.personId, eventId);
  },

  async 'sgo.lesson.saved'({ tx, schoolId }, { data }, stamp) {
    await saveLesson(tx, schoolId, data, stamp);
    await lessonChanged(tx, schoolId, data.id);
  },

  async 'sgo.lesson.removed'({ tx, schoolId }, { data }, stamp) {
    await stateGone(tx, LESSON, schoolId, [data.id], stamp);
    await lessonChanged(tx, schoolId, data.id);
  },
};

/** A class that was said to continue another one may free that one again (K4). */
async function touchContinued(
  { tx, schoolId, touched }: Writing,
  id: string,
  eventId: string,
): Promise<void> {
  const before = await tx
    .selectFrom('class')
    .select('continues')
    .where('school_id', '=', schoolId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (before?.continues != null) touched.class(before.continues, eventId);
}

async function state(
  writing: Writing,
  table: FactTable,
  stamp: Stamp,
  rows: readonly StatedRow[],
): Promise<void> {
  const { tx, schoolId, rosterTakenAt } = writing;
  await stateFacts(tx, table, { schoolId, stamp, addOnly: false }, rows);
  if (rosterTakenAt !== null && stamp.at < rosterTakenAt) {
    await outdateByRoster(tx, table, schoolId, stamp, rosterTakenAt);
  }
}

/** Gives the people who are or were in a group. */
async function everIn(tx: Sql, schoolId: string, groupId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select student_id as id from enrollment
    where school_id = ${schoolId} and unit = 'group' and unit_id = ${groupId}`.execute(tx);
  return rows.map((row) => row.id);
}

/**
 * Marks the places of an order's pupils as touched. Places that only its earlier version named are touched too,
 * because they may be nobody's any more.
 */
function touchItems(touched: Touched, items: readonly OrderItem[], eventId: string): void {
  for (const item of items) {
    touched.person(item.studentId, eventId);
    for (const classId of [item.classId, item.toClassId])
      if (classId) touched.unit('class', classId, eventId);
    for (const groupId of item.subjectGroupIds) touched.unit('group', groupId, eventId);
  }
}
