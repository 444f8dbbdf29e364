/** What the list offers to whom. Each page to which its buttons lead asks again whether the person may. */
import { CHAT_ACTIONS, may, type Standing } from '../../../src/chats/rights.ts';
import type { Sql } from '../../../src/store/database.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { authoredChats } from '../../read/authored-chats.ts';
import { unitsOf } from '../../read/units.ts';

export interface ListRights {
  initialize: boolean;
  create: boolean;
}

/** Says which of the buttons above the list the viewer gets. */
export async function rightsOf(db: Sql, viewer: Viewer): Promise<ListRights> {
  if (viewer.sees === 'school') return { initialize: true, create: true };
  const { classes, groups } = await unitsOf(db, viewer);
  const standings = new Set<Standing>(['staff']);
  if (classes.length > 0) standings.add('homeroom');
  if (groups.length > 0) standings.add('teaching');
  const create = CHAT_ACTIONS.some((action) => action.startsWith('create-') && may(standings, action));
  return { initialize: may(standings, 'initialize'), create };
}

/** The chats that the viewer may delete (G1). Null: all. */
export async function deletableOf(db: Sql, viewer: Viewer): Promise<ReadonlySet<string> | null> {
  return viewer.sees === 'circle' ? authoredChats(db, viewer.schoolId, viewer.personId) : null;
}
