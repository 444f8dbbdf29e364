import { Migration } from '@mikro-orm/migrations';

/** A pair of people for whom nothing speaks but the name is asked about too, as one in doubt (K4). */
export class NameAlone extends Migration {
  override up(): void {
    this.addSql(`
      alter table person_match drop constraint person_match_doubt_check,
        add constraint person_match_doubt_check check (doubt in ('namesake', 'profile', 'name'));
    `);
  }
}
