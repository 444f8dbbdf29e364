import type { Kysely } from 'kysely';
import type { Db } from './entities.ts';

/** Where statements run: on the pool, or in one transaction. Its types know tables and columns (entities.ts). */
export type Sql = Kysely<Db>;
