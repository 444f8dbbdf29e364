import { sql } from 'kysely';
import type { Stamp } from '../../desired/model.ts';
import type { Sql } from '../../store/database.ts';
import type { RosterEvent } from './event.ts';

type Saved = Extract<RosterEvent, { type: 'sgo.lesson.saved' }>['data'];

/** Stores a lesson. Where it was stated several times, the greatest stamp wins. */
export async function saveLesson(tx: Sql, schoolId: string, lesson: Saved, stamp: Stamp): Promise<void> {
  await sql`
    insert into lesson as t (school_id, id, subject_group_id, teacher_id, starts_at, ends_at, topic, stated_at, stated_by)
    values (${schoolId}, ${lesson.id}, ${lesson.subjectGroupId}, ${lesson.teacherId}, ${lesson.startsAt}::timestamptz,
      ${lesson.endsAt}::timestamptz, ${lesson.topic}, ${stamp.at}::timestamptz, ${stamp.by})
    on conflict (school_id, id) do update set subject_group_id = excluded.subject_group_id,
      teacher_id = excluded.teacher_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
      topic = excluded.topic, stated_at = excluded.stated_at, stated_by = excluded.stated_by
    where t.stated_at is null or (t.stated_at, t.stated_by) < (excluded.stated_at, excluded.stated_by)`.execute(
    tx,
  );
}
