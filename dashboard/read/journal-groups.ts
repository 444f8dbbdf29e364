import { type RawBuilder, sql } from 'kysely';
import type { Author } from '../../src/author.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import type { SchoolZone } from '../../src/store/school-day.ts';
import { type JournalFilter, newestLines } from './journal.ts';

/** What one operation did, or what changes of one kind did on one day. */
export interface JournalGroup {
  /** The first part of the cause: `import`, `event`. */
  kind: string;
  /** The cause, where all lines have the same one. */
  cause: string | null;
  /** When it began and ended, instants. */
  from: string;
  to: string;
  /** Its newest and oldest lines. */
  newestId: string;
  oldestId: string;
  lines: number;
  created: number;
  /**
   * `added`: people who enter the live chats. `waiting`: those who join only the lists until they link a profile or can
   * be added.
   */
  added: number;
  waiting: number;
  removed: number;
  held: number;
  /** Held removals that a person rejected. */
  kept: number;
  chats: number;
  /** Orders that its lines name. */
  orders: number;
  /** Who did it; null where several did, or nobody knows. */
  by: Author | null;
}

/** At most so many of the newest lines are read, so that the cost of a page does not grow with the journal. */
const LINES_AT_ONCE = 5_000;

/** Changes of these kinds are small and count together by day. Of all other kinds each change stands for itself. */
const BY_DAY = ['event', 'edit', 'profile', 'lesson', 'drift', 'creation', 'deletion'];

/** Lines of one operation alone are counted up to this. */
const LINES_OF_ONE = 1_000_000;

type Row = JournalGroup & { authorId: string | null; authorKind: Author['kind'] };

/**
 * Gives what was done, newest first, from the newest lines that the filter lets pass. `next`: what to ask for as
 * `before` to get what is older. Null where nothing is older. The change to which the oldest line belongs stands whole
 * on the next page.
 */
export async function groupJournal(
  db: Sql,
  school: SchoolZone,
  filter: JournalFilter & { before?: string | undefined },
): Promise<{ groups: JournalGroup[]; next: string | null }> {
  const groups = await groupsOf(db, school, newestLines(school, filter, LINES_AT_ONCE));
  const isFull = groups.reduce((n, { lines }) => n + lines, 0) === LINES_AT_ONCE;
  if (!isFull) return { groups, next: null };
  const [only, ...others] = groups;
  if (only && others.length === 0) {
    const whole = (await wholeOperation(db, school, filter, only)) ?? only;
    return { groups: [whole], next: whole.oldestId };
  }
  const oldest = groups.reduce((a, b) => (BigInt(a.oldestId) < BigInt(b.oldestId) ? a : b));
  return { groups: groups.filter((group) => group !== oldest), next: after(oldest.newestId) };
}

/**
 * Counts all lines of an operation that has more of them than are read together, because half of its figures would be
 * wrong. It reads only what was noted since the operation was asked for. Null where the cause is no operation.
 */
async function wholeOperation(
  db: Sql,
  school: SchoolZone,
  filter: JournalFilter & { before?: string | undefined },
  { cause }: JournalGroup,
): Promise<JournalGroup | null> {
  if (cause === null) return null;
  const { rows } = await sql<{ at: string }>`select created_at as at from operation
    where school_id = ${school.schoolId} and id::text = ${cause.split(':')[1] ?? ''}`.execute(db);
  if (!rows[0]) return null;
  const of = { ...filter, from: filter.from ?? instant(rows[0].at), causes: { exact: cause } };
  return (await groupsOf(db, school, newestLines(school, of, LINES_OF_ONE)))[0] ?? null;
}

async function groupsOf(db: Sql, school: SchoolZone, lines: RawBuilder<unknown>): Promise<JournalGroup[]> {
  const count = (what: string) => sql`(count(*) filter (where what = ${what}))::int`;
  const { rows } = await sql<Row>`
    with line as (
      select j.*, split_part(cause, ':', 1) as kind,
        coalesce(details #>> '{ending,orderId}', jsonb_path_query_first(details, '$.grounds[*].orderId') #>> '{}') as order_id
      from (${lines}) j),
    keyed as (
      select *, case when kind = any(${BY_DAY}) then kind || ' ' || (at at time zone ${school.timeZone})::date
        else cause end as key from line)
    select min(kind) as kind, case when count(distinct cause) = 1 then min(cause) end as cause,
      min(at) as from, max(at) as to, max(id)::text as "newestId", min(id)::text as "oldestId", count(*)::int as lines,
      ${count('create')} as created, (count(*) filter (where what = 'add' and not details ? 'pending'))::int as added,
      (count(*) filter (where what = 'add' and details ? 'pending'))::int as waiting, ${count('remove')} as removed,
      ${count('hold-remove')} as held, ${count('removal-rejected')} as kept, count(distinct chat_id)::int as chats, count(distinct order_id)::int as orders,
      case when count(distinct author_id) = 1 then min(author_id) end as "authorId", min(author_kind) as "authorKind"
    from keyed group by key order by max(id) desc`.execute(db);
  return rows.map(({ authorId, authorKind, ...group }) => ({
    ...group,
    from: instant(group.from),
    to: instant(group.to),
    by: authorId === null ? null : { id: authorId, kind: authorKind },
  }));
}

/** The id after this one: lines before it include this one. */
const after = (id: string) => String(BigInt(id) + 1n);
