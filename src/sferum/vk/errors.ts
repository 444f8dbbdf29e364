/**
 * VK's error codes, each with what to do about it; no other file knows them.
 * Sources: VK's published errors, and dev.vk.com for 967, 974, 981–984, 995, 1017, 1019, which the schema lacks.
 */
import { MINUTE_MS } from '../../clock.ts';
import { type RefusalReason, SferumError, type SferumErrorKind } from '../gateway.ts';

interface ErrorRule {
  kind: SferumErrorKind;
  reason?: RefusalReason;
  /** For `slow-down`: the time to wait. VK tells no times; 9 was seen to last hours, 29 about a day. */
  pauseMs?: number;
  /** What the call wanted is so already or under way, which is no failure for its caller. */
  settled?: Settled;
}

/** `not-in`: the person is not in the chat, so nothing can be changed about them. */
type Settled = 'already-so' | 'waiting' | 'not-in';

const UNKNOWN: ErrorRule = { kind: 'unknown' };
const TOKEN: ErrorRule = { kind: 'token' };
const DEFECT: ErrorRule = { kind: 'defect' };
const ACCOUNT: ErrorRule = { kind: 'account' };
const CHAT_LOST: ErrorRule = { kind: 'chat-lost' };
const NOT_POSSIBLE: ErrorRule = { kind: 'not-possible' };
const refused = (reason: RefusalReason): ErrorRule => ({ kind: 'refused', reason });
const slowDown = (pauseMs: number): ErrorRule => ({ kind: 'slow-down', pauseMs });

/** What a code means for any method. A code that is not here is `unknown`: the caller reads back, then decides. */
const RULES: Readonly<Record<number, ErrorRule>> = {
  1: UNKNOWN,
  10: UNKNOWN,
  13: UNKNOWN,
  36: UNKNOWN,
  995: UNKNOWN,

  6: { kind: 'never-ran' },

  9: slowDown(15 * MINUTE_MS),
  29: slowDown(60 * MINUTE_MS),
  43: slowDown(10 * MINUTE_MS),
  982: slowDown(30 * MINUTE_MS),

  15: refused('privacy'),
  18: refused('blocked'),
  103: refused('chat-full'),
  901: refused('privacy'),
  902: refused('privacy'),
  919: refused('other'),
  931: refused('other'),
  935: refused('other'),
  936: refused('unknown-profile'),
  939: { kind: 'refused', reason: 'other', settled: 'waiting' },
  947: refused('other'),
  967: refused('other'),
  981: refused('privacy'),
  1017: refused('other'),

  917: CHAT_LOST,
  922: CHAT_LOST,
  925: CHAT_LOST,
  927: CHAT_LOST,
  932: CHAT_LOST,
  945: CHAT_LOST,
  946: CHAT_LOST,
  974: CHAT_LOST,
  1012: CHAT_LOST,
  1019: CHAT_LOST,

  14: ACCOUNT,
  983: ACCOUNT,
  984: ACCOUNT,

  5: TOKEN,
  7: TOKEN,
  17: TOKEN,
  27: TOKEN,
  28: TOKEN,
  1117: TOKEN,

  3: DEFECT,
  8: DEFECT,
  12: DEFECT,
  100: DEFECT,
  113: DEFECT,
  125: DEFECT,
};

const ALREADY_SO: ErrorRule = { kind: 'refused', reason: 'other', settled: 'already-so' };

/** The token may not call the method at all, whatever it is called for. */
const MISSING_RIGHT: Readonly<Record<number, ErrorRule>> = {
  7: NOT_POSSIBLE,
  15: NOT_POSSIBLE,
  27: NOT_POSSIBLE,
};

/** What a code means for one method alone. */
const RULES_OF_METHOD: Readonly<Record<string, Readonly<Record<number, ErrorRule>>>> = {
  'messages.removeChatUser': { 935: ALREADY_SO },
  // VK refuses the request as a whole: it refuses the token, not a person.
  execute: { 15: TOKEN },
  // The account may not invite. It still takes people out, so neither the account nor the chat is broken.
  'messages.addChatUser': { 113: refused('unknown-profile'), 983: NOT_POSSIBLE },
  // Undocumented: some tokens do not have it, or may not call it.
  'messages.setMemberRole': {
    3: NOT_POSSIBLE,
    7: NOT_POSSIBLE,
    15: refused('other'),
    27: NOT_POSSIBLE,
    935: { kind: 'refused', reason: 'other', settled: 'not-in' },
  },
  // Only lessons need these: the token is as good for the chats as before.
  'calls.start': MISSING_RIGHT,
  'calls.forceFinish': { 7: NOT_POSSIBLE, 27: NOT_POSSIBLE, 104: ALREADY_SO },
  // VK refuses the title or the link. The chat's people are not concerned.
  'messages.editChat': { 15: refused('other') },
  'messages.getInviteLink': { 15: refused('other') },
  // VK refuses nobody in particular here: the chat is closed to us.
  'messages.getConversationMembers': { 15: CHAT_LOST },
  'messages.deleteConversation': { 15: CHAT_LOST },
};

const ACCESS_DENIED = 15;
/** Subcodes of 15 by which the token lacks the scope or the right for the method. */
const TOKEN_SUBCODES: readonly number[] = [1133, 1134];
/** The text that says the same inside `execute`, whose entries carry no subcode. */
const NO_RIGHT = /no access to call this method/i;
/** Methods that the others do without: a token that lacks the right to one of these lacks nothing else. */
const DISPENSABLE_METHODS: ReadonlySet<string> = new Set([
  'messages.setMemberRole',
  'calls.start',
  'calls.forceFinish',
]);
/** VK has no code for «is in already», only this in the text of 15 (one source saw it). */
const ALREADY_IN = /already in/i;

/** An error as it stands in an answer or in `execute_errors`. */
export interface VkErrorReply {
  code: number;
  subcode: number | undefined;
  text: string;
}

/** A refusal with VK's code. Its message carries the method and the code, never VK's text. */
export class VkError extends SferumError {
  readonly method: string;
  readonly code: number;
  readonly settled: Settled | undefined;

  constructor(method: string, reply: VkErrorReply) {
    const rule = ruleFor(method, reply);
    const subcode = reply.subcode === undefined ? '' : `/${reply.subcode}`;
    super(rule.kind, `${method}: VK error ${reply.code}${subcode}`, {
      ...(rule.reason && { reason: rule.reason }),
      ...(rule.pauseMs && { retryAfterMs: rule.pauseMs }),
    });
    this.name = 'VkError';
    this.method = method;
    this.code = reply.code;
    this.settled = rule.settled;
  }
}

function ruleFor(method: string, { code, subcode, text }: VkErrorReply): ErrorRule {
  if (code === ACCESS_DENIED) {
    if ((subcode !== undefined && TOKEN_SUBCODES.includes(subcode)) || NO_RIGHT.test(text)) {
      return DISPENSABLE_METHODS.has(method) ? NOT_POSSIBLE : TOKEN;
    }
    if (ALREADY_IN.test(text)) return ALREADY_SO;
  }
  return RULES_OF_METHOD[method]?.[code] ?? RULES[code] ?? UNKNOWN;
}
