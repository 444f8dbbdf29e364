import type { GatewayStats, Pace } from '../gateway.ts';
import type { CallTraces } from './call-traces.ts';
import type { VkLimits } from './limits.ts';
import type { Execute, VkClock } from './transport.ts';

/** What the adapter logs for an operator. It never tells titles, ids of people or tokens. */
export interface VkLog {
  warn(details: Readonly<Record<string, string | number>>, message: string): void;
}

/**
 * Called with the end of each sent call, for counting: `done`, a kind of SferumError, or why it goes again. `code` is
 * VK's own code of the error, if it told one.
 */
export type OnCall = (method: string, outcome: string, code?: string) => void;

export interface BatcherParts {
  execute: Execute;
  pace: Pace;
  clock: VkClock;
  limits: VkLimits;
  stats: GatewayStats;
  log: VkLog | undefined;
  onCall: OnCall | undefined;
  traces: CallTraces;
}
