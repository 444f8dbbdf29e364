/**
 * The port to the messenger (J10). Everything the product knows of Sferum passes through here;
 * no method name or error code of VK stands outside src/sferum/vk.
 *
 * Every write ends in one of: done (resolved) · SferumError of a kind below. Callers decide by kind alone.
 */

/** A messenger profile's id: int64, larger than 2^31 happens. Safe in a number up to 2^53. */
export type SferumUserId = number;

/** A chat as one account sees it: the id is local to the account that looks. */
export interface ChatRef {
  /** The account (user, positive) or community (negative) whose token made the chat and looks at it. */
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

/** Why one person cannot be in: shown to people as text, counted in `pending` (J8). */
export type RefusalReason = 'privacy' | 'blocked' | 'chat-full' | 'unknown-profile' | 'other';

export class SferumError extends Error {
  readonly kind: SferumErrorKind;
  readonly reason: RefusalReason | undefined;
  readonly retryAfterMs: number | undefined;

  /** `message` is technical and free of names, ids of people and tokens. */
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

/** Who goes first when calls wait for a slot of the token's pace. */
export type Priority = 'lesson' | 'person' | 'event' | 'bulk';

export interface CallOptions {
  priority: Priority;
  /** Gives up waiting for a slot; a call already sent is still awaited (its outcome matters). */
  signal?: AbortSignal;
  /**
   * The call is not sent after this moment (by `Clock.elapsed`): it ends `never-ran` instead.
   * What a creation's fence rests on: who finds the creation unfinished looks only later than this.
   */
  notAfterMs?: number;
  /** Told at each time the call goes out, retries included, for counting. */
  onSent?: () => void;
  /** Told how each try of a call ended, for what no error says: a write may still take effect although a later try was answered. */
  onOutcome?: (kind: 'done' | SferumErrorKind, isWrite: boolean) => void;
}

export interface SferumChatMember {
  userId: SferumUserId;
  admin: boolean;
  /** Invited, has not entered yet (VK: is_message_request or error 939). */
  waiting: boolean;
}

export interface FoundChat {
  ref: ChatRef;
  /** How it is called: one reading, or two where the messenger does not say how it writes titles. */
  titles: readonly string[];
  /** Whether the account that looks is its owner. */
  own: boolean;
}

export interface AccountInfo {
  ownerId: number;
  tokenKind: 'user' | 'community';
  mayCall: boolean;
}

/** Adding: a user token puts people in. Inviting: a community token; people enter by link. */
export type MembershipMode = 'adding' | 'inviting';

/** One school's account at Sferum, ready for calls. Calls of one token share its pace across all processes. */
export interface SferumAccount {
  readonly ownerId: number;
  readonly mode: MembershipMode;

  /**
   * Creates a chat with its first members (adding mode; ignored when inviting). Who could not be added
   * is missing from `members`. Never repeated by the gateway: `unknown` goes to the caller.
   */
  createChat(
    chat: { title: string; members: readonly SferumUserId[] },
    options: CallOptions,
  ): Promise<{ ref: ChatRef; members: SferumUserId[] }>;

  /** `waiting`: an invitation was sent, he is not in yet. Already in counts as `in`. */
  addMember(chat: ChatRef, user: SferumUserId, options: CallOptions): Promise<'in' | 'waiting'>;
  /** Not in counts as done. */
  removeMember(chat: ChatRef, user: SferumUserId, options: CallOptions): Promise<void>;
  /** `not-in`: he is not in the chat (any more). That a grant took effect shows in `readMembers` alone. */
  setAdmin(
    chat: ChatRef,
    user: SferumUserId,
    admin: boolean,
    options: CallOptions,
  ): Promise<'done' | 'not-in'>;
  renameChat(chat: ChatRef, title: string, options: CallOptions): Promise<void>;
  inviteLink(chat: ChatRef, reset: boolean, options: CallOptions): Promise<string>;

  /** Everybody in the chat but the owning account. Throws `unknown` where the list is cut or contradicts its count. */
  readMembers(chat: ChatRef, options: CallOptions): Promise<SferumChatMember[]>;
  /** Every own chat that the account is in, newest first, whole listing read. */
  ownChats(options: CallOptions): Promise<FoundChat[]>;
  /**
   * How these chats are called, in each reading, by their peer ids; without those that are not to be seen. A cheap
   * look: 100 to a call.
   */
  readTitles(
    chats: readonly ChatRef[],
    options: CallOptions,
  ): Promise<ReadonlyMap<number, readonly string[]>>;
  /** Those of them that bear exactly this title. */
  findChats(title: string, options: CallOptions): Promise<FoundChat[]>;
  /** Renames, clears and leaves a chat whose people are out already (G1): VK knows no deletion. */
  abandonChat(chat: ChatRef, title: string, options: CallOptions): Promise<void>;

  startCall(options: CallOptions): Promise<{ callId: string; joinLink: string }>;
  endCall(callId: string, options: CallOptions): Promise<void>;

  /** What the token is and may do, asked anew. */
  describe(options: CallOptions): Promise<AccountInfo>;
}

/** What a school's connection needs; tokens are plain here and stay in memory. */
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
  /** The account of a school; the same object while its credentials stay the same. */
  account(credentials: SferumCredentials): SferumAccount;
  /** Counted since the process started, over all tokens. */
  stats(): GatewayStats;
}

/**
 * The pace of one token, kept across processes (rule 6). `key` is a digest of the token, never the token.
 */
export interface Pace {
  /** Reserves the next slot and says how long to wait for it. Slots are evenly spaced by `intervalMs`. */
  reserve(key: string, intervalMs: number): Promise<{ waitMs: number; pausedForMs: number }>;
  /** No slot before `forMs` from now has passed. */
  pause(key: string, forMs: number, reason: string): Promise<void>;
}
