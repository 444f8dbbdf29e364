import { createHash } from 'node:crypto';
import type { GatewayStats, Pace, SferumAccount, SferumCredentials, SferumGateway } from '../gateway.ts';
import { slotIntervalMs } from '../request-limits.ts';
import type { OnCall, VkLog } from './batcher-parts.ts';
import { type CallTraces, NO_CALL_TRACES } from './call-traces.ts';
import { USER_REQUESTS_PER_SECOND, VK_LIMITS, type VkLimits } from './limits.ts';
import { type ListedChat, SharedScan } from './own-chats.ts';
import { TokenBatcher } from './token-batcher.ts';
import { httpExecute, type VkClock } from './transport.ts';
import { type TokenLine, VkAccount } from './vk-account.ts';

interface VkGatewayOptions {
  /** The address above the methods: `https://api.vk.ru/method`, or a sandbox's. */
  baseUrl: string;
  /** Whether a link in an answer may be handed on. */
  leadsToSferum: (link: string) => boolean;
  fetch?: typeof fetch;
  pace: Pace;
  clock: VkClock;
  /** Gives 0 to 1, as Math.random does. It spreads retries. */
  random: () => number;
  limits?: Partial<VkLimits>;
  log?: VkLog;
  onCall?: OnCall;
  traces?: CallTraces;
}

/** How many characters a token's digest has: enough to tell tokens apart, useless to find one. */
const KEY_LENGTH = 16;

/** Makes the port over VK's API. Every call travels in an `execute`, at the pace of its token. */
export function createVkGateway(options: VkGatewayOptions): SferumGateway {
  const { leadsToSferum, clock, random } = options;
  const limits = { ...VK_LIMITS, ...options.limits };
  const stats: GatewayStats = { requests: 0, requestsWithWrites: 0, calls: 0, writeCalls: 0, tooFast: 0 };
  const lines = new TokenLines(options, limits, stats);
  const accounts = new Map<string, { fingerprint: string; account: SferumAccount }>();
  return {
    account(credentials: SferumCredentials): SferumAccount {
      const fingerprint = JSON.stringify(Object.entries(credentials).sort());
      const known = accounts.get(credentials.schoolId);
      if (known?.fingerprint === fingerprint) return known.account;
      const { accessToken, callsToken, requestsPerSecond } = credentials;
      const line = lines.of(accessToken, requestsPerSecond);
      const isSameToken = callsToken === accessToken;
      const account = new VkAccount(credentials, {
        line,
        callsLine: callsToken === null || isSameToken ? null : lines.of(callsToken, USER_REQUESTS_PER_SECOND),
        leadsToSferum,
        clock,
        random,
        limits,
      });
      accounts.set(credentials.schoolId, { fingerprint, account });
      return account;
    },
    stats: () => ({ ...stats }),
    async [Symbol.asyncDispose]() {
      await lines.close();
    },
  };
}

/** One line of calls a token, whichever schools share it, so that they share its pace. */
class TokenLines {
  readonly #parts: ConstructorParameters<typeof TokenBatcher>[3];
  readonly #lines = new Map<string, TokenLine>();

  constructor(options: VkGatewayOptions, limits: VkLimits, stats: GatewayStats) {
    const { baseUrl, pace, clock, log, onCall, traces = NO_CALL_TRACES } = options;
    const execute = httpExecute({
      ...{ baseUrl, clock, timeoutMs: limits.requestTimeoutMs },
      fetch: options.fetch ?? fetch,
    });
    this.#parts = { execute, pace, clock, limits, stats, log, onCall, traces };
  }

  /** The line of this token. A pace that has changed holds from the next request on. */
  of(token: string, requestsPerSecond: number): TokenLine {
    const key = createHash('sha256').update(token).digest('hex').slice(0, KEY_LENGTH);
    const intervalMs = slotIntervalMs(requestsPerSecond);
    const known = this.#lines.get(key);
    if (known) {
      known.batcher.intervalMs = intervalMs;
      return known;
    }
    const line = {
      batcher: new TokenBatcher(token, key, intervalMs, this.#parts),
      scan: new SharedScan<ListedChat[]>(),
    };
    this.#lines.set(key, line);
    return line;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lines.values()].map((line) => line.batcher.close()));
  }
}
