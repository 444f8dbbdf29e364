import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Caller, TOKEN_ROLES } from '../src/caller.ts';
import type { Clock } from '../src/clock.ts';
import type { Config } from '../src/config.ts';
import { Refusal } from '../src/refusal.ts';
import { tokenKey } from '../src/store/used-tokens.ts';
import { sure } from '../src/sure.ts';
import { BY_TOKEN } from './may-act.ts';
import { unauthenticated } from './problem.ts';

export interface HttpEnv {
  Variables: {
    caller: Caller;
    /** Finds the caller anew, because the session may have ended or the token expired since. */
    again: () => Promise<Caller>;
  };
}

/** Gives the caller, or null where the request names none. Throws Refusal(401) where what it names is not valid. */
export type ResolveCaller = (c: HonoContext) => Promise<Caller | null>;

/** The last second since 1970 that a Date can hold. */
const LAST_SECOND = 8.64e12;
const seconds = z.number().min(0).max(LAST_SECOND);

/**
 * What СГО signs (contract, «Who calls»). Person ids are unique within a school, so a token of a person never has the
 * school `"*"`.
 */
const claims = z
  .object({
    sub: z.string().min(1).max(200),
    school: z.string().min(1).max(200),
    role: z.enum(TOKEN_ROLES),
    jti: z.string().max(200).optional(),
    iat: seconds.optional(),
    exp: seconds,
    acr: z.string().max(200).optional(),
    amr: z.array(z.string().max(200)).max(20).optional(),
  })
  .refine((c) => c.school !== '*' || BY_TOKEN.includes(c.role));
export type Claims = z.infer<typeof claims>;

const ISSUER = 'sgo';
const AUDIENCE = 'sferum-sync';
const KEY_SET_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const KEY_SET_TIMEOUT_MS = 5000;
/**
 * A token lives no longer than this, because rights that come from the token alone (operator, service) must not
 * outlive the day.
 */
const LONGEST_LIFE_MS = 12 * 3600_000;
const LIFE_TOLERANCE_MS = 60_000;

/** Verifies a token. Throws Refusal: 401 for a token that is not valid, 503 where the key set cannot be fetched. */
export type VerifyToken = (token: string) => Promise<Claims>;

/** Makes the check of СГО's tokens: by shared secrets, or by СГО's key set. */
export function createTokenVerifier(
  { sgo, operatorAcr }: Pick<Config, 'sgo' | 'operatorAcr'>,
  clock: Clock,
): VerifyToken {
  const expected = { issuer: ISSUER, audience: AUDIENCE, requiredClaims: ['exp'] };
  const verify =
    'secrets' in sgo
      ? hmacVerifier(sgo.secrets, { ...expected, algorithms: ['HS256'] })
      : keySetVerifier(sgo.jwksUrl, { ...expected, algorithms: KEY_SET_ALGORITHMS });
  return async (token) => {
    try {
      const { payload } = await verify(token, new Date(clock.now()));
      const said = claims.parse(payload);
      if (said.exp * 1000 > clock.now() + LONGEST_LIFE_MS + LIFE_TOLERANCE_MS) {
        throw new Refusal(401, 'token-too-long', 'Токен действует дольше 12 часов');
      }
      if (said.role === 'operator' && operatorAcr.length > 0 && !operatorAcr.includes(said.acr ?? '')) {
        throw new Refusal(401, 'sign-in-too-weak', 'Оператору нужен вход с усиленной проверкой');
      }
      return said;
    } catch (error) {
      throw error instanceof Refusal ? error : unauthenticated();
    }
  };
}

interface Expected {
  issuer: string;
  audience: string;
  requiredClaims: string[];
  algorithms: string[];
}

/** Verifies by any of the secrets, so that СГО can change over from one to the next without a gap. */
function hmacVerifier(secrets: readonly string[], expected: Expected) {
  const keys = secrets.map((secret) => new TextEncoder().encode(secret));
  return async (token: string, currentDate: Date) => {
    for (const key of keys.slice(0, -1)) {
      try {
        return await jwtVerify(token, key, { ...expected, currentDate });
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      }
    }
    return jwtVerify(token, sure(keys.at(-1)), { ...expected, currentDate });
  };
}

function keySetVerifier(url: string, expected: Expected) {
  const keys = fetchedKeys(url);
  return (token: string, currentDate: Date) => jwtVerify(token, keys, { ...expected, currentDate });
}

/**
 * Fetches keys. Only the key set itself can be the reason of a 503. A key that is found but does not serve, such as a
 * short one, is the token's fault (401).
 */
function fetchedKeys(url: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: KEY_SET_TIMEOUT_MS });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (KEY_NOT_IN_SET.some((kind) => error instanceof kind)) throw error;
      throw new Refusal(503, 'keys-unavailable', 'Ключи СГО сейчас недоступны');
    }
  };
}

const KEY_NOT_IN_SET = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/**
 * Finds the caller by a Bearer token or, without an Authorization header, by the console's session. A token that was
 * presented at the console's door (`isUsed`, by its key) is no Bearer any more.
 */
export function bearerOrSession(
  verify: VerifyToken,
  isUsed: (key: string) => Promise<boolean>,
  session: ResolveCaller,
): ResolveCaller {
  return async (c) => {
    const header = c.req.header('authorization');
    if (header === undefined) return session(c);
    const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1];
    if (!token) throw unauthenticated();
    const { sub, role, school, jti } = await verify(token);
    if (await isUsed(tokenKey(token, jti))) throw unauthenticated();
    return { subject: sub, role, schoolId: school };
  };
}

/** Lets only known callers through. */
export function authenticate(resolve: ResolveCaller): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const again = async () => {
      const caller = await resolve(c);
      if (!caller) throw unauthenticated();
      return caller;
    };
    c.set('caller', await again());
    c.set('again', again);
    await next();
  };
}
