import { sql } from 'kysely';
import type { DesiredChat } from '../../src/desired/model.ts';

/**
 * Why a chat needs somebody although its work is done: a school admin stands in, or nobody could (C6); the owning
 * account alone administers it in Sferum (D14); or another chat of the school has the same name, because a class was
 * renamed to what a chat by hand is called (E3).
 */
export type ChatWarning = NonNullable<DesiredChat['warning']> | 'no-admin-in-sferum' | 'same-title';

/** Gives in SQL the warning of a row `chat c`. Null where it has none. */
export const chatWarning = sql<ChatWarning | null>`coalesce(c.warning, case when c.lacks_admin then 'no-admin-in-sferum' end,
  case when c.deleted_at is null and exists (select from chat twin where twin.school_id = c.school_id and twin.title_key collate "C" = c.title_key collate "C"
    and twin.id <> c.id and twin.deleted_at is null and twin.deleting_since is null) then 'same-title' end)`;
