import { SferumError } from '../gateway.ts';

/** One call of VK's API, as it stands inside a batch. */
export interface VkCall {
  /** `section.method` */
  readonly method: string;
  /** The call changes something: it is never repeated blindly where it creates. */
  readonly write: boolean;
  /** The call travels with bulk writes. Other reads have large answers and travel apart. */
  readonly isSmall: boolean;
  /** The call in VKScript. */
  readonly code: string;
  readonly codeBytes: number;
  /** How many bytes its answer has at most. */
  readonly replyBytes: number;
  /** VK's refusal says what was asked, so it counts as an answer. */
  readonly isAnsweredByRefusal?: boolean;
}

type VkParam = string | number | boolean | readonly number[];
type VkParams = Readonly<Record<string, VkParam>>;

/** The size of answers with lists at full page size: 1,000 members, or 200 conversations with their last messages. */
const LIST_REPLY_BYTES: Readonly<Record<string, number>> = {
  'messages.getConversationMembers': 150_000,
  'messages.getConversations': 1_000_000,
};
/** One look stands for the reads of a hundred chats, so it may take a place among the writes. */
const LOOK = 'messages.getConversationsById';
/** A conversation has 1.4 KB and more, a pinned message aside. So 20 looks of 100 chats share a request, with some 3 MB. */
const LOOK_BYTES_A_CHAT = 2_250;
/** createChat names up to a thousand ids. Everything else is smaller. */
const REPLY_BYTES = 20_000;

/** A call that changes nothing and may be repeated. */
export const readCall = (method: string, params: VkParams): VkCall => makeCall(method, params, false);
/** A call that may have changed something although no answer came. */
export const writeCall = (method: string, params: VkParams): VkCall => makeCall(method, params, true);

/** A question about the token itself: what VK refuses to a kind of token tells the kind. */
export const tokenCall = (method: string): VkCall => ({ ...readCall(method, {}), isAnsweredByRefusal: true });

function makeCall(method: string, params: VkParams, write: boolean): VkCall {
  const code = callCode(method, params);
  return {
    method,
    write,
    isSmall: write || method === LOOK,
    code,
    codeBytes: Buffer.byteLength(code),
    replyBytes: replyBytesOf(method, params),
  };
}

function replyBytesOf(method: string, { peer_ids: chats }: VkParams): number {
  if (method === LOOK && Array.isArray(chats)) return chats.length * LOOK_BYTES_A_CHAT;
  return LIST_REPLY_BYTES[method] ?? REPLY_BYTES;
}

/** Gives the program of a batch. Its answer is an array in the order of the calls. */
export const batchCode = (calls: readonly VkCall[]): string =>
  `return [${calls.map((call) => call.code).join(',')}];`;

/** Gives `API.section.method({"name":value,…})`, with values as VK takes them: lists comma-joined, booleans 1 or 0. */
export function callCode(method: string, params: VkParams): string {
  const fields = Object.entries(params).map(([name, value]) => `${JSON.stringify(name)}:${literal(value)}`);
  return `API.${method}({${fields.join(',')}})`;
}

function literal(value: VkParam): string {
  if (typeof value === 'string') return stringLiteral(value);
  if (typeof value === 'number') return integerLiteral(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  return `"${value.map(integerLiteral).join(',')}"`;
}

/** Ids are int64: plain digits, and nothing that a double has already rounded. */
function integerLiteral(value: number): string {
  if (!Number.isSafeInteger(value))
    throw new SferumError('defect', 'an id that is no integer, or beyond 2^53');
  return String(value);
}

/**
 * Gives JSON, which escapes quotes, backslashes, control characters and lone surrogates. It also escapes the two line
 * separators that JSON allows and ECMAScript long did not, and `<` for pages that show a program.
 */
const stringLiteral = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u2028\u2029<]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
