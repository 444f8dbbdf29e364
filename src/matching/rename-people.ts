import { sql } from 'kysely';
import { renameChatAuthors } from '../rows/chat.ts';
import { renameInExceptions } from '../rows/exception.ts';
import { renameInWords } from '../rows/journal.ts';
import { renameMeetingAuthors } from '../rows/meeting.ts';
import { renameListed } from '../rows/membership.ts';
import { renameAskers } from '../rows/operation.ts';
import { renamePlanned } from '../rows/operation-chat.ts';
import { renameFormer } from '../rows/person-match.ts';
import { renameClaims } from '../rows/profile-claim.ts';
import { renameLinks } from '../rows/profile-link.ts';
import { moveRevision } from '../rows/school.ts';
import { renameChoices } from '../rows/told-choice.ts';
import type { Sql } from '../store/database.ts';
import { type NewIds, newIdsOf, type Renaming } from '../store/renaming.ts';

/**
 * Gives everything that belongs to these people to their new ids (K4): facts, orders, profiles, places in chats, what
 * people have ruled, and what they have begun. Sferum knows profiles alone, so nobody enters or leaves a chat by it.
 *
 * The rows move, and the old ids do not stay as names of the people inside: every rule, query and answer goes on with
 * one id a person, that of СГО, and only the edges look an old id up (store/queries/former-ids.ts). Two kinds of rows
 * keep the ids of their day. The journal and the trail may not be changed, so their readers ask by all ids of a person.
 * A staged list says what СГО said, and is read under the ids of now.
 *
 * What is known of a new id already has priority over what the old one has in the same place.
 * `tx` must hold the school and all profiles (`holdAllProfiles`). No new id may be an old one as well.
 */
export async function renamePeople(tx: Sql, schoolId: string, pairs: readonly Renaming[]): Promise<void> {
  if (pairs.length === 0) return;
  const ids = newIdsOf(pairs);
  await renameFacts(tx, schoolId, ids);
  await renameOrders(tx, schoolId, ids);
  await renameLinks(tx, schoolId, ids);
  await renameClaims(tx, schoolId, ids);
  await renameListed(tx, schoolId, ids);
  await renameInExceptions(tx, schoolId, ids);
  await renameChatAuthors(tx, schoolId, ids);
  await renameMeetingAuthors(tx, schoolId, ids);
  await renameAskers(tx, schoolId, ids);
  await renamePlanned(tx, schoolId, ids);
  await renameInWords(tx, schoolId, ids);
  await renameChoices(tx, schoolId, ids);
  await renameWork(tx, schoolId, ids);
  await renameFormer(tx, schoolId, pairs);
  await moveRevision(tx, schoolId);
}

/** Renames people in the facts. Where two rows get one key, the row of the new id stays. */
async function renameFacts(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const [person, pupil, guardian] = [sql`t.id`, sql`t.student_id`, sql`t.guardian_id`];
  await sql`delete from person t where t.school_id = ${schoolId} and ${ids.has(person)}
    and exists (select from person n where n.school_id = t.school_id and n.id = ${ids.of(person)} and n.present)`.execute(
    tx,
  );
  await sql`delete from person n using person t where t.school_id = ${schoolId} and ${ids.has(person)}
    and n.school_id = t.school_id and n.id = ${ids.of(person)}`.execute(tx);
  await sql`update person t set id = ${ids.of(person)} where t.school_id = ${schoolId} and ${ids.has(person)}`.execute(
    tx,
  );
  await sql`delete from enrollment t where t.school_id = ${schoolId} and ${ids.has(pupil)}
    and exists (select from enrollment n where n.school_id = t.school_id and n.unit = t.unit and n.unit_id = t.unit_id
      and n.student_id = ${ids.of(pupil)})`.execute(tx);
  await sql`update enrollment t set student_id = ${ids.of(pupil)}
    where t.school_id = ${schoolId} and ${ids.has(pupil)}`.execute(tx);
  const isTie = sql`t.school_id = ${schoolId} and (${ids.has(guardian)} or ${ids.has(pupil)})`;
  await sql`delete from guardian t where ${isTie} and exists (select from guardian n where n.school_id = t.school_id
    and n.guardian_id = ${ids.of(guardian)} and n.student_id = ${ids.of(pupil)})`.execute(tx);
  await sql`update guardian t set guardian_id = ${ids.of(guardian)}, student_id = ${ids.of(pupil)}
    where ${isTie}`.execute(tx);
  await renameTeachers(tx, schoolId, ids);
}

async function renameTeachers(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const [homeroom, teachers] = [sql`t.homeroom_teacher_ids`, sql`t.teacher_ids`];
  const dated = sql`t.dated_teachers`;
  const inDated = sql`case when ${dated} is not null then ${ids.inObjects(dated, 'id')} end`;
  await sql`update class t set homeroom_teacher_ids = ${ids.inList(homeroom)}, dated_teachers = ${inDated}
    where t.school_id = ${schoolId} and (${ids.named(homeroom)} or ${ids.inField(dated, 'id')})`.execute(tx);
  await sql`update subject_group t set teacher_ids = ${ids.inList(teachers)}, dated_teachers = ${inDated}
    where t.school_id = ${schoolId} and (${ids.named(teachers)} or ${ids.inField(dated, 'id')})`.execute(tx);
  const teacher = sql`t.teacher_id`;
  await sql`update lesson t set teacher_id = ${ids.of(teacher)}
    where t.school_id = ${schoolId} and ${ids.has(teacher)}`.execute(tx);
}

/** A trigger puts the pupils' places in (order_place). */
async function renameOrders(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const pupils = sql`t.student_ids`;
  await sql`update roster_order t set student_ids = ${ids.inList(pupils)},
      items = ${ids.inObjects(sql`t.items`, 'studentId')}
    where t.school_id = ${schoolId} and ${ids.named(pupils)}`.execute(tx);
}

/** What people have open: drafts, sessions, a profile that is being linked. A draft under the new id stays. */
async function renameWork(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const [author, picked, subject] = [sql`t.author_id`, sql`t.person_id`, sql`t.subject`];
  await sql`delete from chat_draft t where t.school_id = ${schoolId} and ${ids.has(author)}
    and exists (select from chat_draft n where n.school_id = t.school_id and n.author_id = ${ids.of(author)}
      and n.chat_id is not distinct from t.chat_id)`.execute(tx);
  await sql`update chat_draft t set author_id = ${ids.of(author)}
    where t.school_id = ${schoolId} and ${ids.has(author)}`.execute(tx);
  await sql`delete from chat_draft_person t where t.school_id = ${schoolId} and ${ids.has(picked)}
    and exists (select from chat_draft_person n where n.draft_id = t.draft_id
      and n.person_id = ${ids.of(picked)})`.execute(tx);
  await sql`update chat_draft_person t set person_id = ${ids.of(picked)}
    where t.school_id = ${schoolId} and ${ids.has(picked)}`.execute(tx);
  await sql`update console_session t set subject = ${ids.of(subject)}
    where t.school_id = ${schoolId} and ${ids.has(subject)}
      and t.role not in ('operator', 'service', 'security')`.execute(tx);
  await sql`update profile_linking t set person_id = ${ids.of(picked)}
    where t.school_id = ${schoolId} and ${ids.has(picked)}`.execute(tx);
}
