import { type RawBuilder, sql } from 'kysely';

/**
 * Whether a profile owns a live chat. Sferum does not list the owner among the members, but the person with that
 * profile is in the chat all the same (A10).
 */
export function ownsChat(chatId: RawBuilder<unknown>, vkUserId: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`exists (select from chat live where live.id = ${chatId} and live.creation = 'created'
    and live.deleted_at is null and live.owner_id = ${vkUserId})`;
}
