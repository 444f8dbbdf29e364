import type { LiveState } from '../plan/model.ts';
import type { SferumStep } from '../plan/steps.ts';

/** One answer of Sferum about one member, for the journal (J1). */
interface Answer {
  step: SferumStep['step'];
  userId?: number;
  result: 'done' | 'waiting' | 'refused';
  reason?: string;
}

/** What the rows hold of a live chat's title and members. */
interface Recorded {
  title: string | null;
  members: ReadonlyMap<number, { admin: boolean; state: LiveState }>;
}

/** What the work on a live chat has done, and what is known of the chat afterwards. */
export interface Brought {
  title: string;
  members: Map<number, { admin: boolean; state: LiveState; reason?: string }>;
  created: boolean;
  recorded: Recorded;
  /** The invite link, where the work has made a new one. */
  inviteLink?: string;
  /** True where a person was taken out who may know the invite link, so that the link must be replaced. */
  linkDue: boolean;
  /** True where an admin who must leave or lose the rights waits for a successor (D14). */
  handover: boolean;
  /** True where only the owning account administers the chat, although the list names an admin (D14). */
  lacksAdmin: boolean;
  /** When the members at Sferum were last known for sure. Null means that they must be read first. */
  seenAt: Date | null;
  /** Set where strangers were seen that the guard has not judged yet (F4). */
  unguarded?: true;
  answers: Answer[];
}
