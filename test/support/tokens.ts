/** Tokens as СГО signs them. */
import { SignJWT } from 'jose';
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
  const jwt = new SignJWT({ role, school, ...(acr === undefined ? {} : { acr }) })
    .setProtectedHeader({ alg })
    .setSubject(sub)
    .setIssuer(iss)
    .setAudience(aud)
    .setIssuedAt(Math.floor(nowMs / 1000));
  if (exp !== null) jwt.setExpirationTime(Math.floor(nowMs / 1000) + exp);
  if (jti !== undefined) jwt.setJti(jti);
  return jwt.sign(new TextEncoder().encode(secret));
}
