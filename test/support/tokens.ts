/** Tokens as СГО signs them. */
import { createHmac } from 'node:crypto';
import type { TokenRole } from '../../src/caller.ts';

export const JWT_SECRET = 'a test secret that is long enough, quite';

export interface TokenClaims {
  role: TokenRole;
  school: string;
  sub?: string;
}

/** A token as СГО signs it; `spoil` changes what a test wants wrong. */
export async function tokenOf(
  { role, school, sub = 'someone' }: TokenClaims,
  spoil: {
    alg?: string;
    secret?: string;
    iss?: string;
    aud?: string;
    exp?: number | null;
    jti?: string;
    acr?: string;
  } = {},
  nowMs = Date.now(),
): Promise<string> {
  const { alg = 'HS256', secret = JWT_SECRET, iss = 'sgo', aud = 'sferum-sync', exp = 3600 } = spoil;
  const { acr, jti } = spoil;
  const iat = Math.floor(nowMs / 1000);
  const claims = { role, school, acr, sub, iss, aud, iat, exp: exp === null ? undefined : iat + exp, jti };
  // By hand, because tests sign a token for each request, and the library of the product takes four times as long.
  const signed = [{ alg }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac(alg.replace('HS', 'sha'), secret).update(signed).digest('base64url')}`;
}
