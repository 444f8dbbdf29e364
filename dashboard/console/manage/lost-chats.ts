/** Chats that are about to be deleted for good, as the one view of a plan shows them (plan-tree.ts). */
import type { ChatType } from '../../../src/desired/model.ts';
import { plural } from '../../../src/text/plural.ts';
import { type Html, html } from '../html.ts';
import { count } from '../parts/numbers.ts';
import { cutTree, planTree, type TreeChat } from './plan-tree.ts';
import { people } from './words.ts';

interface LostChat {
  id: string;
  type: ChatType;
  title: string;
  /** People who lose access. */
  members: number;
}

/**
 * `units`: the classes of subject chats, by the chats' ids. `href`: the address where a part that does not fit is shown
 * by itself.
 */
export function lostChats(
  chats: readonly LostChat[],
  units: ReadonlyMap<string, string>,
  href: (type: ChatType, unit?: string) => string,
): Html {
  const lost = chats.map((chat) => ({
    ...{ ...chat, unit: units.get(chat.id) ?? null },
    ...{ created: 0, deleted: 1, added: 0, removed: chat.members, held: 0 },
  }));
  return planTree(cutTree<LostChat & TreeChat>(lost), {
    chat: ({ id, title, members }) =>
      html`<li><div class="row-head"><span class="row-name"><a href="/manage/chats/${id}"><bdi>${title}</bdi></a></span><span class="row-figures muted">${people(members)}</span></div></li>`,
    marks: ({ removed }) =>
      html`<span class="muted">${count(removed)} ${plural(removed, 'место', 'места', 'мест')}</span>`,
    href,
  });
}
