import { Migration } from '@mikro-orm/migrations';

/**
 * Staged changes of the console (C4): of one person, to one chat, until «Сохранить». They live here and not in
 * the page: a page of ten can stand for a selection of four thousand, with or without script.
 */
const drafts = `
create table chat_draft (
  id uuid primary key,
  school_id text not null references school,
  author_id text not null,
  -- null: a chat that is to be made (E).
  chat_id uuid references chat,
  title text,
  type text check (type in ('staff', 'class', 'parents', 'subject')),
  class_id text,
  subject_group_id text,
  touched_at timestamptz not null
);
create unique index chat_draft_of_chat on chat_draft (school_id, author_id, chat_id) where chat_id is not null;
create unique index chat_draft_of_new on chat_draft (school_id, author_id) where chat_id is null;

create table chat_draft_person (
  draft_id uuid not null references chat_draft on delete cascade,
  person_id text not null,
  member text check (member in ('add', 'remove')),
  admin text check (admin in ('grant', 'revoke')),
  -- Ticked in the table of members; picked in «Выбрать участников чата».
  ticked boolean not null default false,
  picked boolean not null default false,
  primary key (draft_id, person_id)
);
`;

export class ChatDraft extends Migration {
  override up(): void {
    this.addSql(drafts);
  }
}
