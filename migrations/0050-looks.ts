import { Migration } from '@mikro-orm/migrations';
import { pastWall } from './past-wall.ts';

/**
 * Drift is found by looks (D8): a look shows 100 chats by one call, and a chat that shows what it showed when it was
 * last in order needs no read.
 *
 *   seen_messages, seen_people   what that look showed: the number of the newest message, and a digest of owner, count
 *                                and admins; null where work has touched the chat since
 *   look_due_at                  when the school's chats are to be looked at next
 *   look_every_seconds           the school's own rhythm; null is the default
 */
export class Looks extends Migration {
  override up(): void {
    this.addSql(`
      alter table chat add column seen_messages bigint, add column seen_people text;
      alter table school add column look_every_seconds integer;
      alter table sferum_account add column look_due_at timestamptz not null default '-infinity';
      create index sferum_account_look_due on sferum_account (look_due_at) where status <> 'broken'`);
    // The first looks of all schools do not come at once.
    this.addSql(
      pastWall(
        ['sferum_account'],
        `update sferum_account set look_due_at = now() + random() * interval '1 minute'`,
      ),
    );
  }
}
