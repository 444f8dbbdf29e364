import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Initial } from '../../migrations/0001-initial.ts';
import { Lessons } from '../../migrations/0002-lessons.ts';
import { ChatDraft } from '../../migrations/0003-chat-draft.ts';
import { Console } from '../../migrations/0004-console.ts';
import { Meetings } from '../../migrations/0005-meetings.ts';
import { EnrollmentRuns } from '../../migrations/0006-enrollment-runs.ts';
import { AttentionIndex } from '../../migrations/0007-attention.ts';
import { ChatOrder } from '../../migrations/0008-chat-order.ts';
import { SetAside } from '../../migrations/0009-set-aside.ts';
import { PersonParts } from '../../migrations/0010-person-parts.ts';
import { RosterBySchool } from '../../migrations/0012-roster-by-school.ts';
import { Sessions } from '../../migrations/0013-sessions.ts';
import { Trail } from '../../migrations/0014-trail.ts';
import { Ends } from '../../migrations/0015-ends.ts';
import { LinkingQuestion } from '../../migrations/0017-linking-question.ts';
import { Authors } from '../../migrations/0019-authors.ts';
import { Wall } from '../../migrations/0020-wall.ts';
import { Erasures } from '../../migrations/0021-erasures.ts';
import { Steps } from '../../migrations/0022-steps.ts';
import { ErasureStamps } from '../../migrations/0023-erasure-stamps.ts';
import { Holds } from '../../migrations/0024-holds.ts';
import { LateEffects } from '../../migrations/0025-late-effects.ts';
import { RosterFaults } from '../../migrations/0026-roster-faults.ts';
import { DatedFacts } from '../../migrations/0027-dated-facts.ts';
import { Processes } from '../../migrations/0029-processes.ts';
import { PaceClock } from '../../migrations/0030-pace-clock.ts';
import { Calls } from '../../migrations/0031-calls.ts';
import { ProfileClaims } from '../../migrations/0032-profile-claims.ts';
import { LookAlikes } from '../../migrations/0033-look-alikes.ts';
import { Abandoned } from '../../migrations/0034-abandoned.ts';
import { StatisticsAsked } from '../../migrations/0035-statistics-asked.ts';
import { CoveringIndexes } from '../../migrations/0036-covering-indexes.ts';
import { RoomToRestate } from '../../migrations/0037-room-to-restate.ts';
import { Region } from '../../migrations/0041-region.ts';
import { OrderPlaces } from '../../migrations/0044-order-places.ts';
import { JournalByProfile } from '../../migrations/0045-journal-by-profile.ts';
import { ByClass } from '../../migrations/0046-by-class.ts';
import { DelayDays } from '../../migrations/0047-delay-days.ts';
import { ProcessFigures } from '../../migrations/0048-process-figures.ts';
import { Looks } from '../../migrations/0050-looks.ts';
import { PeopleByName } from '../../migrations/0051-people-by-name.ts';
import { DueWork } from '../../migrations/0052-due-work.ts';
import { Unjudged } from '../../migrations/0053-unjudged.ts';
import { FirstAnswers } from '../../migrations/0054-first-answers.ts';
import { OperationsDue } from '../../migrations/0055-operations-due.ts';
import { SchoolByStatement } from '../../migrations/0056-school-by-statement.ts';
import { Told } from '../../migrations/0057-told.ts';
import { Pauses } from '../../migrations/0058-pauses.ts';
import { Continues } from '../../migrations/0060-continues.ts';
import { ClassMatch } from '../../migrations/0061-class-match.ts';
import { Traces } from '../../migrations/0062-traces.ts';
import { SchoolReadiness } from '../../migrations/0064-school-readiness.ts';
import { TheSameListAgain } from '../../migrations/0065-the-same-list-again.ts';
import { FormerProfiles } from '../../migrations/0066-former-profiles.ts';
import { GoneSince } from '../../migrations/0067-gone-since.ts';
import { PersonMatch } from '../../migrations/0068-person-match.ts';
import { ActionCounts } from '../../migrations/0069-action-counts.ts';
import { NameAlone } from '../../migrations/0070-name-alone.ts';
import { RoomInUnits } from '../../migrations/0071-room-in-units.ts';
import {
  IDLE_TIMEOUT_MS,
  KEEP_ALIVE_AFTER_MS,
  SERVER_KEEP_ALIVE,
  type SessionSettings,
} from './bounded-client.ts';
import type { ENTITIES } from './entities.ts';
import { PreparingClient } from './preparing-client.ts';
import { APP_ROLE } from './roles.ts';

/**
 * Nothing may wait for ever on a database that hangs, is not there, or is cut off by a silent network. Together these
 * limits leave what is stuck behind within a minute (V6).
 */
const STATEMENT_TIMEOUT_MS = 25_000;
const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 2_000;
/** No transaction waits for HTTP. One that stands still this long belongs to a stopped process, and is ended. */
const IDLE_IN_TRANSACTION_MS = 30_000;
const LOCK_TIMEOUT_MS = 10_000;

const OF_THE_APPLICATION: SessionSettings = {
  role: APP_ROLE,
  statement_timeout: STATEMENT_TIMEOUT_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
};

/** The number of connections where no other is given. */
export const POOL_MAX = 20;

export interface OrmOptions {
  /** Connections of one process. Each running statement or transaction holds one. */
  poolMax?: number;
  /** Connects as the role that owns the tables, for migrations, and takes on no role of the application's. */
  asOwner?: boolean;
  /**
   * How long a statement waits for a row or a table that another one holds. It waits with a connection and holds up
   * those that come after it.
   */
  lockTimeoutMs?: number;
  /**
   * The tables that the ORM is asked about (entities.ts). The program itself needs only its pool and its migrations.
   * To look at all entities would cost each start 0.15 s.
   */
  entities?: typeof ENTITIES;
}

/** In the order in which they run. A new one is named last. */
export const MIGRATIONS = [
  { name: '0001-initial', class: Initial },
  { name: '0002-lessons', class: Lessons },
  { name: '0003-chat-draft', class: ChatDraft },
  { name: '0004-console', class: Console },
  { name: '0005-meetings', class: Meetings },
  { name: '0006-enrollment-runs', class: EnrollmentRuns },
  { name: '0007-attention', class: AttentionIndex },
  { name: '0008-chat-order', class: ChatOrder },
  { name: '0009-set-aside', class: SetAside },
  { name: '0010-person-parts', class: PersonParts },
  { name: '0012-roster-by-school', class: RosterBySchool },
  { name: '0013-sessions', class: Sessions },
  { name: '0014-trail', class: Trail },
  { name: '0015-ends', class: Ends },
  { name: '0017-linking-question', class: LinkingQuestion },
  { name: '0019-authors', class: Authors },
  { name: '0020-wall', class: Wall },
  { name: '0021-erasures', class: Erasures },
  { name: '0022-steps', class: Steps },
  { name: '0023-erasure-stamps', class: ErasureStamps },
  { name: '0024-holds', class: Holds },
  { name: '0025-late-effects', class: LateEffects },
  { name: '0026-roster-faults', class: RosterFaults },
  { name: '0027-dated-facts', class: DatedFacts },
  { name: '0029-processes', class: Processes },
  { name: '0030-pace-clock', class: PaceClock },
  { name: '0031-calls', class: Calls },
  { name: '0032-profile-claims', class: ProfileClaims },
  { name: '0033-look-alikes', class: LookAlikes },
  { name: '0034-abandoned', class: Abandoned },
  { name: '0035-statistics-asked', class: StatisticsAsked },
  { name: '0036-covering-indexes', class: CoveringIndexes },
  { name: '0037-room-to-restate', class: RoomToRestate },
  { name: '0041-region', class: Region },
  { name: '0044-order-places', class: OrderPlaces },
  { name: '0045-journal-by-profile', class: JournalByProfile },
  { name: '0046-by-class', class: ByClass },
  { name: '0047-delay-days', class: DelayDays },
  { name: '0048-process-figures', class: ProcessFigures },
  { name: '0050-looks', class: Looks },
  { name: '0051-people-by-name', class: PeopleByName },
  { name: '0052-due-work', class: DueWork },
  { name: '0053-unjudged', class: Unjudged },
  { name: '0054-first-answers', class: FirstAnswers },
  { name: '0055-operations-due', class: OperationsDue },
  { name: '0056-school-by-statement', class: SchoolByStatement },
  { name: '0057-told', class: Told },
  { name: '0058-pauses', class: Pauses },
  { name: '0060-continues', class: Continues },
  { name: '0061-class-match', class: ClassMatch },
  { name: '0062-traces', class: Traces },
  { name: '0064-school-readiness', class: SchoolReadiness },
  { name: '0065-the-same-list-again', class: TheSameListAgain },
  { name: '0066-former-profiles', class: FormerProfiles },
  { name: '0067-gone-since', class: GoneSince },
  { name: '0068-person-match', class: PersonMatch },
  { name: '0069-action-counts', class: ActionCounts },
  { name: '0070-name-alone', class: NameAlone },
  { name: '0071-room-in-units', class: RoomInUnits },
];

/** Makes the ORM. It connects lazily: the first query opens a connection. */
export async function createOrm(databaseUrl: string, options: OrmOptions = {}): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: databaseUrl,
    entities: [...(options.entities ?? [])],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: {
      migrationsList: MIGRATIONS,
      snapshot: false,
    },
    // The queue's own tables live in schema `bullmq`; a schema diff must never drop them.
    schemaGenerator: { ignoreSchema: ['bullmq'] },
    pool: { min: 0, max: options.poolMax ?? POOL_MAX, idleTimeoutMillis: IDLE_TIMEOUT_MS },
    driverOptions: {
      // The ORM itself drops what the address asks for in its query, TLS too. The driver reads it.
      connectionString: databaseUrl,
      Client: PreparingClient,
      application_name: 'sferum-sync',
      session: {
        ...(options.asOwner ? {} : OF_THE_APPLICATION),
        ...{ timezone: 'UTC', lock_timeout: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS, ...SERVER_KEEP_ALIVE },
      } satisfies SessionSettings,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      // A migration may take any time.
      ...(options.asOwner ? {} : { query_timeout: ANSWER_TIMEOUT_MS }),
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      // A statement is sent before the last one is answered (school-driver.ts).
      pipeline: true,
    },
    forceUtcTimezone: true,
    logger: () => undefined,
    contextName: 'sferum-sync',
  });
}
