import { creationOf, may, type Standing } from '../../../src/chats/rights.ts';
import type { Context } from '../../../src/context.ts';
import { CHAT_TYPES, type ChatType } from '../../../src/desired/model.ts';
import { forbidden } from '../../../src/refusal.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { type Draft, type DraftKey, findDraft } from '../../drafts/draft.ts';
import { type Units, unitsOf } from '../../read/units.ts';
import type { ConsoleContext } from '../page.ts';
import { viewerIn } from '../visitor.ts';

/** A chat in the making: what the visitor may make, of which classes and groups (E2), and what is filled in. */
export interface NewChatDesk {
  viewer: Viewer;
  types: readonly ChatType[];
  /** For a teacher: the classes and groups of their own. */
  units: Units;
  key: DraftKey;
  draft: Draft | null;
}

/** Throws Refusal(403) for a visitor who may make no chat. */
export async function newChatDesk(ctx: Context, c: ConsoleContext): Promise<NewChatDesk> {
  const visitor = c.get('visitor');
  const viewer = await viewerIn(ctx, visitor);
  const units = await unitsOf(ctx.db.of(viewer.schoolId), viewer);
  const standings = new Set<Standing>([viewer.sees === 'school' ? 'school-admin' : 'staff']);
  if (viewer.sees === 'circle' && units.classes.length > 0) standings.add('homeroom');
  if (viewer.sees === 'circle' && units.groups.length > 0) standings.add('teaching');
  const types = CHAT_TYPES.filter((type) => may(standings, creationOf(type)));
  if (types.length === 0) throw forbidden();
  const key = { schoolId: viewer.schoolId, authorId: visitor.caller.subject, chatId: null };
  return { viewer, types, units, key, draft: await findDraft(ctx.db.of(key.schoolId), key) };
}
