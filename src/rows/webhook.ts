/**
 * The only writer of `webhook`: who is told by HTTP (K2).
 *
 *   none   ──addWebhook────► live
 *   live   ──endWebhook────► ended   the receiver has answered 410: nothing is sent to it any more
 *   ended  ──changeWebhook─► live    its address or kinds are said again
 *   any    ──removeWebhook─► none    with its deliveries
 *
 * `former_secret_sealed` signs beside the secret until `former_until`.
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import type { ToldKind } from '../store/entities.ts';

interface NewWebhook {
  id: string;
  /** Null: it hears all schools. */
  schoolId: string | null;
  url: string;
  kinds: ToldKind[];
  secretSealed: string;
}

/** Adds a webhook. */
export async function addWebhook(tx: Sql, to: NewWebhook, at: Date): Promise<void> {
  await sql`insert into webhook (id, school_id, url, kinds, secret_sealed, created_at)
    values (${to.id}, ${to.schoolId}, ${to.url}, ${to.kinds}, ${to.secretSealed}, ${at})`.execute(tx);
}

/** Replaces a webhook's address and what it hears. One that has ended lives again. */
export async function changeWebhook(
  tx: Sql,
  id: string,
  { url, kinds }: Pick<NewWebhook, 'url' | 'kinds'>,
): Promise<void> {
  await sql`update webhook set url = ${url}, kinds = ${kinds}, ended_at = null where id = ${id}`.execute(tx);
}

/** Gives a webhook a new secret. The present one signs too until `formerUntil`. */
export async function rotateSecret(
  tx: Sql,
  id: string,
  {
    secretSealed,
    formerSealed,
    formerUntil,
  }: { secretSealed: string; formerSealed: string; formerUntil: Date },
): Promise<void> {
  await sql`update webhook set secret_sealed = ${secretSealed}, former_secret_sealed = ${formerSealed},
    former_until = ${formerUntil} where id = ${id}`.execute(tx);
}

/** Ends a webhook, because its receiver is gone. */
export async function endWebhook(tx: Sql, id: string, at: Date): Promise<void> {
  await sql`update webhook set ended_at = ${at} where id = ${id} and ended_at is null`.execute(tx);
}

/** Removes a webhook with its deliveries. */
export async function removeWebhook(tx: Sql, id: string): Promise<void> {
  await sql`delete from webhook where id = ${id}`.execute(tx);
}
