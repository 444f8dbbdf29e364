/** What was sent to a webhook, and what came of it (K2). */
import { sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';
import type { DELIVERY_STATES } from '../../src/store/entities.ts';
import { type Listed, limitTo, listed, type Page } from '../../src/store/queries/page.ts';

export interface DeliveryItem {
  id: string;
  /** `hold.opened`, `test` … */
  type: string;
  /** When it was made. */
  at: string;
  status: (typeof DELIVERY_STATES)[number];
  attempts: number;
  /** The last answer: the status of HTTP, or a word for why there was none; null before the first. */
  answer: string | null;
  triedAt: string | null;
  /** When it is tried again; null where it is not. */
  nextAt: string | null;
}

/** A page of a webhook's messages, the newest first. `db` sees the webhook's school. */
export async function listDeliveries(db: Sql, webhookId: string, page: Page): Promise<Listed<DeliveryItem>> {
  const { rows } = await sql<DeliveryItem & { id: string | null; total: number }>`
    with own as (select * from told_delivery where webhook_id = ${webhookId}),
    page as (select * from own order by created_at desc, id ${limitTo(page)})
    select t.total, p.id, p.type, p.created_at as at, p.state as status, p.attempts, p.answer,
      p.tried_at as "triedAt", p.next_at as "nextAt"
    from (select count(*)::int as total from own) t left join page p on true
    order by p.created_at desc, p.id`.execute(db);
  return listed(rows, ({ total: _, ...row }) => ({
    ...row,
    at: instant(row.at),
    triedAt: instant(row.triedAt),
    nextAt: instant(row.nextAt),
  }));
}
