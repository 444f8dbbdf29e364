/** How ready a school is for a day (K4), in figures. They name nobody. */
import type { Estimate } from './model.ts';

/**
 * Whether the lists say who learns where on the day.
 *   yes      a class is current on the day by its own dates
 *   undated  only classes without dates are: whether they are those of the new year is not known
 *   no       no class is current
 */
export type Reach = 'yes' | 'undated' | 'no';

export interface Readiness {
  reach: Reach;
  chats: { created: number; renamed: number; archived: number };
  members: { added: number; removed: number };
  /** Removals that would wait for a decision (F4). */
  held: number;
  /** `total`: in a class on the day. `joining` are in none today, `leaving` are not in the school any more. */
  pupils: { total: number; joining: number; leaving: number; withoutClass: number };
  classes: { total: number; withoutTeacher: number };
  estimate: Estimate;
}

/**
 *   unreached  the lists do not reach the day
 *   gaps       pupils are without a class, or classes without a homeroom teacher
 *   undated    the classes name no dates
 *   held       removals would wait for a decision
 *   ready      none of these
 */
export const READINESS_STATES = ['unreached', 'gaps', 'undated', 'held', 'ready'] as const;
export type ReadinessState = (typeof READINESS_STATES)[number];
