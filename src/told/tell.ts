/**
 * Finds what has begun and what has ended in any school, and puts the messages about it into the outbox, in one
 * transaction (K2). So a process that dies has told all of it or nothing, and the next one goes on.
 */
import { sql } from 'kysely';
import { dayIn, HOUR_MS } from '../clock.ts';
import type { Context } from '../context.ts';
import { noteSummed } from '../rows/told-choice.ts';
import { addDeliveries, type NewDelivery, nextDueIn } from '../rows/told-delivery.ts';
import { type Gathering, hasNews, noteOpen, openNow, takeClosed, takeOpened } from '../rows/told-reason.ts';
import type { Sql } from '../store/database.ts';
import { oneRow } from '../store/rows.ts';
import { zoneOf } from '../store/school-day.ts';
import { sure } from '../sure.ts';
import { type Letter, letterOf, type Message, summaryOf, type Turn, webhookBody } from './messages.ts';
import { openRows } from './open-now.ts';
import { hears, livingWebhooks, type Reader, readers, schoolNames } from './receivers.ts';

/** The row of `setting` that says when the last look was, by the database's clock. */
const KEY = 'told';
/** A turn may come earlier by this share of the interval, because timers are not exact. */
const EARLY_SHARE = 0.1;
/** A summary comes at eight in the morning of the school. */
const SUMMARY_AT_MS = 8 * HOUR_MS;

/** What a look says. */
interface Look {
  /** This process has the turn, and there is something to tell. */
  isNews: boolean;
  /** When the next message is due, as an instant of the database; null where none waits. */
  nextDue: string | null;
}

/**
 * Looks, in one statement. All processes share one turn in each interval. The process that takes the turn asks whether
 * anything has begun or ended. A process that dies with the turn loses nothing, because the next turn comes after one
 * interval.
 */
export async function look(ctx: Context): Promise<Look> {
  const leastMs = ctx.config.limits.tellIntervalMs * (1 - EARLY_SHARE);
  const hasMail = ctx.config.mail !== null;
  const { rows } = await sql<Look>`
    with o as materialized (${openRows(ctx)}),
    taken as (insert into setting as s (key, value) values (${KEY}, to_jsonb(clock_timestamp()))
      on conflict (key) do update set value = excluded.value
        where (s.value #>> '{}')::timestamptz not between
          clock_timestamp() - interval '1 millisecond' * ${leastMs}::float8 and clock_timestamp()
      returning 1)
    select case when exists (select from taken) then ${hasNews}
        or ${hasMail} and exists (select from told_choice where daily) else false end as "isNews",
      ${nextDueIn({ mail: hasMail })} as "nextDue"`.execute(ctx.db.recurring('telling'));
  return oneRow(rows);
}

/** Tells what has begun and ended. True where something was put into the outbox. */
export async function tell(ctx: Context): Promise<boolean> {
  return ctx.db.transactionAcross('telling', async ({ sql: tx }) => {
    // One process at a time, so that nothing is told twice.
    await sql`select from setting where key = ${KEY} for update`.execute(tx);
    const nowMs = ctx.clock.now();
    const when = gathering(ctx, nowMs);
    await noteOpen(tx, openRows(ctx), when.at);
    const news = [
      ...withTurn('opened', await takeOpened(tx, when)),
      ...withTurn('closed', await takeClosed(tx, when)),
    ];
    const people = ctx.config.mail === null ? [] : await readers(tx);
    const deliveries = [
      ...(news.length === 0 ? [] : await toWebhooks(ctx, tx, news, when.at)),
      ...(news.length === 0 ? [] : await toReaders(ctx, tx, news, people)),
      ...(await summaries(ctx, tx, people, nowMs)),
    ];
    await addDeliveries(tx, deliveries, { at: when.at });
    return deliveries.length > 0;
  });
}

function gathering({ config: { limits } }: Context, nowMs: number): Gathering {
  return {
    at: new Date(nowMs),
    quietBefore: new Date(nowMs - limits.tellQuietMs),
    waitedBefore: new Date(nowMs - limits.tellGatherMs),
  };
}

const withTurn = (turn: Turn, told: Awaited<ReturnType<typeof takeOpened>>): Message[] =>
  told.map((one) => ({ ...one, turn }));

/** Tells webhooks. Each school gets a message of its own. */
async function toWebhooks(ctx: Context, tx: Sql, news: readonly Message[], at: Date): Promise<NewDelivery[]> {
  const webhooks = await livingWebhooks(tx);
  return news.flatMap((message) =>
    webhooks
      .filter((webhook) => hears(webhook, message))
      .map((webhook) => ({
        ...{ id: ctx.newId(), schoolId: webhook.schoolId, webhookId: webhook.id, choiceId: null },
        type: `${message.kind}.${message.turn}`,
        body: webhookBody(message, { at, publicUrl: ctx.config.publicUrl, schoolId: webhook.schoolId }),
      })),
  );
}

/**
 * Tells people by letters. One letter tells a person everything of one kind that has begun, or ended, in whatever
 * schools.
 */
async function toReaders(
  ctx: Context,
  tx: Sql,
  news: readonly Message[],
  people: readonly Reader[],
): Promise<NewDelivery[]> {
  if (people.length === 0) return [];
  const placesFor = await placesOf(ctx, tx, news);
  const byKind = Object.entries(Object.groupBy(news, ({ kind, turn }) => `${kind}.${turn}`));
  return people.flatMap((person) =>
    byKind.flatMap(([type, all]) => {
      const own = sure(all).filter((message) => hears(person, message));
      return own.length === 0 ? [] : [letterTo(ctx, person, type, letterOf(own, placesFor(person)))];
    }),
  );
}

/** Writes letters to those who have chosen a summary, to each once a day of the school. */
async function summaries(
  ctx: Context,
  tx: Sql,
  people: readonly Reader[],
  nowMs: number,
): Promise<NewDelivery[]> {
  const due = people
    .filter(({ daily }) => daily)
    .map((person) => ({ person, day: dayIn(zoneOf(ctx, person.timeZone), nowMs - SUMMARY_AT_MS) }))
    .filter(({ person, day }) => person.summedOn === null || person.summedOn < day);
  if (due.length === 0) return [];
  const open = await openNow(tx);
  const placesFor = await placesOf(ctx, tx, open);
  const letters: NewDelivery[] = [];
  for (const { person, day } of due) {
    const own = open.filter((one) => hears(person, one));
    letters.push(letterTo(ctx, person, 'summary', summaryOf(own, placesFor(person))));
    await noteSummed(tx, person.id, day);
  }
  return letters;
}

async function placesOf(ctx: Context, tx: Sql, told: readonly { schoolId: string | null }[]) {
  const ids = [...new Set(told.flatMap(({ schoolId }) => (schoolId === null ? [] : [schoolId])))];
  const known = { schools: await schoolNames(tx, ids), publicUrl: ctx.config.publicUrl };
  return ({ schoolId }: Reader) => ({ ...known, ofRegion: schoolId === null });
}

function letterTo(ctx: Context, { id, schoolId }: Reader, type: string, letter: Letter): NewDelivery {
  return { id: ctx.newId(), schoolId, webhookId: null, choiceId: id, type, body: JSON.stringify(letter) };
}
