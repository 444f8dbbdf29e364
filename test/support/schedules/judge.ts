/** What a schedule has come to: four counts, and in words what is not as it should be. */
import { sql } from 'kysely';
import { compareStates } from '../../../src/demo/compare-states.ts';
import { currentId } from '../../../src/store/queries/former-ids.ts';
import { everywhere } from '../everywhere.ts';
import type { Story, Told } from './ask.ts';
import { TINY_SCHOOL } from './tiny-roster.ts';

export interface Verdict {
  /** Accepted events that the facts do not show, and people and chats that are missing in Sferum. */
  lost: number;
  /**
   * People who are where they must not be, or what they must not be, and chats that must not exist or have another
   * name.
   */
  unexpected: number;
  /** Chats that are there more than once. */
  duplicated: number;
  /** Chats that were found after a lost answer, and second ones that were emptied. */
  recovered: number;
  /** All that is not as it should be; empty: the schedule has converged. */
  words: string[];
}

export async function judge(story: Story): Promise<Verdict> {
  const { ctx, sandbox } = story.world.halves;
  const { differences } = await compareStates(ctx, sandbox, [TINY_SCHOOL]);
  const events = await lostEvents(story);
  const intruders = await peopleWithoutLink(story);
  const doubled = await doubledTitles(story);
  const counts = differences.map(countsOf);
  const sum = (of: 'lost' | 'unexpected') => counts.reduce((total, one) => total + one[of], 0);
  return {
    lost: sum('lost') + events.length,
    // A person whom the comparison finds is not counted twice.
    unexpected: Math.max(sum('unexpected'), intruders.length),
    duplicated: doubled.length,
    recovered: await recoveries(story),
    words: [...differences, ...events, ...intruders, ...doubled, ...(await unfinished(story))],
  };
}

function countsOf(difference: string): { lost: number; unexpected: number } {
  const people = /(\d+) missing, (\d+) wrong/.exec(difference);
  if (people) return { lost: Number(people[1]), unexpected: Number(people[2]) };
  return difference.endsWith('is not in Sferum') ? { lost: 1, unexpected: 0 } : { lost: 0, unexpected: 1 };
}

/** The facts show an event's own statement, or a later one. */
const SHOWN: readonly [
  pattern: RegExp,
  table: string,
  key: (data: Told['data']) => Record<string, unknown>,
][] = [
  [/^sgo\.person\./, 'person', ({ id }) => ({ id })],
  [/^sgo\.class\./, 'class', ({ id }) => ({ id })],
  [/^sgo\.subject-group\./, 'subject_group', ({ id }) => ({ id })],
  [
    /^sgo\.guardian\./,
    'guardian',
    ({ guardianId, studentId }) => ({ guardian_id: guardianId, student_id: studentId }),
  ],
  [/^sgo\.profile\./, 'profile_link', ({ personId }) => ({ person_id: personId })],
  [/^sgo\.order\./, 'roster_order', ({ id }) => ({ id })],
];

async function lostEvents({ told, world }: Story): Promise<string[]> {
  const db = everywhere(world.halves.ctx);
  const lost: string[] = [];
  for (const { id, type, timeMs, data } of told) {
    const [, table, key] = SHOWN.find(([pattern]) => pattern.test(type))!;
    const [stated, gone] =
      table === 'roster_order' ? ['issued_at', 'cancelled_at'] : ['stated_at', 'gone_at'];
    // What was said of a person stands under the id that the person has now (K4).
    const where = Object.entries(key(data)).map(
      ([column, value]) => sql`${sql.ref(column)} = ${currentId(TINY_SCHOOL, sql`${value}`)}`,
    );
    const own =
      type === 'sgo.order.issued'
        ? sql.ref(stated!)
        : type === 'sgo.order.cancelled'
          ? sql.ref(gone!)
          : sql`greatest(${sql.ref(stated!)}, ${sql.ref(gone!)})`;
    const { rows } = await sql`select from ${sql.table(table)} where ${sql.join(where, sql` and `)}
      and ${own} >= ${new Date(timeMs)}
      and exists (select from received_event where id = ${id})`.execute(db);
    if (rows.length === 0) lost.push(`${type} ${id} is lost`);
  }
  return lost;
}

/** Finds people in live chats whose profile belongs to no present person. */
async function peopleWithoutLink({ world }: Story): Promise<string[]> {
  const { rows } = await sql<{ vk: string }>`
    select l.vk_user_id::text as vk from profile_link l join person p on p.school_id = l.school_id and p.id = l.person_id
    where l.present and p.present`.execute(everywhere(world.halves.ctx));
  const linked = new Set(rows.map(({ vk }) => Number(vk)));
  return [...world.halves.sandbox.world.chats.values()].flatMap(({ title, ownerId, members }) =>
    [...members.keys()]
      .filter((user) => user !== ownerId && !linked.has(user))
      .map((user) => `${user} is in «${title}» and nobody's profile`),
  );
}

async function doubledTitles({ world }: Story): Promise<string[]> {
  const { rows } = await sql<{ title: string }>`select title from chat where deleted_at is null`.execute(
    everywhere(world.halves.ctx),
  );
  const own = Map.groupBy(rows, ({ title }) => title);
  const live = [...world.halves.sandbox.world.chats.values()].filter(({ members }) => members.size > 0);
  return [...Map.groupBy(live, ({ title }) => title)]
    .filter(([title, copies]) => copies.length > Math.max(1, own.get(title)?.length ?? 0))
    .map(([title]) => `«${title}» is there more than once`);
}

async function recoveries({ world }: Story): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from journal where what in ('sferum-adopt', 'sferum-duplicate')`.execute(
    everywhere(world.halves.ctx),
  );
  return rows[0]!.n;
}

/** Work that has not ended. */
export async function unfinished({ world }: Story): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', kind, state, params - 'planned', (select string_agg(concat_ws(' ', c.title, f.generation,
        c.settled_generation, c.generation, c.deleted_at), '; ') from operation_chat f left join chat c on c.id = f.chat_id
        where f.operation_id = operation.id and f.generation is not null and f.done_at is null)) as line
      from operation where state in ('queued', 'running', 'held')
    union all select concat_ws(' ', '«' || title || '»', condition, condition_reason, creation) from chat
      where generation > settled_generation and deleted_at is null`.execute(everywhere(world.halves.ctx));
  return rows.map(({ line }) => line);
}
