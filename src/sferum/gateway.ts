/**
 * The port to the messenger (J10). All that the product knows of Sferum passes through here; no method name or error
 * code of VK stands outside src/sferum/vk.
 *
 * Every write ends as done (it resolves) or as a SferumError of a kind below. Callers decide by the kind alone.
 */

/** The id of a messenger profile: int64, and larger than 2^31 happens. A number holds it safely up to 2^53. */
export type SferumUserId = number;

/** A chat as one account sees it: its id is local to the account that looks. */
export interface ChatRef {
  /** The account whose token made the chat and looks at it: a user (positive) or a community (negative). */
  ownerId: number;
  peerId: number;
}

/**
 * never-ran     nothing happened; the same call may be repeated
 * unknown       it may have happened; read back before deciding; creations are never repeated
 * refused       this person cannot be added or changed (`reason` says why)
 * slow-down     nothing until `retryAfterMs` has passed (the gateway also stops itself until then)
 * chat-lost     the chat is gone or we have no rights in it
 * account       our account is blocked: a person must act
 * token         the token is revoked, wrong or lacks a right: a person must act
 * not-possible  this kind of token cannot do it at all
 * defect        the request was malformed: our bug
 */
export type SferumErrorKind =
  | 'never-ran'
  | 'unknown'
  | 'refused'
  | 'slow-down'
  | 'chat-lost'
  | 'account'
  | 'token'
  | 'not-possible'
  | 'defect';

/** Why a person cannot be in. People read it as text, and `pending` counts it (J8). */
export type RefusalReason = 'privacy' | 'blocked' | 'chat-full' | 'unknown-profile' | 'other';

/** A call that did not end well, told apart by `kind` alone. */
export class SferumError extends Error {
  readonly kind: SferumErrorKind;
  readonly reason: RefusalReason | undefined;
  readonly retryAfterMs: number | undefined;

  /** `message` is technical: it holds no names, no ids of people and no tokens. */
  constructor(
    kind: SferumErrorKind,
    message: string,
    details: { reason?: RefusalReason; retryAfterMs?: number } = {},
  ) {
    super(message);
    this.name = 'SferumError';
    this.kind = kind;
    this.reason = details.reason;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Which calls go first when they wait for a slot of the token's pace. */
export type Priority = 'lesson' | 'person' | 'event' | 'bulk';

export interface CallOptions {
  priority: Priority;
  /** Gives up waiting for a slot. A call that was sent is still awaited, because its outcome matters. */
  signal?: AbortSignal;
  /**
   * The call is not sent after this moment (by `Clock.elapsed`). It then ends as `never-ran`.
   * A creation's fence rests on this: a process that finds the creation unfinished looks only after it.
   */
  notAfterMs?: number;
  /** Called each time the call goes out, retries included, for counting. */
  onSent?: () => void;
  /**
   * Called with the end of each try. No error tells of it: a write may still take effect although a later try was
   * answered.
   */
  onOutcome?: (kind: 'done' | SferumErrorKind, isWrite: boolean) => void;
}

export interface SferumChatMember {
  userId: SferumUserId;
  admin: boolean;
  /** The person is invited and has not entered yet (VK: is_message_request or error 939). */
  waiting: boolean;
}

export interface FoundChat {
  ref: ChatRef;
  /** The chat's title: one reading, or two where the messenger does not say how it writes titles. */
  titles: readonly string[];
  /** Whether the account that looks owns the chat. */
  own: boolean;
}

/** What a cheap look shows of a chat. */
export interface ChatLook {
  /** The title in each reading. */
  titles: readonly string[];
  ownerId: number;
  /** The admins besides the owner. Null where Sferum does not tell. */
  adminIds: readonly SferumUserId[] | null;
  /** How many are in the chat, the owner included. Null where Sferum does not tell. */
  members: number | null;
  /** The number of the newest message; people's, and those about who came and left. Null where Sferum does not tell. */
  messages: number | null;
}

export interface AccountInfo {
  ownerId: number;
  tokenKind: 'user' | 'community';
  mayCall: boolean;
}

/**
 * In the mode «adding» a user token puts people in. In the mode «inviting» a community token cannot, and people enter
 * by a link.
 */
export type MembershipMode = 'adding' | 'inviting';

/** The account of one school at Sferum, ready for calls. Calls of one token share its pace across all processes. */
export interface SferumAccount {
  readonly ownerId: number;
  readonly mode: MembershipMode;

  /**
   * Creates a chat with its first members (mode «adding»; ignored in the mode «inviting»). `members` lacks the people
   * who could not be added. The gateway never repeats it: `unknown` goes to the caller.
   */
  createChat(
    chat: { title: string; members: readonly SferumUserId[] },
    options: CallOptions,
  ): Promise<{ ref: ChatRef; members: SferumUserId[] }>;

  /**
   * Adds a person. `waiting`: an invitation was sent, and the person is not in yet. A person who was in counts as
   * `in`.
   */
  addMember(chat: ChatRef, user: SferumUserId, options: CallOptions): Promise<'in' | 'waiting'>;
  /** Takes a person out. For a person who was not in it counts as done. */
  removeMember(chat: ChatRef, user: SferumUserId, options: CallOptions): Promise<void>;
  /**
   * Grants or takes adminship. `not-in`: the person is not in the chat. Only a look or `readMembers` shows that a
   * grant took effect.
   */
  setAdmin(
    chat: ChatRef,
    user: SferumUserId,
    admin: boolean,
    options: CallOptions,
  ): Promise<'done' | 'not-in'>;
  renameChat(chat: ChatRef, title: string, options: CallOptions): Promise<void>;
  inviteLink(chat: ChatRef, reset: boolean, options: CallOptions): Promise<string>;

  /**
   * Reads everybody in the chat but the owning account. Throws `unknown` where the list is cut or contradicts its
   * count.
   */
  readMembers(chat: ChatRef, options: CallOptions): Promise<SferumChatMember[]>;
  /** Reads the whole listing of the account's own chats that it is in, newest first. */
  ownChats(options: CallOptions): Promise<FoundChat[]>;
  /** Looks at up to 100 chats by one call. Gives them by their peer ids, without chats that cannot be seen. */
  lookAt(chats: readonly ChatRef[], options: CallOptions): Promise<ReadonlyMap<number, ChatLook>>;
  /** Looks at one chat. Bulk looks that come at about the same time share a call. Null: the chat cannot be seen. */
  look(chat: ChatRef, options: CallOptions): Promise<ChatLook | null>;
  /** Reads the own chats that bear exactly this title. */
  findChats(title: string, options: CallOptions): Promise<FoundChat[]>;
  /** Renames, clears and leaves a chat whose people are out already (G1), because VK knows no deletion. */
  abandonChat(chat: ChatRef, title: string, options: CallOptions): Promise<void>;

  startCall(options: CallOptions): Promise<{ callId: string; joinLink: string }>;
  endCall(callId: string, options: CallOptions): Promise<void>;

  /** Asks anew what the token is and may do. */
  describe(options: CallOptions): Promise<AccountInfo>;
}

/** What a school's connection needs. Tokens are plain here and stay in memory. */
export interface SferumCredentials {
  schoolId: string;
  communityId: number;
  /** The account that owns the school's chats: a user (positive) or the community (negative). */
  ownerId: number;
  accessToken: string;
  tokenKind: 'user' | 'community';
  callsToken: string | null;
  requestsPerSecond: number;
}

export interface GatewayStats {
  requests: number;
  requestsWithWrites: number;
  calls: number;
  writeCalls: number;
  tooFast: number;
}

export interface SferumGateway extends AsyncDisposable {
  /** Gives the account of a school: the same object while its credentials stay the same. */
  account(credentials: SferumCredentials): SferumAccount;
  /** The counts since the process started, over all tokens. */
  stats(): GatewayStats;
}

/** The pace of one token, kept across processes (rule 6). `key` is a digest of the token, never the token. */
export interface Pace {
  /** Reserves the next slot and says how long to wait for it. Slots are `intervalMs` apart. */
  reserve(key: string, intervalMs: number): Promise<{ waitMs: number; pausedForMs: number }>;
  /** Lets no slot begin before `forMs` from now has passed. */
  pause(key: string, forMs: number, reason: string): Promise<void>;
}
