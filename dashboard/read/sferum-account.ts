import { sql } from 'kysely';
import { UNCONFIRMED } from '../../src/rows/sferum-account.ts';
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
  /** False after the owner was replaced, or the database restored: nothing is created until somebody confirms. */
  creationsConfirmed: boolean;
}

export async function findSferumAccount(db: Sql, schoolId: string): Promise<SferumAccountItem | null> {
  const { rows } = await sql<
    Omit<SferumAccountItem, 'communityId' | 'ownerId'> & { communityId: string; ownerId: string }
  >`select community_id as "communityId", owner_id as "ownerId", token_kind as "tokenKind",
      calls_token_sealed is not null as "hasCallsToken", requests_per_second as "requestsPerSecond",
      status, status_reason as "statusReason", status_since as "statusSince",
      coalesce(status_reason <> all(${[...UNCONFIRMED]}), true) as "creationsConfirmed"
    from sferum_account where school_id = ${schoolId}`.execute(db);
  const row = rows[0];
  return row
    ? {
        ...row,
        communityId: Number(row.communityId),
        ownerId: Number(row.ownerId),
        statusSince: instant(row.statusSince),
      }
    : null;
}
