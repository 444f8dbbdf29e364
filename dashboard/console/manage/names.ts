/** Looks up the names for pages that show grounds, exceptions and refusals. They are never kept (rule 11). */
import type { Warning } from '../../../src/chats/warnings.ts';
import type { Context } from '../../../src/context.ts';
import type { Refusal } from '../../../src/refusal.ts';
import type { ChatMemberItem } from '../../../src/store/queries/chat-members.ts';
import { idsOf } from '../../api/grounds.ts';
import { findNames, type NameReader, type SeenNames } from '../../read/names.ts';
import { type Content, html } from '../html.ts';
import { count } from '../parts/numbers.ts';

/** At most so many names are shown. The others are counted. */
const NAMED = 5;

/** Finds the names that the grounds and exceptions of these members need, as far as the reader may know them. */
export function memberNames(
  ctx: Context,
  reader: NameReader,
  members: readonly Pick<ChatMemberItem, 'grounds' | 'exception'>[],
): Promise<SeenNames> {
  const ids = idsOf(members.flatMap((m) => m.grounds));
  const authors = members.flatMap((m) => m.exception?.authorId ?? []);
  return findNames(ctx.db.of(reader.schoolId), reader, { ...ids, people: [...ids.people, ...authors] });
}

/** The people whom a refusal is about. */
export function namedIn({ extra }: Refusal): readonly string[] {
  return Array.isArray(extra.personIds) ? extra.personIds : [];
}

/**
 * Gives the words of a refusal. They name the people it is about whom the reader may see, and lead to the chat that is
 * in the way (E3).
 */
export async function refusalText(ctx: Context, reader: NameReader, refusal: Refusal): Promise<Content> {
  const { title, extra } = refusal;
  const ids = namedIn(refusal);
  const chatId = typeof extra.chatId === 'string' ? extra.chatId : null;
  const names = await findNames(ctx.db.of(reader.schoolId), reader, {
    ...{ people: ids, classes: [], groups: [], orders: [] },
  });
  const seen = ids.filter((id) => names.sees(id));
  const named = seen.slice(0, NAMED).map((id) => names.person(id));
  const more = seen.length > NAMED ? ` и ещё ${count(seen.length - NAMED)}` : '';
  return html`${title}${named.length > 0 ? html`: <bdi>${named.join(', ')}</bdi>${more}` : ''}. ${
    chatId ? html`<a href="/manage/chats/${chatId}">Открыть этот чат</a>` : ''
  }`;
}

/** J6: gives the warning for the person who made the change. Null: there is none. */
export function warningsText(warnings: readonly Warning[]): string | null {
  return warnings.length > 0 ? warnings.map(({ message }) => message).join(' ') : null;
}
