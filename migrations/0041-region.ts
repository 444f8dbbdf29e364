import { Migration } from '@mikro-orm/migrations';
import { pastWall } from './past-wall.ts';

/** Letters that look alike, as src/text/name-key.ts folded them when this ran. */
const FROM = 'ëёeabchkmoptxysjһңҥӈүөɵəǝæiılӏ|’‘ʼʻʹ′‛`´';
const TO = "еееавснкмортхуѕјннннуооәәӕііііі'''''''''";

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const folded = `translate(lower(replace(name, '№', 'no')), ${quoted(FROM)}, ${quoted(TO)})`;
/** «№ 2» stands before «№ 10»: every number gets eight digits. */
const inOrder = `regexp_replace(regexp_replace(${folded}, '([0-9]+)', '0000000\\1', 'g'), '[0-9]*([0-9]{8})', '\\1', 'g')`;

/**
 * The operators' page of all schools: schools in the natural order of their names, what is open in each, and the
 * figures of a day that are too costly to count when they are read.
 */
export class Region extends Migration {
  override up(): void {
    this.addSql(`
      alter table school add column name_key text not null default '';
      create index chat_open on chat (school_id, condition, condition_since)
        where deleted_at is null and condition not in ('synced', 'archived');
      create table school_figures (
        school_id text not null references school(id),
        day date not null,
        people integer not null,
        linked integer not null,
        delay_ms float8,
        revision bigint not null,
        counted_at timestamptz not null,
        primary key (school_id, day)
      )`);
    this.addSql(pastWall(['school'], `update school set name_key = ${inOrder} || chr(9) || ${folded}`));
  }
}
