/**
 * VK's errors as the sandbox gives them: the texts of errors.json, and texts of our own for the codes that only
 * dev.vk.com describes.
 * Clients decide by the code. Of the texts only «already in» (code 15) carries a meaning that a code does not.
 */
export const ERROR_TEXTS: Readonly<Record<number, string>> = {
  1: 'Unknown error occurred',
  3: 'Unknown method passed',
  5: 'User authorization failed',
  6: 'Too many requests per second',
  7: 'Permission to perform this action is denied',
  8: 'Invalid request',
  9: 'Flood control',
  10: 'Internal server error',
  12: 'Unable to compile code',
  13: 'Runtime error occurred during code invocation',
  14: 'Captcha needed',
  15: 'Access denied',
  17: 'Validation required',
  18: 'User was deleted or banned',
  27: 'Group authorization failed',
  28: 'Application authorization failed',
  29: 'Rate limit reached',
  36: 'Method execution was interrupted due to timeout',
  43: 'This section is temporary unavailable',
  100: 'One of the parameters specified was missing or invalid',
  103: 'Out of limits',
  104: 'Not found',
  113: 'Invalid user id',
  125: 'Invalid group id',
  902: "Can't send messages to this user due to their privacy settings",
  917: "You don't have access to this chat",
  919: "You can't see invite link for this chat",
  922: 'You left this chat',
  925: 'You are not admin of this chat',
  927: 'Chat does not exist',
  931: "You can't change invite link for this chat",
  932: "Your community can't interact with this peer",
  935: 'User not found in chat',
  936: 'Contact not found',
  939: 'Message request already sent',
  945: 'Chat was disabled',
  946: 'Chat not supported',
  947: "Can't add user to chat, because user has no access to group",
  967: "This user can't be added to the chat",
  974: 'This action is unavailable for the chat',
  981: 'This user has restricted invitations to chats',
  982: 'Too many invitations, try again later',
  983: 'Your account is restricted from inviting to chats',
  984: 'Your account is restricted from creating chats',
  995: 'Action could not be completed',
  1012: 'Writing is disabled for this chat',
  1017: 'This member cannot be removed',
  1019: 'This chat is unavailable',
  1117: 'Access token has expired',
};

/** The subcode of error 15 for a token that lacks the scope of the method. */
export const SUBCODE_METHOD_PERMISSION_DENIED = 1133;

/** A refusal in VK's own terms. `detail` follows the standard text after a colon, as VK writes it. */
export class VkError extends Error {
  readonly code: number;
  readonly subcode: number | undefined;

  constructor(code: number, detail?: string, subcode?: number) {
    const text = ERROR_TEXTS[code] ?? 'Error';
    super(detail === undefined ? text : `${text}: ${detail}`);
    this.name = 'VkError';
    this.code = code;
    this.subcode = subcode;
  }
}

/** Error 100 in VK's wording, for example «chat_id is undefined». */
export const badParameter = (what: string) => new VkError(100, what);
