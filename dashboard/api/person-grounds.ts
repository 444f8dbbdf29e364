import { createRoute, z } from '@hono/zod-openapi';
import {
  findPerson,
  listPersonChats,
  type PersonChat,
  type PersonRow,
} from '../../src/chats/person-chats.ts';
import { rulesOnAbsence } from '../../src/chats/rules-on-absence.ts';
import { whySentences } from '../../src/chats/why.ts';
import type { Context } from '../../src/context.ts';
import { pauseOn } from '../../src/desired/pauses.ts';
import type { Names } from '../../src/plan/describe.ts';
import { notFound } from '../../src/refusal.ts';
import { schoolPauses } from '../../src/store/queries/pauses.ts';
import type { Viewer } from '../../src/store/queries/viewer.ts';
import { momentOf, timeOf } from '../../src/store/school-day.ts';
import { listJournal } from '../read/journal.ts';
import { findNames } from '../read/names.ts';
import { assertSeen } from '../read/person-seen.ts';
import { schoolOf, viewerOf } from '../rights.ts';
import { noteShown } from '../trail/shown-people.ts';
import { groundView, idsOf } from './grounds.ts';
import { JournalEntry, journalViews } from './journal-view.ts';
import type { ApiParts } from './parts.ts';
import { ChatTypeName, Ground, IdParam, Instant, json, REFUSALS, SchoolQuery } from './schemas.ts';

/** How many of the newest lines of the journal about a person are shown. The journal itself has the others. */
const CHANGES_SHOWN = 200;

const ChatGrounds = z
  .object({
    chatId: z.uuid(),
    title: z.string(),
    type: ChatTypeName,
    isMember: z.boolean().openapi({ description: 'in СГО' }),
    admin: z.boolean(),
    inSferum: z.boolean(),
    sferumState: z.enum(['in', 'waiting', 'refused', 'left']).nullable(),
    held: z.boolean(),
    grounds: z.array(Ground),
    exception: z
      .object({
        member: z.enum(['added', 'excluded']).nullable(),
        admin: z.enum(['granted', 'revoked']).nullable(),
        author: z.object({ id: z.string(), name: z.string() }),
        reason: z.string().nullable(),
        at: Instant,
      })
      .optional(),
    why: z.array(z.string()).openapi({
      description: 'why the person is in, or why not; for Sferum too',
      example: ['Не в чате по приказу № 12 от 30.08.2026'],
    }),
    changes: z.array(JournalEntry).openapi({ description: 'newest first' }),
  })
  .openapi('ChatGrounds');

const PersonGrounds = z
  .object({
    person: z.object({
      id: z.string(),
      name: z.string(),
      role: z.enum(['staff', 'student', 'parent']),
      present: z.boolean().openapi({ description: 'in the roster now' }),
      linked: z.boolean(),
      profileTaken: z
        .boolean()
        .openapi({ description: 'СГО names a VK ID of the person that somebody else has (A7)' }),
    }),
    chats: z.array(ChatGrounds),
  })
  .openapi('PersonGrounds');

/** Why a person is in a chat, or why not (J1). */
export function personGroundRoutes({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/people/{id}/grounds',
    tags: ['People'],
    summary: 'Why a person is in a chat, or why not; without chatId: in all their chats (J1)',
    middleware: guards.read('school-admin', 'operator', 'service', 'staff'),
    request: { params: IdParam, query: SchoolQuery.extend({ chatId: z.uuid().optional() }) },
    responses: { 200: json(PersonGrounds, 'every ground, and what was changed by what'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { chatId } = c.req.valid('query');
    const viewer = await viewerOf(ctx, c.get('caller'), schoolOf(c));
    const person = await findPerson(ctx.db.of(viewer.schoolId), viewer.schoolId, c.req.valid('param').id);
    if (!person) throw notFound();
    const chats = await listPersonChats(ctx.db.of(viewer.schoolId), viewer, person.id, chatId);
    if (chatId !== undefined && chats.length === 0) throw notFound();
    await assertSeen(ctx, viewer, person, chats);
    const { sex: _, isTeacher: __, ...shown } = person;
    const why = await explained(ctx, viewer, person, chats);
    const { changes, people } = await changesIn(ctx, viewer, person, chatId);
    noteShown(c, viewer.schoolId, [...why.people, ...people]);
    const told = why.chats.map((chat) => ({ ...chat, changes: changes.get(chat.chatId) ?? [] }));
    return c.json({ person: shown, chats: told }, 200);
  });
}

/** One of a person's chats with its grounds or the reasons against it. */
export type ExplainedChat = Omit<z.infer<typeof ChatGrounds>, 'changes'>;

/** Gives each of the person's chats with its grounds or the reasons against it, and the people whom these name. */
export async function explained(
  ctx: Context,
  viewer: Viewer,
  person: PersonRow,
  chats: readonly PersonChat[],
): Promise<{ chats: ExplainedChat[]; people: readonly string[] }> {
  const { schoolId } = viewer;
  const db = ctx.db.of(schoolId);
  const time = await timeOf(db, schoolId, momentOf(ctx));
  const rules = await rulesOnAbsence(ctx, db, { schoolId, time, personId: person.id, chats });
  const pause = pauseOn(await schoolPauses(db, schoolId), time.today);
  const reader = { ...viewer, personId: person.id };
  const ids = idsOf(chats.flatMap(({ grounds }) => grounds));
  const names = await findNames(db, reader, {
    people: [...ids.people, ...chats.flatMap(({ exception }) => exception?.authorId ?? [])],
    classes: [...ids.classes, ...chats.flatMap((chat) => chat.classId ?? [])],
    groups: [...ids.groups, ...chats.flatMap((chat) => chat.groupId ?? [])],
    orders: [...ids.orders, ...[...rules.values()].flatMap(({ ending }) => ending?.orderId ?? [])],
  });
  const told = chats.map((chat) => {
    const { title, type, isMember, admin, sferumState, held, exception } = chat;
    const why = whySentences({
      person,
      chat,
      rules: rules.get(chat.chatId) ?? null,
      names,
      dayOf: time.dayOf,
      pausedUntil: pause?.to ?? null,
    });
    return {
      ...{ chatId: chat.chatId, title, type, isMember, admin, sferumState, held },
      inSferum: sferumState === 'in',
      grounds: chat.grounds.map((ground) => groundView(ground, names)),
      ...(exception ? { exception: exceptionView(exception, names) } : {}),
      why,
    };
  });
  return { chats: told, people: [person.id, ...names.people] };
}

/**
 * Gives the latest changes that concern the person, by chat, and the people whom they name. `chatId`: only of that
 * chat.
 */
async function changesIn(ctx: Context, viewer: Viewer, person: PersonRow, chatId: string | undefined) {
  const { schoolId } = viewer;
  const db = ctx.db.of(schoolId);
  const { timeZone } = await timeOf(db, schoolId, momentOf(ctx));
  const filter = { personId: person.id, chatId, perPage: CHANGES_SHOWN };
  const { items } = await listJournal(db, { schoolId, timeZone }, filter);
  const { entries, people } = await journalViews(db, { ...viewer, personId: person.id }, items);
  return { changes: Map.groupBy(entries, (line) => line.chatId), people };
}

function exceptionView({ authorId, ...kept }: NonNullable<PersonChat['exception']>, names: Names) {
  return { ...kept, author: { id: authorId, name: names.person(authorId) } };
}
