import { DEFAULT_ROSTER_LIMITS } from '../config/roster-limits.ts';
import { readRoster } from '../roster/read-roster.ts';
import { EVERY_SCHOOL } from '../store/roles.ts';
import { singleClient } from '../store/single-client.ts';

const SCHOOLS_NAMED = 5;

/** Gives the ids of the schools that a roster states. */
export async function schoolsOf(zip: Uint8Array): Promise<string[]> {
  const { schools } = await readRoster(zip, DEFAULT_ROSTER_LIMITS);
  return schools.map((school) => school.id);
}

/**
 * Makes sure that the demonstration works in a database of its own (contract, «Screens and board»). It only reads,
 * and also reads a database that is not migrated.
 * @throws where the database holds a school that is not among `own`
 */
export async function refuseForeignDatabase(ownerUrl: string, own: readonly string[]): Promise<void> {
  const client = singleClient({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows: known } = await client.query<{ walled: boolean }>(
      `select relrowsecurity as walled from pg_class where oid = to_regclass('public.school')`,
    );
    if (!known[0]) return;
    if (known[0].walled) await client.query(`set role ${EVERY_SCHOOL}`);
    const { rows } = await client.query<{ id: string }>(
      'select id from school where id <> all($1) order by id limit $2',
      [own, SCHOOLS_NAMED],
    );
    if (rows.length === 0) return;
    throw new Error(
      `this database holds other schools (${rows.map(({ id }) => id).join(', ')}): the demonstration needs one of its own; unset DATABASE_URL, or name an empty database or another DATA_DIR`,
    );
  } finally {
    await client.end();
  }
}
