/**
 * The client of VK ID (OAuth 2.1 with PKCE S256, state and device_id; https://id.vk.com/about/business/go/docs). VK
 * ID does not follow the RFCs: errors come with HTTP 200, and there is neither discovery nor a key set. So no library
 * fits, and the client is written here. It asks only whose profile it is (`user_info`). The id_token is not read,
 * because it cannot be verified.
 */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { cleanText } from '../text/clean-text.ts';
import { cutText } from '../text/cut-text.ts';

const REQUEST_TIMEOUT_MS = 10_000;
/** These bytes give 43 characters. VK ID wants a state of at least 32 and a verifier of 43 to 128 characters. */
const SECRET_BYTES = 32;
const NAME_CHARS = 100;
const LARGEST_ID = Number.MAX_SAFE_INTEGER;

export interface VkIdApp {
  /** The address of VK ID without a slash at its end, for example `https://id.vk.ru`. */
  url: string;
  clientId: string;
  /** Our address for the way back, exactly as it is registered with VK ID. */
  redirectUri: string;
}

/** Random values that are made when a person leaves for VK ID and that are needed when the person comes back. */
export interface Secrets {
  state: string;
  verifier: string;
}

/** `refused` means that VK ID rejects the code. `unavailable` means no answer, or an answer that we cannot read. */
export class VkIdError extends Error {
  readonly kind: 'refused' | 'unavailable';
  /** The error code of VK ID, for example `invalid_grant`. */
  readonly code: string;

  constructor(kind: VkIdError['kind'], code: string) {
    super(`VK ID: ${kind} (${code})`);
    this.name = 'VkIdError';
    this.kind = kind;
    this.code = code;
  }
}

/** Makes the two values that tie a consent to the browser and the process that asked for it (PKCE). */
export function newSecrets(): Secrets {
  const secret = () => randomBytes(SECRET_BYTES).toString('base64url');
  return { state: secret(), verifier: secret() };
}

/**
 * The address where the person consents. VK ID sends the browser to `redirectUri` with `code`, `state`, `device_id`.
 */
export function authorizeUrl(app: VkIdApp, { state, verifier }: Secrets): string {
  const url = new URL(`${app.url}/authorize`);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: app.redirectUri,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    scope: '',
  }).toString();
  return url.href;
}

const refusal = z.object({ error: z.string(), error_description: z.string().optional() });
const granted = z.object({ access_token: z.string().min(1), state: z.string() });
const info = z.object({
  user: z.object({
    user_id: z.union([z.string().regex(/^\d{1,16}$/), z.int()]).transform(Number),
    first_name: z.string().catch(''),
    last_name: z.string().catch(''),
  }),
});

/** The VK user who consented. The name proves nothing, because VK users write it themselves. */
export interface VkProfile {
  vkUserId: number;
  name: string;
}

/** Asks VK ID who consented. The access token is given up at once, because nothing else needs it. Throws VkIdError. */
export async function userOf(
  app: VkIdApp,
  secrets: Secrets,
  { code, deviceId }: { code: string; deviceId: string },
): Promise<VkProfile> {
  const answer = await post(app, '/oauth2/auth', granted, {
    grant_type: 'authorization_code',
    code,
    code_verifier: secrets.verifier,
    client_id: app.clientId,
    device_id: deviceId,
    redirect_uri: app.redirectUri,
    state: secrets.state,
  });
  if (answer.state !== secrets.state) throw new VkIdError('refused', 'state_differs');
  const session = { client_id: app.clientId, access_token: answer.access_token };
  const { user } = await post(app, '/oauth2/user_info', info, session);
  if (user.user_id < 1 || user.user_id > LARGEST_ID) throw new VkIdError('unavailable', 'strange_user_id');
  // A failure is ignored, because the token expires within an hour anyway.
  await post(app, '/oauth2/logout', z.unknown(), session).catch(() => undefined);
  const name = cutText(cleanText(`${user.first_name} ${user.last_name}`), NAME_CHARS);
  return { vkUserId: user.user_id, name };
}

async function post<Answer>(
  app: VkIdApp,
  path: string,
  shape: z.ZodType<Answer>,
  fields: Record<string, string>,
): Promise<Answer> {
  let body: unknown;
  try {
    const response = await fetch(`${app.url}${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'error',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    body = await response.json();
  } catch {
    throw new VkIdError('unavailable', 'no_answer');
  }
  const refused = refusal.safeParse(body);
  if (refused.success) throw new VkIdError('refused', refused.data.error);
  const answer = shape.safeParse(body);
  if (!answer.success) throw new VkIdError('unavailable', 'strange_answer');
  return answer.data;
}
