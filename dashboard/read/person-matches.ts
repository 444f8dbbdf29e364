import { sql } from 'kysely';
import type { Doubt, Evidence } from '../../src/matching/match-people.ts';
import type { Sql } from '../../src/store/database.ts';
import { limitTo, type Page } from '../../src/store/queries/page.ts';
import { type ShownRole, shownName, shownRole } from '../../src/store/queries/person-columns.ts';
import { oneRow } from '../../src/store/rows.ts';

/** A person whom a list names under a new id (K4). */
export interface PersonMatchItem {
  personId: string;
  oldPersonId: string;
  /** As the service knows the person; the id where nobody is known. */
  name: string;
  role: ShownRole | null;
  /** The classes where the person learns or leads, by title. */
  classes: string[];
  evidence: Evidence[];
  doubt: Doubt | null;
  state: 'open' | 'same' | 'other';
  proposedAt: string;
  decidedAt: string | null;
}

/** How many pairs wait, without a doubt and with one, and how many are decided. */
export interface PersonMatchCounts {
  open: number;
  doubtful: number;
  decided: number;
}

/** Counts the pairs of a school. */
export async function countPersonMatches(db: Sql, schoolId: string): Promise<PersonMatchCounts> {
  const { rows } = await sql<PersonMatchCounts>`
    select (count(*) filter (where state = 'open' and doubt is null))::int as open,
      (count(*) filter (where state = 'open' and doubt is not null))::int as doubtful,
      (count(*) filter (where state <> 'open'))::int as decided
    from person_match where school_id = ${schoolId}`.execute(db);
  return oneRow(rows);
}

/** Gives a page of the pairs of a school: those that wait first, of them those in doubt, each part by name. */
export async function listPersonMatches(
  db: Sql,
  schoolId: string,
  { page, perPage }: Page,
): Promise<PersonMatchItem[]> {
  const { rows } = await sql<PersonMatchItem>`
    select m.new_id as "personId", m.old_id as "oldPersonId", coalesce(${shownName}, m.old_id) as name,
      case when p.id is not null then ${shownRole} end as role, m.evidence, m.doubt, m.state,
      array(select k.title from class k where k.school_id = m.school_id and k.present
        and (p.id = any(k.homeroom_teacher_ids) or exists (select from enrollment e where e.school_id = m.school_id
          and e.student_id = p.id and e.unit = 'class' and e.unit_id = k.id and e.present))
        order by length(k.title), k.title) as classes,
      m.proposed_at as "proposedAt", m.decided_at as "decidedAt"
    from person_match m left join person p on p.school_id = m.school_id
      and p.id = case when m.state = 'same' then m.new_id else m.old_id end
    where m.school_id = ${schoolId}
    order by m.state <> 'open', m.doubt is null, m.decided_at desc, p.name_key collate "C", m.new_id, m.old_id
    ${limitTo({ page, perPage })}`.execute(db);
  return rows;
}
