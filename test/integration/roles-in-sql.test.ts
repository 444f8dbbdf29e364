/** What roles say of a person is decided in TypeScript and, for lists of people, in SQL. Both give the same. */
import { type RawBuilder, sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Role } from '../../src/desired/model.ts';
import * as rules from '../../src/desired/roles.ts';
import type { Database } from '../../src/store/database.ts';
import * as columns from '../../src/store/queries/person-columns.ts';
import { eachWithDatabase } from '../support/each-database.ts';
import { everywhere } from '../support/everywhere.ts';

let db: Database;
eachWithDatabase((opened) => {
  db = opened;
});

const ROLES: Role[] = ['teacher', 'administrator', 'staff', 'student', 'parent'];
const SETS = Array.from({ length: 2 ** ROLES.length }, (_, set) => ROLES.filter((_, at) => set & (2 ** at)));

test.each<[string, (person: { roles: readonly Role[] }) => boolean, RawBuilder<boolean>]>([
  ['is staff', rules.isStaffMember, columns.isStaff],
  ['is a pupil', rules.isPupil, columns.isPupil],
  ['is a pupil and nothing else', rules.isOnlyPupil, columns.isOnlyPupil],
])('who %s, of every set of roles', async (_, rule, column) => {
  const sets = sql.join(SETS.map((set, at) => sql`(${at}::int, ${set}::text[])`));
  const { rows } = await sql<{ at: number; is: boolean }>`
    select at, ${column} as is from (values ${sets}) p(at, roles) order by at`.execute(everywhere(db));
  expect(rows.map(({ is }) => is)).toEqual(SETS.map((roles) => rule({ roles })));
});
