/**
 * What waits for a person in a school. The number in the navigation, «Ждут вас» and the notices of other pages are all
 * made of the rows that `waitsOf` gives, so they cannot differ.
 */
import { type RawBuilder, sql } from 'kysely';
import { accountState } from '../../src/rows/sferum-account.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import type { OperationKind } from '../../src/store/entities.ts';
import { byName, shownName } from '../../src/store/queries/person-columns.ts';
import { ASKS_ABOUT_ACCOUNT } from '../../src/told/open-now.ts';
import { type ChatWarning, chatWarning } from './chat-warning.ts';
import { type HeldOperation, heldOperations } from './held-operations.ts';
import type { SameTitles } from './same-titles.ts';

interface Named {
  id: string;
  title: string;
}

/** Something to decide or to mend. `since`: an instant; null where it is not known. */
export type Wait =
  /** Nothing goes to Sferum: the key is refused, or somebody has to confirm. */
  | { kind: 'account'; state: Trouble['state']; since: string }
  | HeldOperation
  /** An operation that ended badly lately and was not repeated since. */
  | { kind: 'failed'; operationId: string; operation: OperationKind; since: string; message: string | null }
  /** Chats that have the same trouble. `message` is Russian and says what to do. */
  | { kind: 'failing'; message: string | null; since: string; chats: Named[]; total: number }
  /**
   * Calls of distance lessons that cannot be started. A call that was lost needs nobody, because another takes its
   * place.
   */
  | { kind: 'call'; message: string | null; since: string; total: number; lessonId: string }
  /** Chats with a warning (chat-warning.ts). */
  | { kind: 'warning'; warning: ChatWarning; since: null; chats: Named[]; total: number }
  /** People whose VK ID somebody else has (A7), by name. */
  | { kind: 'profiles'; since: null; people: { id: string; name: string }[]; total: number };

/** Why nothing goes to Sferum, and since when (an instant). */
export interface Trouble {
  state: 'broken' | 'restore-unconfirmed' | 'replacement-unconfirmed';
  since: string;
}

/** Says why nothing goes to Sferum. Null where the school is connected and works, or was never connected. */
export function troubleOf(account: {
  status: string | null;
  reason: string | null;
  since: string | null;
}): Trouble | null {
  if (account.status === null || account.since === null) return null;
  const state = accountState({ status: account.status, reason: account.reason });
  return state === 'connected' ? null : { state, since: instant(account.since) };
}

/** At most so many chats of a group are named. */
const CHATS_NAMED = 5;
const PEOPLE_NAMED = 20;
const FAILED_WITHIN_DAYS = 7;
const FAILED_SHOWN = 5;

/** What one look at the school's rows finds. */
export interface FoundWaits {
  sameTitles: SameTitles;
  someHeld: boolean;
  failed: (Wait & { kind: 'failed' })[];
  failing: (Wait & { kind: 'failing' })[];
  calls: (Wait & { kind: 'call' })[];
  warnings: (Wait & { kind: 'warning' })[];
  profiles: Pick<Wait & { kind: 'profiles' }, 'people' | 'total'>;
}

/** Gives FoundWaits as a column of `school s`, because every page of an administrator asks for it. */
export function foundWaits(schoolId: string, now: Date, known: SameTitles | null): RawBuilder<FoundWaits> {
  return sql`(with ${needy(schoolId, known)}
    select jsonb_build_object(
      'sameTitles', jsonb_build_object('revision', s.revision::text,
        'keys', (select coalesce(jsonb_agg(key), '[]') from twin)),
      'someHeld', exists (select from operation where school_id = ${schoolId} and state = 'held'),
      'failed', ${listOf(failedOf(schoolId, now))}, 'failing', ${listOf(failing)}, 'warnings', ${listOf(warnings)},
      'calls', ${listOf(callsOf(schoolId))}, 'profiles', (${profilesOf(schoolId)})))`;
}

/** Gives everything that waits, the most pressing first. `trouble`: what is known of the school's connection. */
export async function waitsOf(
  db: Sql,
  schoolId: string,
  { trouble, found }: { trouble: Trouble | null; found: FoundWaits },
): Promise<Wait[]> {
  const { someHeld, failed, calls, warnings: warned, profiles, failing: stuck } = found;
  // People are counted only where somebody is held, because counting looks at every membership.
  const held = someHeld ? await heldOperations(db, schoolId) : [];
  const isAsked =
    trouble?.state !== 'broken' && held.some((one) => ASKS_ABOUT_ACCOUNT.includes(one.operation));
  return [
    ...(trouble && !isAsked ? [{ kind: 'account' as const, ...trouble }] : []),
    ...held,
    ...[...failed, ...stuck, ...calls].map((one) => ({ ...one, since: instant(one.since) })),
    ...warned,
    ...(profiles.total > 0 ? [{ kind: 'profiles' as const, since: null, ...profiles }] : []),
  ];
}

/** The people whom these rows name. */
export function namedIn(waits: readonly Wait[]): string[] {
  return waits.flatMap((wait) => (wait.kind === 'profiles' ? wait.people.map(({ id }) => id) : []));
}

/** A query's rows as one value, in their order. */
function listOf(query: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (${query}) r)`;
}

/**
 * Gives the chats of `school s` that may need somebody, found only through indexes. Which titles several chats have is
 * looked up only where that is not known for the school's revision.
 */
function needy(schoolId: string, known: SameTitles | null): RawBuilder<unknown> {
  const own = sql`school_id = ${schoolId} and deleted_at is null`;
  const revision = sql`${known?.revision ?? null}::bigint`;
  return sql`twin as materialized (
      select key from unnest(${[...(known?.keys ?? [])]}::text[]) key where s.revision = ${revision}
      union all select title_key collate "C" from chat where ${own} and s.revision is distinct from ${revision}
        group by 1 having count(*) > 1
    ), candidate as (
      select id from chat where ${own} and (condition = 'failing' or warning is not null or lacks_admin)
      union select c.id from twin join chat c on ${own} and c.title_key collate "C" = twin.key
    ), needy as materialized (
      select c.id, c.title, c.title_key, c.condition, c.condition_reason, c.condition_message, c.condition_since,
        ${chatWarning} as warning
      from candidate join chat c using (id))`;
}

const named = sql`to_jsonb((array_agg(jsonb_build_object('id', id, 'title', title) order by title_key collate "C"))[1:${sql.lit(CHATS_NAMED)}])`;

const failing = sql`select 'failing' as kind, condition_message as message, min(condition_since) as since,
    ${named} as chats, count(*)::int as total
  from needy where condition = 'failing' group by condition_reason, condition_message order by min(condition_since)`;

const warnings = sql`select 'warning' as kind, warning, null as since, ${named} as chats, count(*)::int as total
  from needy where warning is not null group by warning order by warning`;

function failedOf(schoolId: string, now: Date): RawBuilder<unknown> {
  return sql`select 'failed' as kind, o.id as "operationId", o.kind as operation, o.finished_at as since,
      o.problems->0->>'message' as message
    from operation o where o.school_id = ${schoolId} and o.state = 'failed'
      and o.finished_at > ${now}::timestamptz - make_interval(days => ${FAILED_WITHIN_DAYS})
      and not exists (select from operation later where later.school_id = o.school_id and later.kind = o.kind
        and later.state = 'succeeded' and later.created_at > o.created_at)
    order by o.finished_at desc limit ${FAILED_SHOWN}`;
}

function callsOf(schoolId: string): RawBuilder<unknown> {
  return sql`select 'call' as kind, condition_message as message, min(condition_since) as since,
      count(*)::int as total, min(lesson_id) as "lessonId"
    from meeting m where m.school_id = ${schoolId} and m.due_at is not null and m.condition = 'failing'
      and m.deleted_at is null
    group by condition_message order by min(condition_since)`;
}

function profilesOf(schoolId: string): RawBuilder<unknown> {
  return sql`select jsonb_build_object('total', count(*)::int,
      'people', coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', ${shownName}) order by ${byName})
        filter (where n <= ${PEOPLE_NAMED}), '[]'))
    from (select p.*, row_number() over (order by ${byName}) as n from person p
      where p.school_id = ${schoolId} and p.present and exists (select from profile_claim k
        where k.school_id = ${schoolId} and k.person_id = p.id and k.state = 'waiting')) p`;
}
