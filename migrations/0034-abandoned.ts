import { Migration } from '@mikro-orm/migrations';
import { pastWall } from './past-wall.ts';

/**
 * Chats at Sferum that we have given up, and whether they are left: [{ownerId, peerId, done}], oldest first. Those that
 * were set aside as doubled are in it: where a row holds one all the same, the row itself knows it.
 */
const abandoned = `
alter table chat add column abandoned jsonb not null default '[]';
create index chat_abandoned on chat using gin (abandoned jsonb_path_ops) where abandoned <> '[]';
`;

const known = `
with doubled as (
  select distinct c.id as maker, c.owner_id, (j.details->>'peerId')::bigint as peer_id
  from journal j join chat c on c.id = j.chat_id where j.what = 'sferum-duplicate' and c.owner_id is not null),
known as (
  select maker as chat_id, owner_id, peer_id from doubled
  union select c.id, c.owner_id, c.peer_id from chat c join doubled using (owner_id, peer_id))
update chat c set abandoned = k.abandoned from (
  select chat_id, jsonb_agg(jsonb_build_object('peerId', peer_id, 'ownerId', owner_id, 'done', true)) as abandoned
  from known group by chat_id) k
where c.id = k.chat_id`;

export class Abandoned extends Migration {
  override up(): void {
    this.addSql(abandoned);
    this.addSql(pastWall(['chat', 'journal'], known));
  }
}
