import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from 'vitest';
import type { CallOptions, SferumCredentials } from '../../src/sferum/gateway.ts';
import { linkCheck } from '../../src/sferum/links.ts';
import { createSandbox } from '../../src/sferum/sandbox/sandbox.ts';
import { methodsOf, parseScript } from '../../src/sferum/sandbox/vkscript.ts';
import type { VkLimits } from '../../src/sferum/vk/limits.ts';
import { createVkGateway } from '../../src/sferum/vk/vk-gateway.ts';
import { createMemoryPace } from '../support/memory-pace.ts';
import { seeded } from '../support/random.ts';
import { checkRequest } from './vk-schema.ts';

export const event: CallOptions = { priority: 'event' };
export const bulk: CallOptions = { priority: 'bulk' };
export const COMMUNITY = 77;
/** Quick retries, and a pace so high that tests do not wait for it. */
export const QUICK: Partial<VkLimits> = {
  retryBaseMs: 1,
  retryCapMs: 4,
  requestTimeoutMs: 1_000,
  bulkLingerMs: 5,
};
const QUICK_PER_SECOND = 1_000;

export const clock = {
  elapsed: () => performance.now(),
  now: Date.now,
  sleep: (ms: number, signal?: AbortSignal): Promise<void> => sleep(ms, undefined, signal && { signal }),
};

/** What is closed when the test ends. */
export const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
});

/**
 * A school's account at a sandbox of its own, over real HTTP. It is closed when the test ends. Each request of the
 * adapter is compared with VK's published schema on its way: `problems` stays empty.
 */
export async function school(
  options: { perSecond?: number; seed?: number; limits?: Partial<VkLimits> } = {},
) {
  const perSecond = options.perSecond ?? QUICK_PER_SECOND;
  const isQuick = perSecond === QUICK_PER_SECOND;
  const random = seeded(options.seed ?? 1);
  const sandbox = createSandbox({
    now: Date.now,
    random,
    ...(isQuick && {
      paceUserPerSecond: Number.POSITIVE_INFINITY,
      paceCommunityPerSecond: Number.POSITIVE_INFINITY,
    }),
  });
  const { url } = await sandbox.listen();
  const { world } = sandbox;
  const access = world.connectSchool({ communityId: COMMUNITY });
  const problems: string[] = [];
  const sentAtMs: number[] = [];
  const checkedFetch = (async (input: string, init: RequestInit) => {
    sentAtMs.push(clock.now());
    const params = Object.fromEntries(new URLSearchParams(init.body as URLSearchParams));
    problems.push(...checkRequest('execute', params), ...checkBatch(params.code ?? ''));
    return fetch(input, init);
  }) as typeof fetch;
  const gateway = createVkGateway({
    baseUrl: url,
    leadsToSferum: linkCheck([url]),
    fetch: checkedFetch,
    pace: createMemoryPace(Date.now),
    clock,
    random,
    limits: { ...QUICK, ...options.limits },
  });
  opened.push(gateway, { [Symbol.asyncDispose]: () => sandbox.close() });
  const user: SferumCredentials = {
    schoolId: 'school',
    communityId: COMMUNITY,
    ownerId: access.serviceUserId,
    accessToken: access.userToken,
    tokenKind: 'user',
    callsToken: null,
    requestsPerSecond: perSecond,
  };
  const community: SferumCredentials = {
    ...user,
    schoolId: 'inviting',
    ownerId: -COMMUNITY,
    accessToken: access.communityToken,
    tokenKind: 'community',
  };
  return {
    sandbox,
    world,
    access,
    gateway,
    problems,
    /** When each request left. */
    sentAtMs,
    credentials: { user, community },
    account: gateway.account(user),
    inviting: gateway.account(community),
    /** The members of a chat of the user's account, without the user. */
    membersOf: (peerId: number) =>
      world
        .memberIds(world.chatAt(access.serviceUserId, peerId).id)
        .filter((id) => id !== access.serviceUserId),
  };
}

function checkBatch(code: string): string[] {
  const script = parseScript(code);
  if (script.type !== 'array') return ['a batch is an array of calls'];
  const problems = script.items.flatMap((item) =>
    item.type === 'call'
      ? checkRequest(item.method, item.params)
      : ['a batch holds something else than calls'],
  );
  return methodsOf(script).length > 25 ? [...problems, 'a batch holds too many calls'] : problems;
}

export const range = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);
