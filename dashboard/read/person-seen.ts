import type { PersonChat, PersonRow } from '../../src/chats/person-chats.ts';
import { findKnownPeople } from '../../src/chats/standings.ts';
import type { Context } from '../../src/context.ts';
import { notFound } from '../../src/refusal.ts';
import type { Viewer } from '../../src/store/queries/viewer.ts';

/**
 * Checks that the viewer may ask about the person.
 * @throws Refusal(404), as for nobody
 */
export async function assertSeen(
  ctx: Context,
  viewer: Viewer,
  person: PersonRow,
  chats: readonly PersonChat[],
): Promise<void> {
  if (!(await isSeen(ctx, viewer, person, chats))) throw notFound();
}

/** A teacher may ask about people of their circle, and about people who are in a chat with them. */
export async function isSeen(
  ctx: Context,
  viewer: Viewer,
  { id }: PersonRow,
  chats: readonly PersonChat[],
): Promise<boolean> {
  if (viewer.sees === 'school' || chats.some(({ isMember }) => isMember)) return true;
  const known = await findKnownPeople(ctx.db.of(viewer.schoolId), viewer, [id]);
  return known.get(id)?.seen ?? false;
}
