import { Migration } from '@mikro-orm/migrations';
import { pastWall } from './past-wall.ts';

/**
 * What Sferum does late is looked for. The columns say when a chat is read once more because a write's outcome was
 * unknown, and which creations were given up (title, account, time; oldest first), also of deleted chats. They say what
 * a chat waits for that got no answer, what others called it in the messenger, and how often in a row.
 */
const lateEffects = `
alter table chat add column look_again_at timestamptz;
alter table chat add column given_up jsonb not null default '[]';
alter table chat add column foreign_title text;
alter table chat add column foreign_title_times integer not null default 0;
alter table chat add column waits_for text check (waits_for in ('sferum', 'itself'));
create index chat_look_again on chat (look_again_at) where look_again_at is not null;
create index chat_given_up on chat (school_id) where given_up <> '[]';
create index chat_waiting on chat (school_id) where waits_for = 'sferum';
-- Twins are looked for by what was given up alone.
${pastWall(['chat'], "update chat set creation_title = null where creation = 'created'")};
`;

export class LateEffects extends Migration {
  override up(): void {
    this.addSql(lateEffects);
  }
}
