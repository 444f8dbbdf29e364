/**
 * A plan is a value: sorted, deterministic, the very one that is guarded, applied and journalled (rule 1).
 */
import type { ChatType, Ending, Ground } from '../desired/model.ts';

export type ActionKind = 'create' | 'rename' | 'add' | 'remove' | 'grant' | 'revoke' | 'delete';

/** Adding: the account puts people in. Inviting: people enter by link. */
export type MembershipMode = 'adding' | 'inviting';

/** Why an action has no call to Sferum now; such a person is counted in `pending`. */
export type Pending = 'notLinked' | 'invited' | 'refused';

/** One step, about one chat and at most one person or one stranger. */
export interface Action {
  action: ActionKind;
  chatId: string;
  personId?: string;
  /** A member of the live chat who has no ground and is nobody we know (D8). */
  strangerId?: number;
  grounds: readonly Ground[];
  /** For removals: what ended his membership, if an order or a person did (then never held). */
  ending?: Ending;
  /** For `rename`: the new title; for `create`: the title. */
  title?: string;
  /** Held by the guard (F4): not done until approved. */
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
  /** Where the guard found more removals than the limits allow; empty: nothing was held anew. */
  breaches: readonly GuardBreach[];
}

/** One limit that was passed (F4), with the numbers for its message. */
export interface GuardBreach {
  scope: 'chat' | 'school' | 'run';
  chatId?: string;
  removals: number;
  /** The СГО members the share is taken of. */
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

/** F4: how many removals are still taken for normal. Shares of the СГО members, each with a least number. */
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
