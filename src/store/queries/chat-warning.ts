import { sql } from 'kysely';
import type { DesiredChat } from '../../desired/model.ts';

/** Who administers a chat is not who should: in СГО (C6), or only in Sferum, where the owning account alone does (D14). */
export type ChatWarning = NonNullable<DesiredChat['warning']> | 'no-admin-in-sferum';

/** Of a row of `chat c`; null: none. */
export const chatWarning = sql<ChatWarning | null>`coalesce(c.warning, case when c.lacks_admin then 'no-admin-in-sferum' end)`;
