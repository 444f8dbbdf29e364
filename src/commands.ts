import type { Commands } from '../dashboard/commands.ts';
import type { Context } from './context.ts';
import { decideHeld } from './reconcile/decide-held.ts';
import { cancelOperation } from './reconcile/cancel-operation.ts';
import { connectSferum } from './reconcile/connect-sferum.ts';
import { requestInitialization, requestRosterImport } from './reconcile/requests.ts';
import { saveSettings } from './reconcile/save-settings.ts';
import { undoOperation } from './reconcile/undo.ts';

/** What the HTTP edge and the console may ask of the engine, bound to one context. */
export function commandsOf(ctx: Context): Commands {
  return {
    importRoster: (ask) => requestRosterImport(ctx, ask),
    initialize: (ask) => requestInitialization(ctx, ask),
    connectSferum: (ask) => connectSferum(ctx, ask),
    decide: (ask) => decideHeld(ctx, ask),
    cancel: (ask) => cancelOperation(ctx, ask),
    undo: (ask) => undoOperation(ctx, ask),
    saveSettings: (ask) => saveSettings(ctx, ask),
  };
}
