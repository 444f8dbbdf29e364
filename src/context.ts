import type { Logger } from 'pino';
import type { ChatsInHand } from './chats-in-hand.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Metrics } from './metrics.ts';
import type { SecretBox } from './secrets.ts';
import type { SferumGateway } from './sferum/gateway.ts';
import type { LinkCheck } from './sferum/links.ts';
import type { Database } from './store/database.ts';
import type { Traces } from './traces/span.ts';

/** What every edge of the program works with. It is made once in app.ts and replaced piecewise in tests. */
export interface Context {
  config: Config;
  db: Database;
  gateway: SferumGateway;
  /** Checks every link before it is shown, and every link that Sferum answers. */
  leadsToSferum: LinkCheck;
  clock: Clock;
  /** Makes a new opaque, unique id (UUID). */
  newId: () => string;
  secrets: SecretBox;
  log: Logger;
  metrics: Metrics;
  traces: Traces;
  /** Called with schools that came with an import. With the sandbox they are connected by themselves. */
  newSchools: (schoolIds: readonly string[]) => Promise<void>;
  chatsInHand: ChatsInHand;
  /**
   * Says that there is something new for a round of the relay. With a school the round is for that school alone, and
   * with a time it comes so many ms later. Never waits and never fails.
   */
  wake: (
    what: 'chats' | 'operations' | 'files' | 'parents' | 'meetings' | 'statistics' | 'days',
    how?: { schoolId?: string; inMs?: number },
  ) => void;
}
