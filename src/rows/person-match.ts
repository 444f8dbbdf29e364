/**
 * The only writer of `person_match`: who of the people known before stands in the lists under which new id (K4). Who
 * decided stands in the journal.
 *
 *   none  ──proposePeople─► open   both are as before until a person decides, or a later list says otherwise
 *   open  ──decidePeople──► same   all rows of the old id belong to the new one (matching/rename-people.ts)
 *   open  ──decidePeople──► other  two people; the pair is not proposed again
 *   open  ──proposePeople, dropProposals──► none  the list says it no more, or was refused
 *   same  ──renameFormer──► same   the newer id got a newer one itself
 *   any   ──forgetMatches─► none   with the person (K6)
 *
 * A pair that is `same` makes its old id a former id of the new one (store/queries/former-ids.ts).
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import type { Renaming } from '../store/renaming.ts';
import { inChunks } from '../store/rows.ts';

interface ProposedPair extends Renaming {
  evidence: readonly string[];
  doubt: string | null;
}

/** Makes these the open proposals of the school, those of the import `operationId`. Decided pairs stay as they are. */
export async function proposePeople(
  tx: Sql,
  { schoolId, id: operationId }: { schoolId: string; id: string },
  pairs: readonly ProposedPair[],
  at: Date,
): Promise<void> {
  await sql`delete from person_match m where school_id = ${schoolId} and state = 'open'
    and not exists (select from unnest(${pairs.map(({ oldId }) => oldId)}::text[],
      ${pairs.map(({ newId }) => newId)}::text[]) as r(old_id, new_id)
      where r.old_id = m.old_id and r.new_id = m.new_id)`.execute(tx);
  await inChunks(pairs, (json) =>
    sql`insert into person_match as m (school_id, old_id, new_id, evidence, doubt, operation_id, proposed_at)
      select ${schoolId}, r."oldId", r."newId", array(select jsonb_array_elements_text(r.evidence)), r.doubt,
        ${operationId}, ${at}
      from jsonb_to_recordset(${json}) as r("oldId" text, "newId" text, evidence jsonb, doubt text)
      on conflict (school_id, old_id, new_id) do update set evidence = excluded.evidence, doubt = excluded.doubt,
        operation_id = excluded.operation_id
      where m.state = 'open'`.execute(tx),
  );
}

/** Drops what an import proposed, because its list was refused. */
export async function dropProposals(tx: Sql, schoolId: string, operationId: string): Promise<void> {
  await sql`delete from person_match
    where school_id = ${schoolId} and operation_id = ${operationId} and state = 'open'`.execute(tx);
}

/** Decides open pairs. Where a pair is one person, the other open pairs of either id are two people. */
export async function decidePairs(
  tx: Sql,
  schoolId: string,
  pairs: readonly Renaming[],
  { state, at }: { state: 'same' | 'other'; at: Date },
): Promise<void> {
  const decided = sql`state = 'open' and school_id = ${schoolId}`;
  const given = sql`unnest(${pairs.map(({ oldId }) => oldId)}::text[],
    ${pairs.map(({ newId }) => newId)}::text[]) as r(old_id, new_id)`;
  await sql`update person_match m set state = ${state}, decided_at = ${at} from ${given}
    where ${decided} and m.old_id = r.old_id and m.new_id = r.new_id`.execute(tx);
  if (state === 'other') return;
  await sql`update person_match m set state = 'other', decided_at = ${at} from ${given}
    where ${decided} and (m.old_id = r.old_id or m.new_id = r.new_id)`.execute(tx);
}

/** Moves the former ids of these people to their newer ids. */
export async function renameFormer(tx: Sql, schoolId: string, pairs: readonly Renaming[]): Promise<void> {
  await sql`update person_match m set new_id = r.new_id
    from unnest(${pairs.map(({ oldId }) => oldId)}::text[], ${pairs.map(({ newId }) => newId)}::text[])
      as r(old_id, new_id)
    where m.school_id = ${schoolId} and m.state = 'same' and m.new_id = r.old_id`.execute(tx);
}

/** Gives what was said of pairs that are not one person, or not yet: by the new id and the old one. */
export async function saidOfPairs(
  tx: Sql,
  schoolId: string,
): Promise<Map<string, Map<string, 'open' | 'other'>>> {
  const { rows } = await sql<{ newId: string; oldId: string; state: 'open' | 'other' }>`
    select new_id as "newId", old_id as "oldId", state from person_match
    where school_id = ${schoolId} and state in ('open', 'other')`.execute(tx);
  const byNew = Map.groupBy(rows, ({ newId }) => newId);
  return new Map(
    [...byNew].map(([newId, own]) => [newId, new Map(own.map(({ oldId, state }) => [oldId, state]))]),
  );
}

/** Deletes the pairs of erased people. Returns the number of rows. */
export async function forgetMatches(tx: Sql, schoolId: string, ids: readonly string[]): Promise<number> {
  const gone = await sql`delete from person_match
    where school_id = ${schoolId} and (old_id = any(${[...ids]}) or new_id = any(${[...ids]}))`.execute(tx);
  return Number(gone.numAffectedRows ?? 0);
}
