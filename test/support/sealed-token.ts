import type { Context } from '../../src/context.ts';
import type { Place } from '../../src/secrets.ts';
import { SEALED_COLUMNS } from '../../src/store/sealed-columns.ts';

/** Where a school's access token stands. */
export function tokenPlace(schoolId: string): Place {
  return { schoolId, column: SEALED_COLUMNS.accessToken };
}

/** An access token as that school's row of `sferum_account` holds it. */
export function sealedToken({ secrets }: Pick<Context, 'secrets'>, schoolId: string, plain = 't'): string {
  return secrets.seal(plain, tokenPlace(schoolId));
}
