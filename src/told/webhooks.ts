/** What operators and school admins do with webhooks (K2). Rights have been checked before. */

import { lookup } from 'node:dns/promises';
import { sql } from 'kysely';
import type { Author } from '../author.ts';
import { HOUR_MS } from '../clock.ts';
import type { Context } from '../context.ts';
import { notFound, Refusal } from '../refusal.ts';
import { noteLine } from '../rows/journal.ts';
import { addDeliveries } from '../rows/told-delivery.ts';
import { addWebhook, changeWebhook, removeWebhook, rotateSecret } from '../rows/webhook.ts';
import { instant, type Sql } from '../store/database.ts';
import type { ToldKind } from '../store/entities.ts';
import { SEALED_COLUMNS } from '../store/sealed-columns.ts';
import { sure } from '../sure.ts';
import { assertReceiver, isPublic } from './public-address.ts';
import { type SendOutcome, sendOne } from './send.ts';
import { newSecret } from './sign.ts';
import { leaseUntil } from './teller.ts';

export interface WebhookView {
  id: string;
  /** Null: it hears all schools. */
  schoolId: string | null;
  url: string;
  kinds: ToldKind[];
  createdAt: string;
  /** When its receiver said that it is gone; null while it hears. */
  endedAt: string | null;
  /** Until when the former secret signs too; null where there is none. */
  formerSecretUntil: string | null;
}

const columns = sql`id, school_id as "schoolId", url, kinds, created_at as "createdAt", ended_at as "endedAt",
  former_until as "formerSecretUntil"`;
const viewOf = (row: WebhookView): WebhookView => ({
  ...row,
  createdAt: instant(row.createdAt),
  endedAt: instant(row.endedAt),
  formerSecretUntil: instant(row.formerSecretUntil),
});

/** The webhooks of a school, or all (`*`), the oldest first. */
export async function listWebhooks({ db }: Context, within: string): Promise<WebhookView[]> {
  const own = within === '*' ? sql`true` : sql`school_id = ${within}`;
  const { rows } = await sql<WebhookView>`
    select ${columns} from webhook where ${own} order by created_at, id`.execute(doorOf(db, within));
  return rows.map(viewOf);
}

/** Gives a webhook of the school, or of any (`*`). @throws Refusal(404) */
export async function findWebhook({ db }: Context, within: string, id: string): Promise<WebhookView> {
  const { rows } = await sql<WebhookView>`
    select ${columns} from webhook where id::text = ${id}`.execute(doorOf(db, within));
  if (!rows[0]) throw notFound();
  return viewOf(rows[0]);
}

const doorOf = (db: Context['db'], within: string | null): Sql =>
  within === '*' || within === null ? db.across('telling') : db.of(within);

type WebhookAct = 'added' | 'changed' | 'secret' | 'removed';

interface WebhookAsk {
  url: string;
  kinds: readonly ToldKind[];
}

/**
 * Adds a webhook. Gives its id and the secret, which is shown this once. `schoolId`: null where it hears all schools.
 * @throws Refusal(422) for an address that may not be used; Refusal(409) where there are too many
 */
export async function createWebhook(
  ctx: Context,
  { schoolId, by, ...ask }: WebhookAsk & { schoolId: string | null; by: Author },
): Promise<{ id: string; secret: string }> {
  await assertReachable(ctx, ask.url);
  const id = ctx.newId();
  const secret = newSecret();
  const secretSealed = ctx.secrets.seal(secret, { schoolId, column: SEALED_COLUMNS.webhookSecret });
  await ctx.db.transactionAcross('telling', async ({ sql: tx }) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`webhooks:${schoolId ?? ''}`}, 0))`.execute(tx);
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from webhook where school_id is not distinct from ${schoolId}`.execute(tx);
    if (sure(rows[0]).n >= ctx.config.limits.schoolWebhooks)
      throw new Refusal(409, 'too-many-webhooks', 'Вебхуков уже слишком много: удалите лишние');
    const kinds = [...new Set(ask.kinds)];
    await addWebhook(tx, { id, schoolId, url: ask.url, kinds, secretSealed }, new Date(ctx.clock.now()));
    await noteAct(ctx, tx, { id, schoolId, url: ask.url, act: 'added', by });
  });
  return { id, secret };
}

/**
 * Replaces the webhook's address and what it hears. What is left out stays.
 * @throws Refusal(422) for an address that may not be used
 */
export async function updateWebhook(
  ctx: Context,
  webhook: WebhookView,
  { url = webhook.url, kinds = webhook.kinds, by }: Partial<WebhookAsk> & { by: Author },
): Promise<void> {
  if (url !== webhook.url) await assertReachable(ctx, url);
  await ctx.db.transactionAcross('telling', async ({ sql: tx }) => {
    await changeWebhook(tx, webhook.id, { url, kinds: [...new Set(kinds)] });
    await noteAct(ctx, tx, { ...webhook, url, act: 'changed', by });
  });
}

/** Gives the webhook a new secret, and returns it. The former one signs too for a day. */
export async function renewSecret(
  ctx: Context,
  { id, schoolId }: Pick<WebhookView, 'id' | 'schoolId'>,
  by: Author,
): Promise<string> {
  const secret = newSecret();
  const { secrets, clock, config } = ctx;
  const place = (column: string) => ({ schoolId, column });
  await ctx.db.transactionAcross('telling', async ({ sql: tx }) => {
    const { rows } = await sql<{ sealed: string; url: string }>`
      select secret_sealed as sealed, url from webhook where id = ${id} for update`.execute(tx);
    if (!rows[0]) throw notFound();
    const former = secrets.open(rows[0].sealed, place(SEALED_COLUMNS.webhookSecret));
    await rotateSecret(tx, id, {
      secretSealed: secrets.seal(secret, place(SEALED_COLUMNS.webhookSecret)),
      formerSealed: secrets.seal(former, place(SEALED_COLUMNS.formerWebhookSecret)),
      formerUntil: new Date(clock.now() + config.limits.webhookSecretOverlapHours * HOUR_MS),
    });
    await noteAct(ctx, tx, { id, schoolId, url: rows[0].url, act: 'secret', by });
  });
  return secret;
}

/** Removes the webhook with its deliveries. */
export async function deleteWebhook(ctx: Context, webhook: WebhookView, by: Author): Promise<void> {
  await ctx.db.transactionAcross('telling', async ({ sql: tx }) => {
    await removeWebhook(tx, webhook.id);
    await noteAct(ctx, tx, { ...webhook, act: 'removed', by });
  });
}

/**
 * Notes who did what to a webhook (K8). For a school's webhook that is a line of the school's journal, and for one that
 * hears all schools a line of the log. Only the host is named, because an address may hold a secret.
 */
async function noteAct(
  ctx: Context,
  tx: Sql,
  done: Pick<WebhookView, 'id' | 'schoolId' | 'url'> & { act: WebhookAct; by: Author },
): Promise<void> {
  const { id, schoolId, url, act, by } = done;
  const { host } = new URL(url);
  if (schoolId === null) return ctx.log.info({ webhook: id, host, act, by: by.id }, 'a webhook has changed');
  const at = new Date(ctx.clock.now());
  const line = { what: 'webhook', cause: `webhook:${id}`, details: { act, host } };
  await noteLine(tx, { schoolId, at, author: by, ...line });
}

/**
 * Sends a message of type `test` at once and says what came of it. If it is not received, it is repeated like any
 * other.
 * @throws Refusal(409) where the webhook has ended
 */
export async function testWebhook(
  ctx: Context,
  { id: webhookId, schoolId, endedAt }: WebhookView,
): Promise<SendOutcome & { id: string }> {
  if (endedAt !== null)
    throw new Refusal(
      409,
      'webhook-ended',
      'Получатель ответил, что его больше нет (410): сохраните адрес заново',
    );
  const id = ctx.newId();
  const at = new Date(ctx.clock.now());
  const body = JSON.stringify({
    type: 'test',
    timestamp: at.toISOString(),
    data: { schoolId, count: 0, since: at.toISOString(), url: `${ctx.config.publicUrl}/settings/webhooks` },
  });
  const delivery = { id, schoolId, webhookId, choiceId: null, body };
  await ctx.db.transactionAcross('telling', ({ sql: tx }) =>
    addDeliveries(tx, [{ ...delivery, type: 'test' }], { at, leaseUntil: leaseUntil(ctx) }),
  );
  const outcome = await sendOne(ctx, null, { ...delivery, attempts: 1, createdAt: at.toISOString() });
  return { ...outcome, id };
}

/** What the name of the host leads to must be public too, where that is known by now. Each sending checks it anew. */
async function assertReachable({ config }: Context, url: string): Promise<void> {
  const publicOnly = config.webhooksPublicOnly;
  assertReceiver(url, { publicOnly });
  if (!publicOnly) return;
  const found = await lookup(new URL(url).hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  if (!found.every(({ address }) => isPublic(address)))
    throw new Refusal(422, 'webhook-address', 'Адрес не из открытого интернета');
}
