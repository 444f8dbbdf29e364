import { Migration } from '@mikro-orm/migrations';

/** When a token's pace was asked last: a clock that stepped back since is noticed, and the instants move with it. */
const paceClock = `
alter table sferum_pace add column asked_at timestamptz;
`;

export class PaceClock extends Migration {
  override up(): void {
    this.addSql(paceClock);
  }
}
