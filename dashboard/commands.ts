import type { ChatCreation } from '../src/chats/create-chat.ts';
import type { ChatEdit } from '../src/chats/edit-chat.ts';
import type { ChatRemoval } from '../src/chats/remove-chat.ts';
import type { Warning } from '../src/chats/warnings.ts';
import type { MeetingShown } from '../src/lessons/change-meeting.ts';
import type { Asker } from '../src/lessons/standing.ts';
import type { ChatType, Day } from '../src/desired/model.ts';
import type { RemovalLimits } from '../src/plan/model.ts';

/** A new run over the chats of some types, or the plan of a dry run applied as it is (F3). */
type InitializationAsk =
  | { schoolId: string; types: ChatType[]; dryRun: boolean; strict: boolean; asOf: Day | null; by: string }
  | { schoolId: string; plan: string; by: string };

/**
 * What the HTTP edge asks of the engine. Rights have been checked before, shapes too; each throws Refusal for
 * what cannot be done (4xx). `by`: the subject of the caller's token. Operations are named by their ids.
 */
export interface Commands {
  /** `within`: the one school that may be touched; `'*'`: any. Returns the operation's id; the body is durable then. */
  importRoster(ask: { body: Uint8Array; takenAt: Date; within: string; by: string }): Promise<string>;
  /** Each event is judged by itself; what was accepted is durable then. */
  receiveEvents(ask: { schoolId: string; events: readonly unknown[] }): Promise<{
    accepted: number;
    duplicates: number;
    rejected: { id: string | null; message: string }[];
  }>;
  initialize(ask: InitializationAsk): Promise<string>;
  connectSferum(ask: {
    schoolId: string;
    communityId: number;
    accessToken: string;
    tokenKind: 'user' | 'community';
    callsToken: string | null;
    /** Null: the default pace of that kind of token. */
    requestsPerSecond: number | null;
    replaceAccount: boolean;
    by: string;
  }): Promise<void>;
  /** Of a held operation; `chatIds` null: all of it. */
  decide(ask: {
    operationId: string;
    decision: 'approve' | 'reject';
    chatIds: string[] | null;
    by: string;
  }): Promise<void>;
  cancel(ask: { operationId: string; by: string }): Promise<void>;
  undo(ask: { operationId: string; by: string }): Promise<string>;
  /** Rights on chats depend on the chat and the people: these three check them by the roster of the moment. */
  createChat(ask: ChatCreation): Promise<{ chatId: string; warnings: Warning[] }>;
  editChat(ask: ChatEdit): Promise<{ warnings: Warning[] }>;
  /** Returns the operation's id. */
  removeChat(ask: ChatRemoval): Promise<string>;
  /** False: there was no link. */
  unlinkProfile(ask: { schoolId: string; personId: string }): Promise<boolean>;
  /** Rights depend on the lesson: these three check them by the roster of the moment. `title` null: the default. */
  createMeeting(ask: { asker: Asker; lessonId: string; title: string | null }): Promise<MeetingShown>;
  /** None: nothing to do. */
  deleteMeeting(ask: { asker: Asker; lessonId: string }): Promise<void>;
  /** Returns the link of the call that runs now. */
  enterLesson(ask: { asker: Asker; lessonId: string }): Promise<string>;
  /** Replaces all settings; null and missing: the default. */
  saveSettings(ask: {
    schoolId: string;
    timeZone: string | null;
    earlyEntryMinutes: number;
    limits: Partial<RemovalLimits>;
    by: string;
  }): Promise<void>;
}
