import { sql } from 'kysely';
import { SealError, type SecretBox } from '../secrets.ts';
import { sure } from '../sure.ts';
import type { Database, Transaction } from './database.ts';
import { SEALED_COLUMNS } from './sealed-columns.ts';

interface Resealed {
  /** Null: what belongs to no single school. */
  schoolId: string | null;
  /** Texts sealed anew, and texts that were sealed with the first key already. */
  resealed: number;
  current: number;
  /** Columns with a text that no key opens. Their rows stay as they are. */
  unopened: string[];
}

const PRIMARY_KEYS: Record<string, string> = {
  ...{ sferum_account: 'school_id', profile_linking: 'digest', erasure_key: 'school_id', webhook: 'id' },
  first_answer: 'digest',
};
/** Tables whose rows name no school. */
const OF_NO_SCHOOL: ReadonlySet<string> = new Set(['first_answer']);

/**
 * Seals every sealed text anew with the first key and binds it to its place. Each school is one transaction, and what
 * belongs to no school is one. What is done already is passed over, so a command that was cut off is simply run again.
 * The application may go on meanwhile.
 */
export async function resealAll(db: Database, box: SecretBox): Promise<Resealed[]> {
  const schools = await db.across('reseal').selectFrom('school').select('id').orderBy('id').execute();
  const done: Resealed[] = [];
  for (const { id } of [...schools, { id: null }]) done.push(await resealSchool(db, box, id));
  return done;
}

async function resealSchool(db: Database, box: SecretBox, schoolId: string | null): Promise<Resealed> {
  const work = async ({ sql: tx }: Transaction) => {
    const done: Resealed = { schoolId, resealed: 0, current: 0, unopened: [] };
    for (const column of Object.values(SEALED_COLUMNS)) {
      const [table = '', name = ''] = column.split('.');
      if (OF_NO_SCHOOL.has(table) && schoolId !== null) continue;
      const key = sql.id(sure(PRIMARY_KEYS[table]));
      const isOwn = OF_NO_SCHOOL.has(table) ? sql`true` : sql`school_id is not distinct from ${schoolId}`;
      // The rows are locked, so that a token that is set meanwhile is not overwritten with the old one.
      const { rows } = await sql<{ key: unknown; sealed: string }>`
        select ${key} as key, ${sql.id(name)} as sealed from ${sql.id(table)}
        where ${isOwn} and ${sql.id(name)} is not null for update`.execute(tx);
      for (const row of rows) {
        if (box.isCurrent(row.sealed)) {
          done.current += 1;
          continue;
        }
        const plain = opened(box, row.sealed, { schoolId, column });
        if (plain === null) {
          done.unopened.push(column);
          continue;
        }
        await sql`update ${sql.id(table)} set ${sql.id(name)} = ${box.seal(plain, { schoolId, column })}
          where ${isOwn} and ${key} = ${row.key}`.execute(tx);
        done.resealed += 1;
      }
    }
    return done;
  };
  return schoolId === null ? db.transactionAcross('reseal', work) : db.transactionOf(schoolId, work);
}

function opened(box: SecretBox, sealed: string, place: Parameters<SecretBox['open']>[1]): string | null {
  try {
    return box.open(sealed, place);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return null;
  }
}
