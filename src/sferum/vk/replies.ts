/** The answers of VK's methods, as far as they are used. Anything else in them is let through unread. */

import { z } from 'zod';
import { sure } from '../../sure.ts';
import { type ChatLook, SferumError } from '../gateway.ts';
import type { VkCall } from './call.ts';
import { readingsOf } from './titles.ts';

/** Asks VK for the answer to one call, with the retries that the call may have. */
export type Ask = <T>(call: VkCall, reply: z.ZodType<T>) => Promise<T>;

/**
 * An id is int64 on the wire. One that a double cannot hold is refused, because rounding would make it another's id.
 */
const id = z.int();
const count = z.int().nonnegative();

export const createChatReply = z.object({ chat_id: z.int().positive(), peer_ids: z.array(id).default([]) });

export const membersReply = z.object({
  count,
  items: z.array(
    z.object({
      member_id: id,
      is_admin: z.boolean().optional(),
      is_owner: z.boolean().optional(),
      is_message_request: z.boolean().optional(),
    }),
  ),
});

const conversation = z.object({
  peer: z.object({ id }),
  // Only conversations with several people have settings.
  chat_settings: z
    .object({
      ...{ owner_id: id, title: z.string(), state: z.string() },
      ...{ members_count: count.optional(), admin_ids: z.array(id).optional() },
    })
    .optional(),
  last_conversation_message_id: count.optional(),
});

export const conversationsReply = z.object({ count, items: z.array(z.object({ conversation })) });

export const conversationsByIdReply = z.object({ items: z.array(conversation) });

/** Gives what the answer shows of a chat of several people. */
export function lookOf({
  chat_settings: settings,
  last_conversation_message_id: messages,
}: z.infer<typeof conversation>): ChatLook {
  const { owner_id: ownerId, title, admin_ids: adminIds, members_count: members } = sure(settings);
  return {
    ...{ titles: readingsOf(title), ownerId },
    ...{ adminIds: adminIds ?? null, members: members ?? null, messages: messages ?? null },
  };
}

/** People follow links: one that leads anywhere else is no answer. */
export const linkReplies = (leadsToSferum: (link: string) => boolean) => {
  const link = z.string().refine(leadsToSferum);
  return {
    invite: z.object({ link }),
    call: z.object({ call_id: z.string().optional(), join_link: link }),
  };
};

export const usersReply = z.array(z.object({ id }));

export const groupsReply = z.object({ groups: z.array(z.object({ id })).default([]) });

export const permissionsReply = z.object({ permissions: z.array(z.object({ name: z.string() })) });

/** Refuses as `unknown` an answer that is not what the method gives: it says nothing about what has happened. */
export function shaped<T>(call: VkCall, value: unknown, reply: z.ZodType<T>): T {
  const parsed = reply.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SferumError('unknown', `${call.method}: an answer of another shape`);
}
