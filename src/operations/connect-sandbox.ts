import { sql } from 'kysely';
import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import type { Sandbox } from '../sferum/sandbox/sandbox.ts';
import { oneRow } from '../store/rows.ts';
import { connectSferum } from './connect-sferum.ts';

/** The communities of the sandbox get ids from this one on, in the order in which schools came. */
const FIRST_COMMUNITY_ID = 230_000_001;

/**
 * Makes the function that connects schools to the sandbox. It connects one school after another, because each takes the
 * next community. A connection that failed keeps no later one.
 */
export function sandboxConnector(
  sandbox: Sandbox,
  requestsPerSecond: number | null,
): (ctx: Context, schoolIds: readonly string[]) => Promise<void> {
  let last = Promise.resolve();
  return (ctx, schoolIds) => {
    last = last
      .catch(() => undefined)
      .then(() => connectSandboxSchools(ctx, sandbox, schoolIds, requestsPerSecond));
    return last;
  };
}

/** Connects schools to the sandbox Sferum without a person. Each school gets its own account with a user token. */
export async function connectSandboxSchools(
  ctx: Context,
  sandbox: Sandbox,
  schoolIds: readonly string[],
  requestsPerSecond: number | null,
): Promise<void> {
  for (const schoolId of schoolIds) {
    const { rows } = await sql<{ n: string; connected: boolean }>`
      select (select count(*) from sferum_account) as n,
        exists(select 1 from sferum_account where school_id = ${schoolId}) as connected`.execute(
      ctx.db.across('accounts'),
    );
    if (oneRow(rows).connected) continue;
    const access = sandbox.world.connectSchool({ communityId: FIRST_COMMUNITY_ID + Number(oneRow(rows).n) });
    await connectSferum(ctx, {
      schoolId,
      communityId: access.communityId,
      accessToken: access.userToken,
      tokenKind: 'user',
      callsToken: null,
      requestsPerSecond,
      replaceAccount: false,
      by: bySystem('sandbox'),
    });
  }
}
