import type { Context as HonoContext } from 'hono';
import { Redis } from 'ioredis';
import { decodeJwt } from 'jose';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Caller } from '../src/caller.ts';
import type { Config } from '../src/config.ts';
import { Refusal } from '../src/refusal.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
/** A store that answers later than this is passed by, because nobody waits for a counter. */
const STORE_TIMEOUT_MS = 200;
const CLAIMED_SUBJECT_CHARS = 200;

interface Rule {
  keyPrefix: string;
  points: number;
  /** In seconds. */
  duration: number;
}

/**
 * How often somebody may do something (contract, «Who calls»). Each method throws Refusal(429) beyond its rate.
 *
 * A rate is counted in Redis where there is one, for all processes together. Without Redis, or while it is away, each
 * process counts in its memory, so a store locks nobody out. A person's request does not wait for Redis: a count that
 * is too high there refuses the person's next request to this process.
 */
export interface Rates extends AsyncDisposable {
  /** Counts a request of a known caller. СГО itself is not limited. */
  request(caller: Caller): Promise<void>;
  /**
   * Counts a sign-in that has failed. A sign-in that holds is never refused because others failed, so a forged name
   * locks nobody out.
   */
  failedSignIn(subject: string | null, address: string | null): Promise<void>;
  /** Counts a linking that begins. */
  linking(person: { schoolId: string; personId: string }): Promise<void>;
}

/** Makes the counters, in Redis where `redisUrl` names one. `onError` hears of a Redis that is away. */
export function createRates({ limits, redisUrl }: Config, onError: (error: Error) => void): Rates {
  const redis = redisUrl ? connect(redisUrl, onError) : null;
  const inRedis = (rule: Rule, insuranceLimiter?: RateLimiterAbstract) =>
    redis &&
    new RateLimiterRedis({
      ...{ ...rule, keyPrefix: `sferum-sync:rate:${rule.keyPrefix}`, storeClient: redis },
      ...{ rejectIfRedisNotReady: true, ...(insuranceLimiter && { insuranceLimiter }) },
    });
  const counter = (keyPrefix: string, points: number, duration: number): RateLimiterAbstract => {
    const rule = { keyPrefix, points, duration };
    const inMemory = new RateLimiterMemory(rule);
    return inRedis(rule, inMemory) ?? inMemory;
  };
  const bySubject = counter('subject', limits.subjectFailedSignInsPerMinute, MINUTE_SECONDS);
  const byAddress = counter('address', limits.addressFailedSignInsPerMinute, MINUTE_SECONDS);
  const linkings = counter('linking', limits.personLinkingsPerHour, HOUR_SECONDS);
  const perSecond: Rule = { keyPrefix: 'request', points: limits.personRequestsPerSecond, duration: 1 };
  const requests = new RateLimiterMemory(perSecond);
  const requestsEverywhere = inRedis(perSecond);
  return {
    async request({ role, schoolId, subject }) {
      if (role === 'service') return;
      const key = keyOf(schoolId, subject);
      await consume(requests, key);
      requestsEverywhere?.consume(key).catch((beyond) => {
        if (beyond instanceof RateLimiterRes) requests.block(key, beyond.msBeforeNext / 1000);
      });
    },
    async failedSignIn(subject, address) {
      // The address comes first, so that an address beyond its rate cannot fill the memory with names.
      if (address !== null) await consume(byAddress, address);
      if (subject !== null) await consume(bySubject, subject);
    },
    linking: ({ schoolId, personId }) => consume(linkings, keyOf(schoolId, personId)),
    async [Symbol.asyncDispose]() {
      redis?.disconnect();
    },
  };
}

/** Connects to Redis. No command waits in a queue: what cannot be asked now is counted in memory. */
function connect(url: string, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    ...{ enableOfflineQueue: false, maxRetriesPerRequest: 0 },
    ...{ commandTimeout: STORE_TIMEOUT_MS, connectTimeout: STORE_TIMEOUT_MS * 10 },
  });
  redis.on('error', onError);
  return redis;
}

async function consume(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (beyond) {
    if (!(beyond instanceof RateLimiterRes)) throw beyond;
    throw tooMany(beyond.msBeforeNext);
  }
}

/** Counts a caller's request. The caller is noted first, so that a refusal is logged under the caller's id. */
export async function countRequest(rates: Rates, c: HonoContext, caller: Caller): Promise<void> {
  c.set('caller', caller);
  await rates.request(caller);
}

export const TOO_MANY = 'too-many-requests';

function tooMany(retryAfterMs: number): Refusal {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return new Refusal(429, TOO_MANY, 'Слишком много запросов, повторите позже', { retryAfterSeconds });
}

/** Joins parts so that two lists of parts never give one key, because ids may hold any character. */
function keyOf(...parts: string[]): string {
  return JSON.stringify(parts);
}

/** Gives the subject that a token claims, whether the token holds or not. It is good for counting alone. */
export function claimedSubject(token: string): string | null {
  try {
    const { sub, school } = decodeJwt(token);
    return typeof sub === 'string' ? keyOf(String(school), sub).slice(0, CLAIMED_SUBJECT_CHARS) : null;
  } catch {
    return null;
  }
}
