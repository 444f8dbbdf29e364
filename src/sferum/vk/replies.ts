/** The answers of VK's methods, as far as they are used. Anything else in them is let through unread. */
import { z } from 'zod';
import type { VkCall } from './call.ts';

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
  chat_settings: z.object({ owner_id: id, title: z.string(), state: z.string() }).optional(),
});

export const conversationsReply = z.object({ count, items: z.array(z.object({ conversation })) });

export const conversationsByIdReply = z.object({ items: z.array(conversation) });

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
