import { accountState } from '../../src/rows/sferum-account.ts';
import { instant, type Sql } from '../../src/store/database.ts';

/** A school's connection as it may be shown: without tokens. */
export interface SferumAccountItem {
  communityId: number;
  ownerId: number;
  tokenKind: 'user' | 'community';
  hasCallsToken: boolean;
  requestsPerSecond: number;
  status: 'ok' | 'broken';
  statusReason: string | null;
  statusSince: string;
  /** False after the owner was replaced or the database restored. Nothing is created until somebody confirms. */
  creationsConfirmed: boolean;
}

/** Finds a school's connection without its tokens; null where the school was never connected. */
export async function findSferumAccount(db: Sql, schoolId: string): Promise<SferumAccountItem | null> {
  const row = await db
    .selectFrom('sferum_account')
    .select((eb) => [
      'community_id',
      'owner_id',
      'token_kind',
      eb('calls_token_sealed', 'is not', null).as('hasCallsToken'),
      'requests_per_second',
      'status',
      'status_reason',
      'status_since',
    ])
    .where('school_id', '=', schoolId)
    .executeTakeFirst();
  if (!row) return null;
  const state = accountState({ status: row.status, reason: row.status_reason });
  return {
    communityId: Number(row.community_id),
    ownerId: Number(row.owner_id),
    tokenKind: row.token_kind,
    hasCallsToken: row.hasCallsToken === true,
    requestsPerSecond: row.requests_per_second,
    status: row.status,
    statusReason: row.status_reason,
    statusSince: instant(row.status_since),
    creationsConfirmed: state === 'connected' || state === 'broken',
  };
}
