import { sql } from 'kysely';
import { SECOND_MS } from '../clock.ts';
import type { Context } from '../context.ts';
import { takeLook } from '../rows/sferum-account.ts';
import type { SferumAccount } from '../sferum/gateway.ts';
import { LIVE_CHAT, type LiveChat, type LiveChatRow, liveChatOf, lookAtChats } from './look-at-chats.ts';
import { type KnownChat, peopleOf, readNeedOf } from './what-looks-show.ts';

/** Daily reads come together so often, which fills requests. */
const LONGEST_ROUND_MS = 15 * 60_000;
/** One pass reads at most so many chats, the changed ones first. The next look finds the others again. */
const READS_PER_PASS = 500;
/** Between looks a pass takes at most so many chats, so that the school's other work goes on … */
const CHATS_PER_PASS_AT_LEAST = 25;
/** … or such a share of a big school. */
const PASSES_PER_SCHOOL = 60;

/** A chat that must be read, with what the look at it has shown. */
interface Suspect extends LiveChat {
  messages: number | null;
  people: string | null;
}

/** How many chats of a school one pass takes in hand between looks, in SQL. */
export const ofOnePass = (schoolId: string) =>
  sql`(select greatest(${CHATS_PER_PASS_AT_LEAST}, count(*) / ${PASSES_PER_SCHOOL}) from chat where school_id = ${schoolId})`;

/** Tells in SQL whether the chats of account `a` are to be looked at. */
export const isLookDue = (ctx: Context) => sql<boolean>`(a.look_due_at <= ${new Date(ctx.clock.now())})`;

/**
 * Why chat `c` must be read without a look, in SQL: what is known of it is in doubt. A lost chat is left out, because
 * Sferum would refuse each read. It comes back with the chats that were set aside.
 */
export const readReasons = (ctx: Context) => [
  sql<boolean>`(${isAtRest} and c.seen_at is null)`,
  sql<boolean>`(${isAtRest} and c.look_again_at <= ${new Date(ctx.clock.now())})`,
];

const isLive = sql<boolean>`(c.creation = 'created' and c.deleted_at is null and c.deleting_since is null
  and c.condition_reason is distinct from 'chat-lost')`;

/** Tells in SQL whether chat `c` is live and all its work is done. */
const isAtRest = sql<boolean>`(${isLive} and c.generation = c.settled_generation)`;

/**
 * Tells in SQL whether chat `c` is live and has no work now. Its work may wait for hours because of one person, and
 * strangers must not stay so long (D14).
 */
const isIdle = (ctx: Context) => sql<boolean>`(${isLive} and (c.generation = c.settled_generation
  or c.queued_at is null and c.not_before > ${new Date(ctx.clock.now())}))`;

/**
 * Looks at all chats of the school if a look is due, and otherwise at some of those that are in doubt. Gives the chats
 * that must be read.
 */
export async function findSuspects(
  ctx: Context,
  account: SferumAccount,
  schoolId: string,
  signal?: AbortSignal,
): Promise<Suspect[]> {
  const { driftIntervalMs, fullReadIntervalMs, lookEverySeconds } = ctx.config.limits;
  // A chat is read within the interval of a move in it, so looks are not rarer.
  const everyMs = await takeLook(ctx.db.of(schoolId), schoolId, {
    at: new Date(ctx.clock.now()),
    byDefaultMs: lookEverySeconds * SECOND_MS,
    atMostMs: driftIntervalMs,
  });
  const chats = await knownChats(ctx, account, schoolId, everyMs !== null);
  if (chats.length === 0) return [];
  const call = { priority: 'bulk', ...(signal ? { signal } : {}) } as const;
  const looks = await lookAtChats(ctx, account, schoolId, chats, call);
  // A chat may be read, and its turn left out, just before somebody joins. The next turn comes within the rest, and
  // the look after it sees that.
  const lookMs = everyMs ?? 0;
  const turnMs = driftIntervalMs - 2 * lookMs;
  const roundMs = Math.min(driftIntervalMs, LONGEST_ROUND_MS);
  const rhythm = { turnMs, lookMs, fullReadMs: fullReadIntervalMs, roundMs };
  const nowMs = ctx.clock.now();
  return chats
    .flatMap((chat) => {
      const look = looks.get(chat.id);
      const need = readNeedOf(chat, look, rhythm, nowMs);
      const shown = { messages: look?.messages ?? null, people: look ? peopleOf(look) : null };
      return need === null ? [] : [{ ...chat, ...shown, need }];
    })
    .sort((a, b) => a.need.localeCompare(b.need) || (a.seenAtMs ?? 0) - (b.seenAtMs ?? 0))
    .slice(0, READS_PER_PASS);
}

interface Row extends LiveChatRow {
  seen_at_ms: number | null;
  again: boolean;
  is_waiting: boolean;
  seen_messages: string | null;
  seen_people: string | null;
}

async function knownChats(
  ctx: Context,
  account: SferumAccount,
  schoolId: string,
  all: boolean,
): Promise<(LiveChat & KnownChat)[]> {
  const { rows } = await sql<Row>`
    select ${LIVE_CHAT}, (extract(epoch from c.seen_at) * 1000)::float8 as seen_at_ms,
      coalesce(c.look_again_at <= ${new Date(ctx.clock.now())}, false) as again, c.condition = 'failing' or c.generation > c.settled_generation as is_waiting,
      c.seen_messages, c.seen_people
    from chat c where c.school_id = ${schoolId} and c.owner_id = ${account.ownerId}
      and ${all ? isIdle(ctx) : sql`(${sql.join(readReasons(ctx), sql` or `)}) order by c.look_again_at, c.id limit ${ofOnePass(schoolId)}`}`.execute(
    ctx.db.of(schoolId),
  );
  const touched = rows.flatMap(({ id, seen_people: people }) => (people === null ? [id] : []));
  const believed = await believedPeople(ctx, account, schoolId, touched);
  return rows.map((row) => ({
    ...liveChatOf(row),
    ...{ seenAtMs: row.seen_at_ms, again: row.again, isWaiting: row.is_waiting },
    messages: row.seen_messages === null ? null : Number(row.seen_messages),
    people: row.seen_people ?? believed.get(row.id) ?? null,
  }));
}

/** Gives what Sferum should show of the people in these chats, because work has touched them since they were in order. */
async function believedPeople(
  ctx: Context,
  { ownerId }: SferumAccount,
  schoolId: string,
  ids: readonly string[],
): Promise<Map<string, string | null>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ chat_id: string; members: number; admin_ids: number[] | null }>`
    select chat_id, count(*)::int as members, jsonb_agg(vk_user_id) filter (where admin) as admin_ids
    from sferum_member where chat_id = any(${[...ids]}::uuid[]) and state in ('in', 'waiting')
    group by chat_id`.execute(ctx.db.of(schoolId));
  const people = new Map(rows.map((row) => [row.chat_id, row]));
  return new Map(
    ids.map((id) => {
      const { members = 0, admin_ids: adminIds = null } = people.get(id) ?? {};
      // The owner is in the chat, too.
      return [id, peopleOf({ ownerId, members: members + 1, adminIds: adminIds ?? [] })];
    }),
  );
}
