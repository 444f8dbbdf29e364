import { Migration } from '@mikro-orm/migrations';
import { pastWall } from './past-wall.ts';

/** What stands in keys for what: letters and apostrophes that look alike (B4), beyond those folded until now. */
export const FOLDED_SINCE = {
  from: 'sjһңҥӈүөɵəǝæiılӏ|’‘ʼʻʹ′‛`',
  to: "ѕјннннуооәәӕііііі''''''''",
};

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const anew = (column: string) =>
  `replace(replace(translate(${column}, ${quoted(FOLDED_SINCE.from)}, ${quoted(FOLDED_SINCE.to)}),
    'ҫ', 'с' || chr(807)), 'і' || chr(775), 'і')`;

/** B4: stored keys of names and titles are computed anew. */
export class LookAlikes extends Migration {
  override up(): void {
    this.addSql(
      pastWall(
        ['person', 'chat'],
        `
      update person set name_key = ${anew('name_key')} where name_key <> ${anew('name_key')};
      update chat set title_key = ${anew('title_key')} where title_key <> ${anew('title_key')}`,
      ),
    );
  }
}
