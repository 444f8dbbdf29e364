import { type Author, bySystem } from '../author.ts';
import { noteLine } from '../rows/journal.ts';
import type { Sql } from '../store/database.ts';

/**
 * What the journal (J1) records of meetings. `call-lost` is a call that we cannot end, for one of these reasons.
 * unanswered: its start was not answered, and nobody has its link · no-id: Sferum gave no id to end it by · refused:
 * Sferum would not end it.
 */
type MeetingNote = 'meeting-create' | 'meeting-delete' | 'call-start' | 'call-end' | 'call-lost';
export type LostReason = 'unanswered' | 'no-id' | 'refused';

/** `by`: who asked for it; left out where the clock or the call itself did. */
export async function noteMeeting(
  tx: Sql,
  note: { schoolId: string; lessonId: string; at: Date; what: MeetingNote; by?: Author; reason?: LostReason },
): Promise<void> {
  const { schoolId, lessonId, at, what, by, reason } = note;
  await noteLine(tx, {
    ...{ schoolId, at, what, cause: `lesson:${lessonId}`, author: by ?? bySystem('lessons') },
    details: { lessonId, ...(reason ? { reason } : {}) },
  });
}
