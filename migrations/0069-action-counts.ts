import { Migration } from '@mikro-orm/migrations';

/**
 * How many actions of each kind a plan has for a chat, counted when the plan is written. The page of a plan sums up
 * thousands of chats, and to count their actions anew was four fifths of its cost. `waiting` are additions to the list
 * alone, `held` removals that wait for a decision.
 *
 * People who have left or are refused in Sferum are few, and their page looks for them in every school.
 */
export class ActionCounts extends Migration {
  override up(): void {
    this.addSql(`
      create function action_counts(actions jsonb) returns jsonb language sql immutable parallel safe return (
        select jsonb_object_agg(k.kind, k.n) from (
          select case when x ? 'held' then 'held' when x ? 'pending' and x->>'action' = 'add' then 'waiting'
              else x->>'action' end as kind, count(*)::int as n
          from jsonb_array_elements(actions) x group by 1) k);
      alter table operation_chat add column counts jsonb generated always as (action_counts(actions)) stored;
      create index sferum_member_away on sferum_member (school_id) where state in ('left', 'refused');
    `);
  }
}
