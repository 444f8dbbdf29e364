import { Migration } from '@mikro-orm/migrations';
import { pastWall } from './past-wall.ts';

/** A7: what was said of people's VK IDs and does not hold now, or not yet. */
const profileClaims = `
-- A statement that a person has a VK ID, besides the one in profile_link that holds. waiting: he is here, somebody else
-- holds it · yielded: he is gone, somebody who is here holds it · former: he has another by now, or none.
create table profile_claim (
  school_id text not null references school,
  person_id text not null,
  vk_user_id bigint not null,
  stated_at timestamptz not null, stated_by text not null,
  -- Its turn among others on the same VK ID, where it is later than the statement: he was gone in between.
  ranked_at timestamptz,
  state text not null check (state in ('waiting', 'yielded', 'former')),
  primary key (school_id, person_id, stated_at, stated_by)
);
create index profile_claim_by_profile on profile_claim (vk_user_id);
create index profile_claim_open on profile_claim (school_id, person_id) where state <> 'former';
alter table profile_link add column ranked_at timestamptz;
`;

const refused = `
-- Pupils' links that went because the profile is somebody else's were said to be undone; they wait.
insert into profile_claim (school_id, person_id, vk_user_id, stated_at, stated_by, state)
  select school_id, person_id, vk_user_id, stated_at, stated_by, 'waiting' from profile_link
  where gone_by like '%/refused' and gone_at = stated_at and vk_user_id is not null;
update profile_link set vk_user_id = null, stated_at = null, stated_by = null, gone_at = null, gone_by = null
  where gone_by like '%/refused' and gone_at = stated_at`;

export class ProfileClaims extends Migration {
  override up(): void {
    this.addSql(profileClaims);
    this.addSql(pastWall(['profile_link'], refused));
  }
}
