/** Sends what is in the outbox, and records what came of it (K2). */

import { sql } from 'kysely';
import { HOUR_MS } from '../clock.ts';
import type { Context } from '../context.ts';
import { delivered, failed, giveUpOn, type Taken } from '../rows/told-delivery.ts';
import { endWebhook } from '../rows/webhook.ts';
import type { Transaction } from '../store/database.ts';
import { SEALED_COLUMNS } from '../store/sealed-columns.ts';
import { sure } from '../sure.ts';
import { type Mail, mailTrouble } from './mail.ts';
import type { Letter } from './messages.ts';
import { nextTry } from './next-try.ts';
import { postTrouble, postWebhook } from './post-webhook.ts';
import { addressOf } from './receivers.ts';
import { signedHeaders } from './sign.ts';

/** The answer of a receiver that is gone for good (Standard Webhooks). */
const GONE = 410;

/** What came of one try. `answer`: what was answered, in a word. */
export interface SendOutcome {
  isReceived: boolean;
  answer: string;
  /** True where a repeat is useless. */
  isFinal?: boolean;
  /** True where nothing may be sent to this webhook any more. */
  isGone?: boolean;
}

/** What a taken message needs of the clock and the way out. */
type Sending = Pick<Taken, 'id' | 'webhookId' | 'choiceId' | 'body' | 'attempts' | 'createdAt'>;

/** Sends a taken message once and records the outcome. No transaction is open meanwhile. */
export async function sendOne(ctx: Context, mail: Mail | null, message: Sending): Promise<SendOutcome> {
  const outcome = await (message.webhookId === null
    ? toPerson(ctx, mail, message)
    : toWebhook(ctx, message.webhookId, message));
  const isOver = await ctx.db.transactionAcross('telling', (tx) => record(ctx, tx, message, outcome));
  const came = outcome.isReceived ? 'received' : isOver ? 'failed' : 'again';
  ctx.metrics.message(message.webhookId === null ? 'mail' : 'webhook', came);
  return outcome;
}

async function toPerson(ctx: Context, mail: Mail | null, message: Sending): Promise<SendOutcome> {
  const to = await addressOf(ctx.db.across('telling'), sure(message.choiceId));
  if (mail === null) return { isReceived: false, answer: 'no-mail-server' };
  if (to === null) return { isReceived: false, answer: 'no-address', isFinal: true };
  try {
    // What goes to a person was stored as a Letter.
    await mail.send(JSON.parse(message.body) as Letter, to, message.id);
    return { isReceived: true, answer: 'sent' };
  } catch (error) {
    return { isReceived: false, ...mailTrouble(error) };
  }
}

async function toWebhook(ctx: Context, webhookId: string, { id, body }: Sending): Promise<SendOutcome> {
  const webhook = await findSigning(ctx, webhookId);
  if (webhook === null) return { isReceived: false, answer: 'ended', isFinal: true };
  const { tellTimeoutMs: timeoutMs, tellAnswerBytes: answerBytes } = ctx.config.limits;
  try {
    const headers = signedHeaders({ id, body }, webhook.secrets, ctx.clock.now());
    const status = await postWebhook(
      { url: webhook.url, headers, body },
      { timeoutMs, answerBytes, publicOnly: ctx.config.webhooksPublicOnly },
    );
    return {
      isReceived: status >= 200 && status < 300,
      ...{ answer: String(status), isGone: status === GONE },
    };
  } catch (error) {
    return { isReceived: false, answer: postTrouble(error) };
  }
}

/** Gives a webhook's address and the secrets that sign now. Null where it was removed or has ended. */
async function findSigning(
  { db, secrets, clock }: Context,
  id: string,
): Promise<{ url: string; secrets: string[] } | null> {
  const { rows } = await sql<{ schoolId: string | null; url: string; secret: string; former: string | null }>`
    select school_id as "schoolId", url, secret_sealed as secret,
      case when former_until > ${new Date(clock.now())} then former_secret_sealed end as former
    from webhook where id = ${id} and ended_at is null`.execute(db.across('telling'));
  const row = rows[0];
  if (!row) return null;
  const open = (sealed: string, column: string) => secrets.open(sealed, { schoolId: row.schoolId, column });
  return {
    url: row.url,
    secrets: [
      open(row.secret, SEALED_COLUMNS.webhookSecret),
      ...(row.former === null ? [] : [open(row.former, SEALED_COLUMNS.formerWebhookSecret)]),
    ],
  };
}

/** Records the outcome. True where nothing is left to try. */
async function record(
  ctx: Context,
  { sql: tx }: Transaction,
  { id, webhookId, attempts, createdAt }: Sending,
  { isReceived, answer, isFinal = false, isGone = false }: SendOutcome,
): Promise<boolean> {
  const nowMs = ctx.clock.now();
  const at = new Date(nowMs);
  if (isReceived) {
    await delivered(tx, id, { answer, at });
    return true;
  }
  const forMs = ctx.config.limits.tellForHours * HOUR_MS;
  const isOver = isFinal || isGone;
  const nextAt = isOver ? null : nextTry(attempts, { nowMs, createdMs: Date.parse(createdAt), forMs });
  await failed(tx, id, { answer, at, nextAt });
  if (isGone && webhookId !== null) {
    await endWebhook(tx, webhookId, at);
    await giveUpOn(tx, webhookId);
  }
  return nextAt === null;
}
