import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sferum/sandbox/sandbox.ts';

type Answer = {
  // biome-ignore lint/suspicious/noExplicitAny: answers of VK are of many shapes, and tests look into them
  response?: any;
  error?: {
    error_code: number;
    error_subcode?: number;
    error_msg: string;
    request_params: { key: string; value: string }[];
  };
  execute_errors?: { method: string; error_code: number; error_msg: string }[];
};
type Values = Record<string, string | number | boolean | number[] | undefined>;

/** Parameters as a client puts them on the wire. */
export function onTheWire(values: Values): Record<string, string> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'boolean' ? (value ? '1' : '0') : String(value)]),
  );
}

/** The part of a batch's VKScript that calls one method. */
export const scriptCall = (method: string, values: Values) => `API.${method}(${JSON.stringify(values)})`;

/**
 * A sandbox with one school, a clock that stands still until it is moved, and a pace that nobody reaches. Calls go
 * through the app in the same process.
 */
export function schoolInSandbox(options: Partial<SandboxOptions> = {}) {
  const clock = { ms: Date.UTC(2026, 8, 1) };
  const sandbox: Sandbox = createSandbox({
    now: () => clock.ms,
    random: () => 0.5,
    paceUserPerSecond: Number.POSITIVE_INFINITY,
    paceCommunityPerSecond: Number.POSITIVE_INFINITY,
    ...options,
  });
  const access = sandbox.world.connectSchool({ communityId: 77, name: 'Школа № 7' });
  const as =
    (token: string) =>
    (method: string, values: Values = {}) =>
      post(sandbox, method, { access_token: token, v: '5.199', ...onTheWire(values) });
  return {
    sandbox,
    world: sandbox.world,
    clock,
    access,
    user: as(access.userToken),
    community: as(access.communityToken),
    as,
  };
}

async function post(sandbox: Sandbox, method: string, params: Record<string, string>): Promise<Answer> {
  const reply = await sandbox.app.request(`/method/${method}`, {
    method: 'POST',
    body: new URLSearchParams(params),
  });
  return (await reply.json()) as Answer;
}
