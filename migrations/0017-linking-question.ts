import { Migration } from '@mikro-orm/migrations';

/** A linking waits for the person's yes: the profile that VK ID named stands beside it meanwhile, sealed. */
const linkingQuestion = `
alter table profile_linking alter column verifier_sealed drop not null,
  add column profile_sealed text;
`;

export class LinkingQuestion extends Migration {
  override up(): void {
    this.addSql(linkingQuestion);
  }
}
