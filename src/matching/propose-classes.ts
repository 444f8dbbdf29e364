/** Finds the classes that may have come back under new ids (K4), and asks a person about them. */
import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { schoolOn } from '../desired/school.ts';
import { loadFacts } from '../facts/load-facts.ts';
import { dropMatches, proposeMatches } from '../rows/class-match.ts';
import { beginOperation, endOperation, openOperation } from '../rows/operation.ts';
import type { Sql } from '../store/database.ts';
import type { SchoolTime } from '../store/school-day.ts';
import { type ClassPupils, matchClasses } from './match-classes.ts';

/**
 * Proposes what changed facts show, before anything is planned from them: a new class that is proposed gets no chats
 * until a person has decided, and the chats of the old one stay as they are. It costs two questions where no class
 * lacks chats. `tx` must hold the school.
 */
export async function proposeClasses(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  { today: day, dayOf }: SchoolTime,
  { by, at }: { by: Author; at: Date },
): Promise<void> {
  await dropMatches(tx, schoolId, day);
  const fresh = await classesWithoutChats(tx, schoolId, day);
  const old = fresh.length === 0 ? [] : await classesWithChats(tx, schoolId, day);
  if (old.length > 0) {
    const { enrolled, isPresent } = schoolOn({ ...(await loadFacts(tx, schoolId, { day })), dayOf }, day);
    const rollOf = (id: string): ClassPupils => ({
      id,
      pupils: new Set([...(enrolled.classes.get(id)?.students.keys() ?? [])].filter(isPresent)),
    });
    // For a class that lives on, only pupils who stand in both lists at once count. The others have moved.
    const before = old.map(({ id, over, pupils }) => (over ? { id, pupils: new Set(pupils) } : rollOf(id)));
    await proposeMatches(tx, schoolId, matchClasses(before, fresh.map(rollOf)), at);
  }
  await askAbout(ctx, tx, schoolId, { by, at });
}

/** Current classes that nobody has decided about and that have never had a chat. */
async function classesWithoutChats(tx: Sql, schoolId: string, day: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from class c
    where c.school_id = ${schoolId} and c.present and c.continues is null
      and coalesce(c.starts_on <= ${day}::date, true) and coalesce(c.ends_on >= ${day}::date, true)
      and not exists (select from class_match m where m.school_id = c.school_id and m.new_id = c.id)
      and not exists (select from chat k where k.school_id = c.school_id and k.key in ('class:' || c.id, 'parents:' || c.id))`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}

/** Classes that have chats and are neither continued nor proposed, with the pupils whom these chats name. */
async function classesWithChats(tx: Sql, schoolId: string, day: string) {
  const { rows } = await sql<{ id: string; over: boolean; pupils: string[] }>`
    select k.class_id as id,
      not exists (select from class c where c.school_id = ${schoolId} and c.id = k.class_id and c.present
        and coalesce(c.ends_on >= ${day}::date, true)) as over,
      array_agg(distinct coalesce(g->>'studentId', m.person_id)) as pupils
    from chat k join membership m on m.chat_id = k.id cross join jsonb_array_elements(m.grounds) g
    where k.school_id = ${schoolId} and k.deleted_at is null and k.deleting_since is null
      and k.type in ('class', 'parents') and k.key is not null
      and g->>'kind' in ('enrollment', 'guardian') and g->>'classId' = k.class_id
      and not exists (select from class c where c.school_id = ${schoolId} and c.continues = k.class_id and c.present)
      and not exists (select from class_match p
        where p.school_id = ${schoolId} and p.old_id = k.class_id and p.state <> 'other')
    group by k.class_id`.execute(tx);
  return rows;
}

/** Asks about proposals. A school has one open question for all of them, and it ends with the last one. */
export async function askAbout(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  { by, at }: { by: Author; at: Date },
): Promise<void> {
  const { rows } = await sql<{ open: number; asked: string | null }>`
    select (select count(*)::int from class_match where school_id = ${schoolId} and state = 'open') as open,
      (select id from operation where school_id = ${schoolId} and kind = 'class-match' and state = 'held'
        order by created_at limit 1) as asked`.execute(tx);
  const [{ open, asked } = { open: 0, asked: null }] = rows;
  if (asked !== null && open === 0) await endOperation(tx, asked, { state: 'succeeded', at });
  if (asked !== null || open === 0) return;
  const id = ctx.newId();
  await openOperation(tx, { id, schoolId, kind: 'class-match', params: {}, by, at });
  await beginOperation(tx, id, at);
  const problem = { code: 'classes-to-match', message: 'Классы под новыми номерами: продолжить ли их чаты' };
  await endOperation(tx, id, { state: 'held', at, problems: [problem] });
}
