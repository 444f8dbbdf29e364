import { Migration } from '@mikro-orm/migrations';

/** Who works here now: each process writes its row again and again, which also shows that the database takes writes. */
const processes = `
create table process (
  id uuid primary key,
  role text not null,
  -- to PostgreSQL, at most
  connections int not null,
  seen_at timestamptz not null
);
`;

export class Processes extends Migration {
  override up(): void {
    this.addSql(processes);
  }
}
