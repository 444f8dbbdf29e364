import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';

/**
 * What the journal (J1) tells of meetings. `call-lost`: a call that we cannot end; `reason` unanswered: its start was
 * not answered, nobody has its link · no-id: Sferum gave none to end it by · refused: Sferum would not end it.
 */
export type MeetingNote = 'meeting-create' | 'meeting-delete' | 'call-start' | 'call-end' | 'call-lost';
export type LostReason = 'unanswered' | 'no-id' | 'refused';

export async function noteMeeting(
  tx: Sql,
  note: { schoolId: string; lessonId: string; at: Date; what: MeetingNote; by?: string; reason?: LostReason },
): Promise<void> {
  const { schoolId, lessonId, at, what, by, reason } = note;
  const details = { lessonId, ...(by ? { by } : {}), ...(reason ? { reason } : {}) };
  await sql`insert into journal (school_id, at, what, cause, details)
    values (${schoolId}, ${at}, ${what}, ${`lesson:${lessonId}`}, ${JSON.stringify(details)}::jsonb)`.execute(
    tx,
  );
}
