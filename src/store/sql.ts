import type { Kysely } from 'kysely';

/** Where statements run: the pool, or one transaction. */
// biome-ignore lint/suspicious/noExplicitAny: statements are written as SQL; their row types stand beside them.
export type Sql = Kysely<any>;
