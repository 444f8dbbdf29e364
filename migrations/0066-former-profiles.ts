import { Migration } from '@mikro-orm/migrations';

/**
 * This index finds who once had a profile, as another finds who has it now. Without it each page of the journal read
 * all links.
 */
export class FormerProfiles extends Migration {
  override up(): void {
    this.addSql(`
      create index profile_link_formerly on profile_link (school_id, vk_user_id)
        where not present and vk_user_id is not null;
    `);
  }
}
