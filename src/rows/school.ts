/**
 * The only writer of `school`.
 *
 *   unknown ──roster──► named by its newest roster ◄──roster── named by its id ◄──connection── unknown
 *
 * A school is never deleted. These columns change in one direction:
 *
 *   revision          rises with every change that decides membership; a plan of another revision is out of date (F3)
 *   switched_on       grows by the chat types of an applied initialisation (D0)
 *   computed_on       the day for which the desired state was last computed
 *   roster_taken_at   the time of the newest whole roster; the caller checks that a new one is not older
 *
 * `roster_taken_at, roster_by` is the stamp of that roster, and `roster_digest` is what it said (roster/same-list.ts).
 */
import { sql } from 'kysely';
import type { ChatType, Stamp } from '../desired/model.ts';
import type { Pause } from '../desired/pauses.ts';
import type { RemovalLimits } from '../plan/model.ts';
import type { Sql } from '../store/database.ts';
import { oneRow } from '../store/rows.ts';
import { titleKey } from '../text/title-key.ts';

/**
 * Makes all earlier plans of the school out of date (F3). Returns the chat types that are switched on (D0), or null
 * where there is no such school.
 */
export async function moveRevision(tx: Sql, schoolId: string): Promise<ChatType[] | null> {
  const { rows } = await sql<{ switchedOn: ChatType[] }>`
    update school set revision = revision + 1 where id = ${schoolId} returning switched_on as "switchedOn"`.execute(
    tx,
  );
  return rows[0]?.switchedOn ?? null;
}

/** Does the same for several schools. `tx` must see them all. */
export async function moveRevisions(tx: Sql, schoolIds: readonly string[]): Promise<void> {
  await sql`update school set revision = revision + 1 where id = any(${[...schoolIds]})`.execute(tx);
}

/** Makes a row for a school that is connected before its first roster. Until then its id is its name. */
export async function makeKnown(tx: Sql, schoolId: string): Promise<void> {
  await sql`insert into school (id, name, name_key) values (${schoolId}, ${schoolId}, ${titleKey(schoolId)})
    on conflict do nothing`.execute(tx);
}

/** Creates or renames the school as a roster says. True where something changed. */
export async function nameByRoster(tx: Sql, { id, name }: { id: string; name: string }): Promise<boolean> {
  const { rows } = await sql`
    insert into school as t (id, name, name_key) values (${id}, ${name}, ${titleKey(name)})
    on conflict (id) do update set name = excluded.name, name_key = excluded.name_key where t.name <> excluded.name
    returning 1`.execute(tx);
  return rows.length > 0;
}

/** Keeps when СГО wrote the whole roster that was merged, and its digest; null where no later one can be the same. */
export async function noteWholeRoster(
  tx: Sql,
  schoolId: string,
  { at, by }: Stamp,
  digest: string | null,
): Promise<void> {
  await sql`update school set roster_taken_at = ${at}, roster_by = ${by}, roster_digest = ${digest}
    where id = ${schoolId}`.execute(tx);
}

/** Keeps the day for which the desired state was computed. It is the school's own day, `YYYY-MM-DD`. */
export async function noteComputed(tx: Sql, schoolId: string, day: string): Promise<void> {
  await sql`update school set computed_on = ${day} where id = ${schoolId}`.execute(tx);
}

/** Replaces the school's own windows without lists (K3). Returns those before. */
export async function changePauses(tx: Sql, schoolId: string, pauses: readonly Pause[]): Promise<Pause[]> {
  const { rows } = await sql<{ pauses: Pause[] }>`
    with before as (select pauses from school where id = ${schoolId} for update)
    update school s set pauses = ${JSON.stringify(pauses)}::jsonb from before where s.id = ${schoolId}
    returning before.pauses`.execute(tx);
  return oneRow(rows).pauses;
}

/**
 * Makes the desired state of these schools be computed anew, as on a new day: a pause of their lists has begun or ended
 * (K3). `tx` must see them all.
 */
export async function computeAnew(tx: Sql, schoolIds: readonly string[]): Promise<void> {
  await sql`update school set computed_on = null, revision = revision + 1 where id in (
    select id from school where id = any(${[...schoolIds]}) order by id for update)`.execute(tx);
}

/** Makes these chat types follow the facts from now on (D0). `day` is the day that the initialisation has computed. */
export async function switchOn(
  tx: Sql,
  schoolId: string,
  { types, day }: { types: readonly ChatType[]; day: string },
): Promise<void> {
  await sql`update school set computed_on = ${day}, switched_on = (
      select array_agg(distinct t order by t) from unnest(switched_on || ${[...types]}::text[]) t)
    where id = ${schoolId}`.execute(tx);
}

/** The settings of a school. Null and missing limits mean the defaults. */
export interface Settings {
  timeZone: string | null;
  earlyEntryMinutes: number;
  sessionIdleMinutes: number | null;
  /** Days of keeping a departed person (K6). Undefined leaves the present value. */
  retentionDays?: number | null;
  /** How often the school's chats are looked at (D8). Undefined leaves the present value. */
  lookEverySeconds?: number | null;
  limits: Partial<RemovalLimits>;
}

/** Replaces the settings. Earlier plans become out of date, because the limits decide what is held. */
export async function changeSettings(tx: Sql, schoolId: string, to: Settings): Promise<void> {
  await sql`update school set time_zone = ${to.timeZone}, early_entry_minutes = ${to.earlyEntryMinutes},
      session_idle_minutes = ${to.sessionIdleMinutes},
      retention_days = ${to.retentionDays === undefined ? sql`retention_days` : to.retentionDays},
      look_every_seconds = ${to.lookEverySeconds === undefined ? sql`look_every_seconds` : to.lookEverySeconds},
      limits = ${JSON.stringify(to.limits)}::jsonb, revision = revision + 1
    where id = ${schoolId}`.execute(tx);
}
