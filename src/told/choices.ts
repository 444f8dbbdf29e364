/** How a person wants to be told (K2): reads the choice and saves it. */
import { sql } from 'kysely';
import type { Caller } from '../caller.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { type Choice, choose } from '../rows/told-choice.ts';
import type { Sql } from '../store/database.ts';
import { TOLD_KINDS, type ToldKind } from '../store/entities.ts';
import { isEmail } from '../text/email.ts';

/** Nobody has chosen anything yet. */
const NOTHING: Choice = { email: null, kinds: [], daily: false };

/** Gives the caller's choice. An operator of all schools has one for all of them. */
export async function choiceOf({ db }: Context, { schoolId, subject, role }: Caller): Promise<Choice> {
  const { rows } = await sql<Choice>`
    select email, kinds, daily from told_choice
    where school_id is not distinct from ${schoolOrAll(schoolId)} and subject = ${subject}
      and (role = 'operator') = ${role === 'operator'}`.execute(doorOf(db, schoolId));
  return rows[0] ?? NOTHING;
}

/**
 * Replaces the caller's choice.
 * @throws Refusal(422) where letters are asked for and the text is no address
 */
export async function saveChoice({ db }: Context, caller: Caller, to: Choice): Promise<void> {
  if (to.email !== null && !isEmail(to.email))
    throw new Refusal(422, 'email', 'Это не адрес электронной почты');
  const { schoolId, subject, role } = caller;
  const kinds = TOLD_KINDS.filter((kind) => to.kinds.includes(kind));
  await choose(doorOf(db, schoolId), { schoolId: schoolOrAll(schoolId), subject, role }, { ...to, kinds });
}

/**
 * Gives the kinds that these words name.
 * @throws Refusal(422) for a word that is no kind
 */
export function kindsOf(words: readonly string[]): ToldKind[] {
  const wrong = words.find((word) => !TOLD_KINDS.includes(word as ToldKind));
  if (wrong !== undefined)
    throw new Refusal(422, 'kind', 'Такого вида оповещений нет', { kinds: TOLD_KINDS });
  // Every word is one of them.
  return words as ToldKind[];
}

const schoolOrAll = (schoolId: string): string | null => (schoolId === '*' ? null : schoolId);
const doorOf = (db: Context['db'], schoolId: string): Sql =>
  schoolId === '*' ? db.across('telling') : db.of(schoolId);
