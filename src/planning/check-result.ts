/** What a check of one chat or person tells (K7), once its chats are followed to their end. It holds ids, never names. */
import { sql } from 'kysely';
import type { ActionKind, LiveState } from '../plan/model.ts';
import { refusedText } from '../plan/refused-words.ts';
import type { OfSchool } from '../rows/operation.ts';
import type { Sql } from '../store/database.ts';
import type { CheckObstacle, CheckParams } from '../store/operation-params.ts';
import { sferumState } from '../store/queries/in-sferum.ts';
import { oneRow } from '../store/rows.ts';

/** A place in a chat. `personId` is null for a member of the chat in Sferum whom the school does not know. */
interface CheckedPlace {
  chatId: string;
  personId: string | null;
  admin: boolean;
}

export interface CheckResult {
  /** The places by СГО. */
  desired: CheckedPlace[];
  /** The places in Sferum now. */
  actual: CheckedPlace[];
  done: { chatId: string; action: ActionKind; personId?: string }[];
  obstacles: CheckObstacle[];
}

interface Found extends Omit<CheckResult, 'obstacles'> {
  outside: (Omit<CheckedPlace, 'admin'> & {
    state: LiveState | null;
    reason: string | null;
    linked: boolean;
  })[];
  held: Omit<CheckedPlace, 'admin'>[];
  chats: { chatId: string; reason: string; message: string | null }[];
}

/** Reads the result of a check. Where a person's chats are checked, only that person's places count. */
export async function checkResult(tx: Sql, of: OfSchool, params: CheckParams): Promise<CheckResult> {
  const { outside, held, chats, done, ...places } = await findPlaces(tx, of, params);
  const isOutside = new Set(outside.map(({ chatId, personId: who }) => `${chatId} ${who}`));
  return {
    ...places,
    done: done.flatMap(({ chatId, action, personId: who }) =>
      action === 'add' && isOutside.has(`${chatId} ${who}`)
        ? []
        : [{ chatId, action, ...(who ? { personId: who } : {}) }],
    ),
    obstacles: [
      ...(params.obstacles ?? []),
      ...chats.map(({ message, ...chat }) => ({ ...chat, message: message ?? 'Чат удаляется' })),
      ...held.map((place) => ({ ...named(place), reason: 'held', message: 'исключение ждёт решения' })),
      ...outside.map(({ state, reason, linked, ...place }) => ({
        ...named(place),
        ...whyOutside(linked, state, reason),
      })),
    ],
  };
}

async function findPlaces(
  tx: Sql,
  { schoolId, id }: OfSchool,
  { chatIds, personId }: CheckParams,
): Promise<Found> {
  const ids = sql`${[...chatIds]}::uuid[]`;
  const one = sql`${personId}::text`;
  const { rows } = await sql<Found>`
    with place as materialized (
      select m.chat_id, m.person_id, m.admin, m.held_by, l.vk_user_id, s.reason,
        ${sferumState(sql`l.vk_user_id`, sql`s.state`)} as state
      from membership m join chat c on c.id = m.chat_id
        left join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
        left join sferum_member s on s.chat_id = m.chat_id and s.vk_user_id = l.vk_user_id
      where m.school_id = ${schoolId} and m.chat_id = any(${ids}) and coalesce(m.person_id = ${one}, true)
    ), live as materialized (
      select s.chat_id, l.person_id, s.admin, s.held_by from sferum_member s
        left join profile_link l on l.school_id = s.school_id and l.vk_user_id = s.vk_user_id and l.present
      where s.school_id = ${schoolId} and s.chat_id = any(${ids}) and s.state = 'in'
        and (${one} is null or l.person_id = ${one})
    )
    select ${listOf(sql`select chat_id as "chatId", person_id as "personId", admin from place`)} as desired,
      ${listOf(sql`select chat_id as "chatId", person_id as "personId", admin from live
        union select chat_id, person_id, admin from place where state = 'in'`)} as actual,
      ${listOf(sql`select chat_id as "chatId", person_id as "personId", state, reason, vk_user_id is not null as linked
        from place where state is distinct from 'in'`)} as outside,
      ${listOf(sql`select chat_id as "chatId", person_id as "personId" from place where held_by is not null
        union select chat_id, person_id from live where held_by is not null`)} as held,
      ${listOf(sql`select o.chat_id as "chatId", a->>'action' as action, a->>'personId' as "personId"
        from operation_chat o cross join jsonb_array_elements(o.actions) with ordinality x(a, n)
        where o.operation_id = ${id} and o.problem is null and not a ? 'held' and not a ? 'pending'
          and (${one} is null or a->>'personId' = ${one}) order by o.ordinal, n`)} as done,
      ${listOf(sql`select id as "chatId", coalesce(condition_reason, condition) as reason, condition_message as message
        from chat where id = any(${ids}) and condition in ('failing', 'deleting')`)} as chats`.execute(tx);
  return oneRow(rows);
}

const listOf = (query: ReturnType<typeof sql>) =>
  sql`(select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (${query}) r)`;

function named({ chatId, personId }: Omit<CheckedPlace, 'admin'>): { chatId: string; personId?: string } {
  return personId === null ? { chatId } : { chatId, personId };
}

function whyOutside(linked: boolean, state: LiveState | null, reason: string | null) {
  if (!linked) return { reason: 'notLinked', message: 'профиль VK ID не привязан' };
  if (state === 'refused') return { reason: 'refused', message: refusedText(reason) };
  if (state === 'left') return { reason: 'left', message: 'самостоятельный выход из чата' };
  return { reason: 'invited', message: 'приглашение отправлено, входа ещё не было' };
}
