import type { Commands } from '../dashboard/commands.ts';
import { createChat } from './chats/create-chat.ts';
import { editChat } from './chats/edit-chat.ts';
import { removeChat } from './chats/remove-chat.ts';
import { unlinkProfile } from './chats/unlink-profile.ts';
import type { Context } from './context.ts';
import { createMeeting, deleteMeeting } from './lessons/change-meeting.ts';
import { enterLesson } from './lessons/enter-lesson.ts';
import { cancelOperation } from './reconcile/cancel-operation.ts';
import { connectSferum } from './reconcile/connect-sferum.ts';
import { decideHeld } from './reconcile/decide-held.ts';
import { receiveEvents } from './reconcile/follow-events.ts';
import { requestInitialization, requestRosterImport } from './reconcile/requests.ts';
import { saveSettings } from './reconcile/save-settings.ts';
import { undoOperation } from './reconcile/undo.ts';

/** What the HTTP edge and the console may ask of the engine, bound to one context. */
export function commandsOf(ctx: Context): Commands {
  return {
    importRoster: (ask) => requestRosterImport(ctx, ask),
    receiveEvents: (ask) => receiveEvents(ctx, ask),
    initialize: (ask) => requestInitialization(ctx, ask),
    connectSferum: (ask) => connectSferum(ctx, ask),
    decide: (ask) => decideHeld(ctx, ask),
    cancel: (ask) => cancelOperation(ctx, ask),
    undo: (ask) => undoOperation(ctx, ask),
    createChat: (ask) => createChat(ctx, ask),
    editChat: (ask) => editChat(ctx, ask),
    removeChat: (ask) => removeChat(ctx, ask),
    unlinkProfile: (ask) => unlinkProfile(ctx, ask),
    createMeeting: (ask) => createMeeting(ctx, ask),
    deleteMeeting: (ask) => deleteMeeting(ctx, ask),
    enterLesson: (ask) => enterLesson(ctx, ask),
    saveSettings: (ask) => saveSettings(ctx, ask),
  };
}
