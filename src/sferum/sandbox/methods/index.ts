import { callMethods } from './calls.ts';
import { chatMethods } from './chats.ts';
import { conversationMethods } from './conversations.ts';
import { identityMethods } from './identity.ts';
import { memberMethods } from './members.ts';
import type { Method } from './method.ts';

/** Every method but `execute`, by name. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  [...chatMethods, ...memberMethods, ...conversationMethods, ...callMethods, ...identityMethods].map(
    (method) => [method.name, method],
  ),
);
