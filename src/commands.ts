import { createChat } from './chats/create-chat.ts';
import { editChat } from './chats/edit-chat.ts';
import { removeChats } from './chats/remove-chats.ts';
import { tryAgain } from './chats/try-again.ts';
import type { Context } from './context.ts';
import { receiveEvents } from './follow/follow-events.ts';
import { createMeeting, deleteMeeting } from './lessons/change-meeting.ts';
import { enterLesson } from './lessons/enter-lesson.ts';
import { approveLater, takeBackApproval } from './operations/approve-later.ts';
import { cancelOperation } from './operations/cancel-operation.ts';
import { requestCheck } from './operations/check.ts';
import { connectSferum } from './operations/connect-sferum.ts';
import { decideClasses } from './operations/decide-classes.ts';
import { decideHeld } from './operations/decide-held.ts';
import { approveManyLater, decideMany, takeBackMany } from './operations/decide-many.ts';
import { decidePeople } from './operations/decide-people.ts';
import { previewImport } from './operations/preview-import.ts';
import { requestInitialization, requestRosterImport, requestValidation } from './operations/requests.ts';
import { savePauses, saveRegionPauses } from './operations/save-pauses.ts';
import { saveSettings } from './operations/save-settings.ts';
import { undoOperation } from './operations/undo.ts';
import { unlinkProfile } from './profile/unlink-profile.ts';

/** The argument of a command, after the context. */
type Ask<Command extends (ctx: Context, ask: never) => unknown> = Parameters<Command>[1];

/**
 * Binds to one context what the HTTP edge and the console may ask of the engine. Rights and shapes have been checked
 * before, except for chats and lessons, whose rights depend on the roster of the moment. Each command throws Refusal
 * for what cannot be done (4xx). `by`: the subject of the caller's token.
 */
export function commandsOf(ctx: Context) {
  return {
    importRoster: (ask: Ask<typeof requestRosterImport>) => requestRosterImport(ctx, ask),
    validateRoster: (ask: Ask<typeof requestValidation>) => requestValidation(ctx, ask),
    receiveEvents: (ask: Ask<typeof receiveEvents>) => receiveEvents(ctx, ask),
    initialize: (ask: Ask<typeof requestInitialization>) => requestInitialization(ctx, ask),
    check: (ask: Ask<typeof requestCheck>) => requestCheck(ctx, ask),
    connectSferum: (ask: Ask<typeof connectSferum>) => connectSferum(ctx, ask),
    decide: (ask: Ask<typeof decideHeld>) => decideHeld(ctx, ask),
    decideClasses: (ask: Ask<typeof decideClasses>) => decideClasses(ctx, ask),
    decidePeople: (ask: Ask<typeof decidePeople>) => decidePeople(ctx, ask),
    decideMany: (ask: Ask<typeof decideMany>) => decideMany(ctx, ask),
    approveManyLater: (ask: Ask<typeof approveManyLater>) => approveManyLater(ctx, ask),
    takeBackMany: (ask: Ask<typeof takeBackMany>) => takeBackMany(ctx, ask),
    approveLater: (ask: Ask<typeof approveLater>) => approveLater(ctx, ask),
    takeBackApproval: (ask: Ask<typeof takeBackApproval>) => takeBackApproval(ctx, ask),
    cancel: (ask: Ask<typeof cancelOperation>) => cancelOperation(ctx, ask),
    undo: (ask: Ask<typeof undoOperation>) => undoOperation(ctx, ask),
    createChat: (ask: Ask<typeof createChat>) => createChat(ctx, ask),
    editChat: (ask: Ask<typeof editChat>) => editChat(ctx, ask),
    previewImport: (ask: Ask<typeof previewImport>) => previewImport(ctx, ask),
    tryAgain: (ask: Ask<typeof tryAgain>) => tryAgain(ctx, ask),
    removeChats: (ask: Ask<typeof removeChats>) => removeChats(ctx, ask),
    unlinkProfile: (ask: Ask<typeof unlinkProfile>) => unlinkProfile(ctx, ask),
    createMeeting: (ask: Ask<typeof createMeeting>) => createMeeting(ctx, ask),
    deleteMeeting: (ask: Ask<typeof deleteMeeting>) => deleteMeeting(ctx, ask),
    enterLesson: (ask: Ask<typeof enterLesson>) => enterLesson(ctx, ask),
    savePauses: (ask: Ask<typeof savePauses>) => savePauses(ctx, ask),
    saveRegionPauses: (ask: Ask<typeof saveRegionPauses>) => saveRegionPauses(ctx, ask),
    saveSettings: (ask: Ask<typeof saveSettings>) => saveSettings(ctx, ask),
  };
}

export type Commands = ReturnType<typeof commandsOf>;
