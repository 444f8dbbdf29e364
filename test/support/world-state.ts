/** The whole world in words, to be compared before and after: live chats, СГО lists, what is kept by hand. */
import { sql } from 'kysely';
import type { TestApp } from './app.ts';
import { everywhere } from './everywhere.ts';

export interface WorldState {
  /** Title of each live chat → who is really in, admins with a star; chats whose people are out are gone. */
  sferum: Record<string, string>;
  /** `5А класс: p1 enrollment` – each membership of a СГО list, adminship and grounds included. */
  lists: string[];
  /** `5А класс: p2 excluded` – each exception with author, reason and time. */
  byHand: string[];
  /** `5А класс: synced`. */
  conditions: string[];
}

export async function stateOf(world: TestApp): Promise<WorldState> {
  const chats = [...world.sandbox.world.chats.values()].filter((chat) => chat.members.size > 0);
  const titles = chats.map((chat) => chat.title).sort();
  const lines = async (query: ReturnType<typeof sql<{ line: string }>>) =>
    (await query.execute(everywhere(world.ctx))).rows.map((row) => row.line);
  return {
    sferum: Object.fromEntries(titles.map((title) => [title, world.inSferum(title) ?? 'no chat'])),
    lists: await lines(sql`
      select concat_ws(' ', c.title || ':', m.person_id || case when m.admin then '*' else '' end,
        case when m.held_by is not null then 'held' end,
        (select string_agg(g->>'kind', '+' order by g->>'kind') from jsonb_array_elements(m.grounds) g)) as line
      from membership m join chat c on c.id = m.chat_id where c.deleted_at is null order by 1`),
    byHand: await lines(sql`
      select concat_ws(' ', c.title || ':', e.person_id, e.member, e.admin, e.author_id, e.reason, e.at) as line
      from exception e join chat c on c.id = e.chat_id where c.deleted_at is null order by 1`),
    conditions: await lines(sql`
      select concat_ws(' ', title || ':', condition, condition_reason, warning) as line
      from chat where deleted_at is null order by 1`),
  };
}
