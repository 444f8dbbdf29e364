/**
 * The only writer of `told_delivery`: the outbox of messages (K2). Its id is the message's own on every repeat, and its
 * body never changes.
 *
 *   none     ──addDeliveries───► waiting    in the transaction that says what has begun or ended
 *   waiting  ──takeDeliveries──► waiting    … and not taken again before `leaseUntil`: its sender may die meanwhile
 *   waiting  ──delivered───────► delivered
 *   waiting  ──failed──────────► waiting    to be tried again at `nextAt`
 *   waiting  ──failed──────────► failed     `nextAt` null: it was tried for long enough, or its receiver is gone
 *
 * What was sent and not recorded is sent again: a receiver knows it by its id.
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { sure } from '../sure.ts';

/** A message to one receiver: a webhook, or the person of a choice. */
export interface NewDelivery {
  id: string;
  schoolId: string | null;
  webhookId: string | null;
  choiceId: string | null;
  /** `hold.opened`, `test`, `summary`. */
  type: string;
  body: string;
}

/** Puts messages into the outbox, due at once. `leaseUntil`: the caller sends them, and nobody else before that. */
export async function addDeliveries(
  tx: Sql,
  deliveries: readonly NewDelivery[],
  { at, leaseUntil }: { at: Date; leaseUntil?: Date },
): Promise<void> {
  if (deliveries.length === 0) return;
  await sql`
    insert into told_delivery (id, school_id, webhook_id, choice_id, type, body, created_at, next_at, attempts)
    select id, "schoolId", "webhookId", "choiceId", type, body, ${at}, ${leaseUntil ?? at}, ${leaseUntil ? 1 : 0}
    from jsonb_to_recordset(${JSON.stringify(deliveries)}::jsonb)
      as r(id uuid, "schoolId" text, "webhookId" uuid, "choiceId" bigint, type text, body text)`.execute(tx);
}

/** A message that its taker is to send now. */
export interface Taken {
  id: string;
  webhookId: string | null;
  choiceId: string | null;
  body: string;
  /** This one counts. */
  attempts: number;
  createdAt: string;
}

/**
 * Takes messages that are due, the longest due first. It takes at most `mostOfWebhook` of each webhook, so that one
 * that hangs delays no other. `busy`: webhooks that are left alone this time.
 */
export async function takeDeliveries(
  db: Sql,
  how: {
    at: Date;
    leaseUntil: Date;
    most: number;
    mostOfWebhook: number;
    busy: readonly string[];
    mail: boolean;
  },
): Promise<Taken[]> {
  const { rows } = await sql<Taken>`
    with due as (
      select d.id, d.next_at from webhook w cross join lateral (
          select id, next_at from told_delivery where webhook_id = w.id and next_at <= ${how.at}
          order by next_at limit ${how.mostOfWebhook} for update skip locked) d
        where w.id <> all(${[...how.busy]}::uuid[])
      union all select d.id, d.next_at from (
          select id, next_at from told_delivery where choice_id is not null and next_at <= ${how.at} and ${how.mail}
          order by next_at limit ${how.most} for update skip locked) d
    )
    update told_delivery t set attempts = t.attempts + 1, next_at = ${how.leaseUntil}
    where t.id in (select id from due order by next_at limit ${how.most})
    returning t.id, t.webhook_id as "webhookId", t.choice_id as "choiceId", t.body, t.attempts,
      t.created_at as "createdAt"`.execute(db);
  return rows;
}

/** Gives in SQL when the next message is due; null where none waits. `mail`: letters count too. */
export const nextDueIn = ({ mail }: { mail: boolean }) => sql<
  string | null
>`(select min(next_at) from told_delivery
  where next_at is not null and (${mail} or choice_id is null))`;

/** When the next message is due, as an instant of the database; null where none waits. `mail`: letters count too. */
export async function nextDue(db: Sql, { mail }: { mail: boolean }): Promise<string | null> {
  const { rows } = await sql<{ at: string | null }>`select ${nextDueIn({ mail })} as at`.execute(db);
  return sure(rows[0]).at;
}

/** Notes that the receiver has the message. `answer`: what was answered, in a word. */
export async function delivered(
  tx: Sql,
  id: string,
  { answer, at }: { answer: string; at: Date },
): Promise<void> {
  await sql`update told_delivery set state = 'delivered', next_at = null, answer = ${answer}, tried_at = ${at}
    where id = ${id}`.execute(tx);
}

/** Notes that the message was not received. `nextAt`: when it is tried again; null: never. */
export async function failed(
  tx: Sql,
  id: string,
  { answer, at, nextAt }: { answer: string; at: Date; nextAt: Date | null },
): Promise<void> {
  await sql`update told_delivery set state = ${nextAt === null ? 'failed' : 'waiting'}, next_at = ${nextAt},
    answer = ${answer}, tried_at = ${at} where id = ${id}`.execute(tx);
}

/** Gives up what still waits for a webhook that has ended. */
export async function giveUpOn(tx: Sql, webhookId: string): Promise<void> {
  await sql`update told_delivery set state = 'failed', next_at = null
    where webhook_id = ${webhookId} and next_at is not null`.execute(tx);
}

/** Moves what waits for a later moment back by the step of the database's clock (reliability 20). */
export async function moveDeliveriesBack(tx: Sql, stepMs: number): Promise<void> {
  await sql`update told_delivery set next_at = next_at - ${stepMs}::float8 * interval '1 millisecond'
    where next_at > clock_timestamp()`.execute(tx);
}
