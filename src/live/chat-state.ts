import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { LEAVES_RESPECTED } from '../plan/leaves.ts';
import type { LiveState } from '../plan/model.ts';
import type { SferumActual } from '../plan/steps.ts';
import { holdsAbandoned } from '../rows/chat-abandoned.ts';
import type { ChatRef, Priority } from '../sferum/gateway.ts';
import { gathering, type Place } from '../store/gather.ts';

/**
 * Everything that the work on one chat needs. Its outcome is recorded for `generation` alone (rule 4).
 */
export interface ChatState {
  id: string;
  schoolId: string;
  title: string;
  archived: boolean;
  deleting: boolean;
  generation: number;
  settledGeneration: number;
  cause: string;
  priority: Priority;
  attempts: number;
  creation: {
    state: 'none' | 'creating' | 'created' | 'unknown';
    fence: number;
    /** The age of the attempt by the database's clock, because the clocks of hosts may differ (reliability 20). */
    ageMs: number;
    looks: number;
  };
  /** Null until Sferum has created the chat. */
  ref: ChatRef | null;
  /** True where `ref` is a chat that this row has abandoned (rows/chat-abandoned.ts). */
  isAbandoned: boolean;
  sferumTitle: string | null;
  inviteLink: string | null;
  /** True where a person was taken out who may know the invite link, so that the link must be replaced. */
  linkDue: boolean;
  /** Since when an admin who must leave has been waiting for a successor (D14). */
  handoverSince: Date | null;
  /** True where only the owning account administers the chat, although the list names an admin (D14). */
  lacksAdmin: boolean;
  /** When a write with an unknown outcome must have taken effect at Sferum. The chat is read once more then. */
  lookAgainAt: Date | null;
  /** When the members at Sferum were read. Null means that they are in doubt and must be read first. */
  seenAt: Date | null;
  target: Map<number, { admin: boolean }>;
  /** Profiles whose removal is held (F4). */
  hold: Set<number>;
  /** True where a look showed people without a place whom no plan has judged. They are not among `actual` (F4). */
  unguarded: boolean;
  actual: SferumActual['members'] extends ReadonlyMap<number, infer M> ? Map<number, M> : never;
  held: boolean;
}

interface Row {
  id: string;
  title: string;
  archived: boolean;
  deleting: boolean;
  generation: string;
  settled_generation: string;
  cause: string;
  priority: Priority;
  attempts: number;
  creation: ChatState['creation']['state'];
  creation_fence: string;
  creation_age_ms: number | null;
  creation_looks: number;
  owner_id: string | null;
  peer_id: string | null;
  is_abandoned: boolean;
  sferum_title: string | null;
  invite_link: string | null;
  link_due: boolean;
  handover_since: string | null;
  lacks_admin: boolean;
  look_again_at: string | null;
  seen_at: string | null;
  /** The profiles that must be in, and the admins among them. Several people may share one (A7). */
  ids: number[] | null;
  admins: number[] | null;
  is_held: boolean;
  actual: { u: number; a: boolean; s: LiveState; h: boolean; j: boolean }[] | null;
}

/** Where the database work of a chat's job is joined with that of others. */
export function placeOf({ schoolId, priority }: Pick<ChatState, 'schoolId' | 'priority'>): Place {
  return { schoolId, isBulk: priority === 'bulk' };
}

/**
 * Reads the chat. Null where this school has no such chat, because a job's school and chat must agree (V4). Chats that
 * are asked for at the same time are read by one statement.
 */
export function loadChatState(ctx: Context, place: Place, chatId: string): Promise<ChatState | null> {
  return loading(ctx, place, chatId);
}

const loading = gathering(async (ctx: Context, schoolId: string, ids: readonly string[]) => {
  // Members are read by a scan for all chats. A subquery for each could scan the whole school each time, because the
  // planner takes tables that have just been filled for empty ones.
  const all = sql`${[...ids]}::uuid[]`;
  const { rows } = await sql<Row>`
    select c.id, c.title, c.archived, c.deleting_since is not null as deleting, c.generation, c.settled_generation,
      c.cause, c.priority, c.attempts, c.creation, c.creation_fence, c.creation_looks,
      (extract(epoch from clock_timestamp() - c.creation_at) * 1000)::float8 as creation_age_ms,
      c.owner_id, c.peer_id, ${holdsAbandoned} as is_abandoned, c.sferum_title, c.invite_link, c.link_due, c.handover_since, c.lacks_admin, c.look_again_at, c.seen_at,
      target.ids, target.admins, coalesce(target.is_held, false) as is_held, known.actual
    from chat c
      left join (
        select m.chat_id, json_agg(l.vk_user_id) filter (where l.present) as ids,
          json_agg(l.vk_user_id) filter (where l.present and m.admin) as admins, bool_or(m.held_by is not null) as is_held
        from membership m left join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id
        where m.chat_id = any(${all}) group by m.chat_id) target on target.chat_id = c.id
      left join (
        select s.chat_id, json_agg(json_build_object('u', s.vk_user_id, 'a', s.admin, 's', s.state,
          'h', s.held_by is not null, 'j', not s.unjudged)) as actual
        from sferum_member s
        where s.chat_id = any(${all}) and not (s.state = 'left' and s.tries < ${LEAVES_RESPECTED})
        group by s.chat_id) known on known.chat_id = c.id
    where c.id = any(${all}) and c.school_id = ${schoolId} and c.deleted_at is null
  `.execute(ctx.db.of(schoolId));
  const states = new Map(rows.map((row) => [row.id, fromRow(schoolId, row)]));
  return ids.map((id) => states.get(id) ?? null);
});

function fromRow(schoolId: string, r: Row): ChatState {
  // Two people who share a VK ID are one member at Sferum, and the member is an admin if either of them is (A7).
  const target = new Map<number, { admin: boolean }>();
  for (const id of r.ids ?? []) target.set(id, { admin: false });
  for (const id of r.admins ?? []) target.set(id, { admin: true });
  const known = r.actual ?? [];
  const actual = known.filter(({ u, j }) => j || target.has(u));
  const strangersHeld = actual.filter((m) => m.h && (m.s === 'in' || m.s === 'waiting')).map((m) => m.u);
  return {
    id: r.id,
    schoolId,
    title: r.title,
    archived: r.archived,
    deleting: r.deleting,
    generation: Number(r.generation),
    settledGeneration: Number(r.settled_generation),
    cause: r.cause,
    priority: r.priority,
    attempts: r.attempts,
    creation: {
      state: r.creation,
      fence: Number(r.creation_fence),
      ageMs: r.creation_age_ms ?? 0,
      looks: r.creation_looks,
    },
    ref: r.peer_id === null ? null : { ownerId: Number(r.owner_id), peerId: Number(r.peer_id) },
    isAbandoned: r.is_abandoned,
    sferumTitle: r.sferum_title,
    inviteLink: r.invite_link,
    linkDue: r.link_due,
    handoverSince: r.handover_since === null ? null : new Date(r.handover_since),
    lacksAdmin: r.lacks_admin,
    lookAgainAt: r.look_again_at === null ? null : new Date(r.look_again_at),
    seenAt: r.seen_at === null ? null : new Date(r.seen_at),
    target,
    hold: new Set(strangersHeld),
    unguarded: actual.length < known.length,
    actual: new Map(actual.map((m) => [m.u, { admin: m.a, state: m.s }])),
    held: r.is_held || strangersHeld.length > 0,
  };
}
