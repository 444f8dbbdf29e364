/**
 * A plan is a value (rule 1). It is sorted and always the same for the same input. The plan that is guarded is the one
 * that is applied and stands in the journal.
 */
import type { ChatType, Ending, Ground } from '../desired/model.ts';

export type ActionKind = 'create' | 'rename' | 'add' | 'remove' | 'grant' | 'revoke' | 'delete';

/** How many actions of each kind are planned for a chat. `waiting`: additions to the list alone. */
export type ActionCounts = Partial<Record<ActionKind | 'waiting' | 'held', number>>;

/** In the mode «adding» the account puts people in. In the mode «inviting» people enter by a link. */
export type MembershipMode = 'adding' | 'inviting';

/**
 * What is known of a VK profile and a chat: `in` · `waiting`: invited, not yet in · `refused`: cannot be added (J8) ·
 * `left`: gone by itself, and not brought back (D8).
 */
export type LiveState = 'in' | 'waiting' | 'refused' | 'left';

/** Why an action has no call to Sferum now. The person is counted in `pending`. */
export type Pending = 'notLinked' | 'invited' | 'refused';

/** One step, about one chat and at most one person or one stranger. */
export interface Action {
  action: ActionKind;
  chatId: string;
  personId?: string;
  /** A member of the live chat who has no ground and is nobody we know (D8). */
  strangerId?: number;
  grounds: readonly Ground[];
  /** For a removal: the order or the person that ended the membership. The guard never holds such a removal. */
  ending?: Ending;
  /** The new title for `rename`, the title for `create`. */
  title?: string;
  /** The guard holds it (F4): it is not done until a person approves. */
  held?: true;
  pending?: Pending;
}

/** The actions of one chat in the order they are done: create, rename, adds, grants, revokes, removals. */
export interface ChatPlan {
  chatId: string;
  key: string | null;
  type: ChatType;
  title: string;
  actions: readonly Action[];
  /** People in the СГО list before and after. */
  membersBefore: number;
  membersAfter: number;
}

export interface Estimate {
  apiCalls: number;
  seconds: number;
}

export interface Plan {
  chats: readonly ChatPlan[];
  counts: PlanCounts;
  estimate: Estimate;
  /** The limits that the removals passed. Empty: the guard holds nothing anew. */
  breaches: readonly GuardBreach[];
}

/** One limit that was passed (F4), and by how much. */
export interface GuardBreach {
  scope: 'chat' | 'school' | 'run';
  chatId?: string;
  removals: number;
  /** The memberships of which the share is taken. */
  members: number;
  limitShare: number;
  limitAtLeast: number;
}

export interface PlanCounts {
  chats: { created: number; renamed: number; unchanged: number };
  members: { added: number; removed: number };
  admins: { granted: number; revoked: number };
  pending: { notLinked: number; invited: number; refused: number };
  held: number;
}

/** F4: the most removals that count as normal. Each limit is a share of the memberships and a least number. */
export interface RemovalLimits {
  chatShare: number;
  chatAtLeast: number;
  schoolShare: number;
  schoolAtLeast: number;
}

export const DEFAULT_REMOVAL_LIMITS: RemovalLimits = {
  chatShare: 0.25,
  chatAtLeast: 5,
  schoolShare: 0.1,
  schoolAtLeast: 20,
};
