import type { LiveState } from '../plan/model.ts';
import type { SferumStep } from '../plan/steps.ts';

/** One answer of Sferum about one member, for the journal (J1). */
export interface Answer {
  step: SferumStep['step'];
  userId?: number;
  result: 'done' | 'waiting' | 'refused';
  reason?: string;
}

/** What is known of the live chat after the work, and what was done to it. */
export interface Brought {
  title: string;
  members: Map<number, { admin: boolean; state: LiveState; reason?: string }>;
  created: boolean;
  /** The chat's new invite link, where it was made anew. */
  inviteLink?: string;
  /** Somebody was taken out, and the link that he may know is still good. */
  linkDue: boolean;
  /** An admin who must go, or be one no more, waits for his successor (D14). */
  handover: boolean;
  /** Nobody but the owning account administers it, although somebody should (D14). */
  lacksAdmin: boolean;
  /** When Sferum's side of it was last known for sure; null: it must be read first. */
  seenAt: Date | null;
  /** Strangers were seen that no plan has judged yet. */
  unguarded?: true;
  answers: Answer[];
}
