import type { RawBuilder } from 'kysely';
import type { Queues } from '../../jobs/queues.ts';
import type { Context } from '../context.ts';
import { isUntidy } from '../ending/tidy-up.ts';
import { daysBegin } from '../follow/begin-day.ts';
import { meetingsWait, relayMeetings } from '../lessons/relay-meetings.ts';
import { NOT_CONNECTED_WORDS } from '../live/accounts.ts';
import { passesAreDue } from '../live/drift.ts';
import { dropLeftovers, hasLeftovers, parentsAreOpen, settleImports } from '../operations/import-parents.ts';
import { explainWaiting } from '../rows/chat-condition.ts';
import { hasWaiting } from '../rows/chat-waiting.ts';
import { refreshStatistics } from '../store/statistics.ts';
import { countFigures, countsAreDue } from './count-figures.ts';
import { chatsAreGiven, chatsWait, relayChats, relayLost } from './relay.ts';
import { filesWait, operationsGoOn, relayFiles, relayOperations } from './relay-operations.ts';
import { relayDays, relayDrift, relayTidying } from './relay-schools.ts';

/** One kind of work that the relay finds without being told. */
interface Round {
  /** True in SQL, seeing all schools, where there is something to do. Null: only a wake says so. */
  isDue: ((ctx: Context) => RawBuilder<boolean>) | null;
  /** `schoolIds`: those that a wake has named, or null for all. */
  run: (ctx: Context, queues: Queues, schoolIds: readonly string[] | null) => Promise<void>;
  /** The round begins at most once in so many ms, because its cost grows with more than what a wake has told. */
  restMs?: number;
}

/** Each of a region's schools wakes its import, which adds up all of them. */
const PARENTS_REST_MS = 500;
/** Every operation's end wakes it, an event's too. */
const STATISTICS_REST_MS = 2_000;

const rounds = <What extends string>(all: Record<What, Round>) => all;

/**
 * Everything that runs by itself. A sweep asks all questions in one statement, so each must be answered by an index.
 */
export const ROUNDS = rounds({
  days: { isDue: daysBegin, run: relayDays },
  meetings: { isDue: meetingsWait, run: relayMeetings },
  lost: { isDue: chatsAreGiven, run: relayLost },
  files: { isDue: filesWait, run: relayFiles },
  operations: { isDue: operationsGoOn, run: relayOperations },
  parents: { isDue: parentsAreOpen, run: settleImports, restMs: PARENTS_REST_MS },
  chats: {
    isDue: chatsWait,
    async run(ctx, queues, schoolIds) {
      await ctx.chatsInHand.letGoOvertaken(ctx.db.across('relay'), schoolIds);
      await relayChats(ctx, queues, schoolIds);
    },
  },
  drift: { isDue: passesAreDue, run: relayDrift },
  waiting: {
    isDue: () => hasWaiting('unusable'),
    run: (ctx) => explainWaiting(ctx.db.across('sweep'), NOT_CONNECTED_WORDS),
  },
  figures: { isDue: countsAreDue, run: countFigures },
  tidying: { isDue: isUntidy, run: relayTidying },
  leftovers: { isDue: () => hasLeftovers, run: dropLeftovers },
  statistics: {
    isDue: null,
    run: (ctx) => refreshStatistics(ctx.db.ofNone),
    restMs: STATISTICS_REST_MS,
  },
});

export type What = keyof typeof ROUNDS;
