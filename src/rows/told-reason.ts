/**
 * The only writer of `told_reason`: what is open now in a school, by kind and reason, and who has to know (K2).
 *
 *   none     ──noteOpen───────► waiting   it is so: `seen_at` says since when that is known
 *   waiting  ──noteOpen───────► none      … and was over before anybody was told
 *   waiting  ──takeOpened─────► told      a message says that it has begun
 *   told     ──noteOpen───────► over      it is not so any more: `gone_at`
 *   over     ──noteOpen───────► told      … and is so again before anybody was told
 *   over     ──takeClosed─────► none      a message says that it has ended
 *
 * Many of one kind in one school come together: a message waits until nothing has been added for a while, and no
 * longer than a bound (`Gathering`).
 */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import type { ToldKind } from '../store/entities.ts';

/** A message goes once nothing was added since `quietBefore`, or something has waited since `waitedBefore`. */
export interface Gathering {
  at: Date;
  quietBefore: Date;
  waitedBefore: Date;
}

/** What a message says: so many things of a kind in a school (null: in the service itself). */
export interface Told {
  schoolId: string | null;
  kind: ToldKind;
  items: number;
  /** The first of them, as an instant of the database. */
  since: string;
  chatIds: string[];
  operationIds: string[];
}

/** A message names at most so many chats. */
const CHATS_NAMED = 100;

/** True in SQL where the rows `o` and `t` are about the same. */
const isSame = sql`o.kind = t.kind and o.reason = t.reason and o.school_id is not distinct from t.school_id`;

/** True in SQL where `o` says nothing that `t` did not say. */
const saysTheSame = sql`(t.items = o.items and t.chat_ids = o.chat_ids
  and t.operation_id is not distinct from o.operation_id)`;

/**
 * True in SQL where something waits to be told, or `noteOpen` would write. `o`: the rows that `noteOpen` takes as `open`.
 */
export const hasNews = sql<boolean>`(exists (select from told_reason where told_at is null or gone_at is not null)
  or exists (select from o where not exists (select from told_reason t
    where ${isSame} and ${saysTheSame}))
  or exists (select from told_reason t where not exists (select from o where ${isSame})))`;

/**
 * Compares what is written with what is so, and writes only what has changed. `open`: a query of school_id, kind,
 * reason, since, items, chat_ids and operation_id.
 */
export async function noteOpen(tx: Sql, open: RawBuilder<unknown>, at: Date): Promise<void> {
  await sql`
    with o as materialized (${open}),
    back as (
      update told_reason t set gone_at = null, items = o.items, chat_ids = o.chat_ids, operation_id = o.operation_id
      from o where ${isSame} and (t.gone_at is not null or not ${saysTheSame})
    ),
    away as (
      update told_reason t set gone_at = ${at} where t.gone_at is null and t.told_at is not null
        and not exists (select from o where ${isSame})
    ),
    dropped as (
      delete from told_reason t where t.told_at is null and not exists (select from o where ${isSame})
    )
    insert into told_reason (school_id, kind, reason, since, items, chat_ids, operation_id, seen_at)
    select o.school_id, o.kind, o.reason, o.since, o.items, o.chat_ids, o.operation_id, ${at}
    from o where not exists (select from told_reason t where ${isSame})
    on conflict do nothing`.execute(tx);
}

/** Marks what has begun as told. Gives one message for each school and kind. */
export async function takeOpened(tx: Sql, when: Gathering): Promise<Told[]> {
  const isWaiting = sql`told_at is null`;
  return takeGathered(tx, when, {
    isWaiting,
    since: sql`seen_at`,
    take: (ids) => sql`update told_reason set told_at = ${when.at} where id in (${ids}) returning *`,
  });
}

/** Deletes what has ended. Gives one message for each school and kind. */
export async function takeClosed(tx: Sql, when: Gathering): Promise<Told[]> {
  return takeGathered(tx, when, {
    isWaiting: sql`told_at is not null and gone_at is not null`,
    since: sql`gone_at`,
    take: (ids) => sql`delete from told_reason where id in (${ids}) returning *`,
  });
}

async function takeGathered(
  tx: Sql,
  { quietBefore, waitedBefore }: Gathering,
  {
    isWaiting,
    since,
    take,
  }: {
    isWaiting: RawBuilder<unknown>;
    since: RawBuilder<unknown>;
    take: (ids: RawBuilder<unknown>) => RawBuilder<unknown>;
  },
): Promise<Told[]> {
  const ids = sql`select t.id from told_reason t join (
      select coalesce(school_id, '') as school, kind from told_reason where ${isWaiting} group by 1, 2
      having max(${since}) <= ${quietBefore} or min(${since}) <= ${waitedBefore}) g
    on g.school = coalesce(t.school_id, '') and g.kind = t.kind where ${isWaiting}`;
  const { rows } = await sql<Told>`
    with taken as (${take(ids)})
    select ${asTold} from taken group by school_id, kind order by school_id, kind`.execute(tx);
  return rows;
}

/** What is open and was not over when last looked at, by school and kind. */
export async function openNow(tx: Sql): Promise<Told[]> {
  const { rows } = await sql<Told>`
    select ${asTold} from told_reason where gone_at is null group by school_id, kind
    order by school_id, kind`.execute(tx);
  return rows;
}

const asTold = sql`school_id as "schoolId", kind, sum(items)::int as items, min(since) as since,
  coalesce((array_agg(operation_id order by since) filter (where operation_id is not null))[1:2], '{}') as "operationIds",
  array(select distinct c from unnest(string_to_array(string_agg(array_to_string(chat_ids, ','), ','), ',')) c
    where c <> '' order by c limit ${sql.lit(CHATS_NAMED)}) as "chatIds"`;
