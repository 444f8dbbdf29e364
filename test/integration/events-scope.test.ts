import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import { affectedChats } from '../../src/facts/affected-chats.ts';
import { followFacts } from '../../src/follow/follow-facts.ts';
import { planSchool, type SchoolPlan } from '../../src/planning/plan-school.ts';
import { type RosterEvent, readEvent } from '../../src/roster/events/event.ts';
import { writeEvents } from '../../src/roster/events/write-events.ts';
import type { Sql } from '../../src/store/database.ts';
import { momentOf } from '../../src/store/school-day.ts';
import { lockSchool } from '../../src/store/school-turns.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import {
  ADULTS,
  arbitraryEvent,
  type CloudEvent,
  FOUNDING,
  forgetProfiles,
  INSTANTS,
  numbered,
  PUPILS,
} from '../support/arbitrary-events.ts';
import { everywhere } from '../support/everywhere.ts';

const NOW = Date.parse('2026-10-01T08:00:00Z');
/** By then orders that have taken somebody out explain nothing any more. */
const LATER = Date.parse('2027-02-01T08:00:00Z');

let world: ApiWorld;
let nowMs = NOW;
beforeAll(async () => {
  world = await createApiWorld();
  world.ctx.clock = { ...world.ctx.clock, now: () => nowMs };
});
afterAll(() => world[Symbol.asyncDispose]());

const handMade = fc.array(
  fc.record({
    chat: fc.constantFrom(
      'manual',
      'manual',
      'manual',
      'class:c1',
      'parents:c1',
      'parents:c2',
      'subject:g1',
      'staff',
    ),
    personId: fc.constantFrom(...PUPILS, ...ADULTS),
    member: fc.constantFrom('added', 'added', 'excluded', null),
    admin: fc.constantFrom('granted', 'revoked', null, null),
  }),
  { minLength: 4, maxLength: 10 },
);

/** Classes that continue others (K4), their groups, and the pupils in them. */
const moving = fc
  .oneof(
    fc
      .record({
        id: fc.constantFrom('c3', 'c4'),
        continues: fc.constantFrom('c1', 'c2', 'c3'),
        startsOn: fc.constantFrom(null, '2026-10-20'),
      })
      .filter(({ id, continues }) => id !== continues)
      .map((data) => ({
        type: 'sgo.class.saved' as const,
        data: { ...data, title: data.id, homeroomTeacherIds: [] },
      })),
    fc.constantFrom('c3', 'c4', 'c1').map((id) => ({ type: 'sgo.class.closed' as const, data: { id } })),
    fc.constantFrom(...PUPILS).map((studentId) => ({
      type: 'sgo.order.issued' as const,
      data: {
        ...{ id: `m${studentId}`, kind: 'transfer', effectiveOn: '2026-09-20' },
        items: [{ studentId, classId: 'c1', toClassId: 'c3' }],
      },
    })),
    fc.constantFrom('g3', 'g4').map((id) => ({
      type: 'sgo.subject-group.saved' as const,
      data: {
        id,
        classId: 'c3',
        title: 'g1',
        subject: 'География',
        teacherIds: [],
        studentIds: ['p1', 'p2'],
      },
    })),
  )
  .chain((event) => fc.constantFrom(...INSTANTS).map((time) => ({ ...event, time })));

test.each([
  ['soon after the orders', NOW, 100, arbitraryEvent],
  ['long after them', LATER, 50, arbitraryEvent],
  ['while classes come back under new ids', NOW, 60, fc.oneof(arbitraryEvent, moving)],
])(
  '%s a change planned for the chats it touches comes to what the whole school comes to, and no other chat differs',
  async (_, now, numRuns, anyEvent) => {
    nowMs = now;
    await fc.assert(
      fc.asyncProperty(
        handMade,
        fc.array(fc.array(anyEvent, { minLength: 1, maxLength: 2 }), { minLength: 5, maxLength: 8 }),
        async (byHand, batches) => {
          const schoolId = randomUUID();
          await forgetProfiles(world);
          await found(schoolId, byHand);
          for (const [at, batch] of batches.entries()) {
            await follow(schoolId, numbered(batch, `b${at}-`));
          }
        },
      ),
      { numRuns, endOnFailure: false },
    );
  },
  600_000,
);

/** Writes a batch and compares the plan of the touched chats with the plan of all. Applies the former. */
async function follow(schoolId: string, batch: readonly CloudEvent[]): Promise<void> {
  const { ctx } = world;
  await ctx.db.transactionAcross('figures', async ({ sql: tx }) => {
    await lockSchool(tx, schoolId);
    const { touched } = await writeEvents(tx, schoolId, batch.map(good), momentOf(world.ctx));
    const affected = (await affectedChats(
      tx,
      schoolId,
      touched,
      new Date(nowMs).toISOString().slice(0, 10),
    ))!;
    const whole = await plan(tx, schoolId);
    const part = await plan(tx, schoolId, new Set(affected.keys()));
    const names = new Set(part.desired.map((chat) => chat.key ?? chat.id));
    const said = ({ desired }: SchoolPlan) =>
      desired
        .filter((chat) => names.has(chat.key ?? chat.id))
        .map((chat) => (nowMs === NOW ? chat : { ...chat, endings: null }));
    expect(said(part)).toEqual(said(whole));
    const acting = (of: SchoolPlan) => of.plan.chats.filter((chat) => chat.actions.length > 0);
    expect(acting(part)).toEqual(acting(whole));
    expect(part.plan.counts).toEqual({
      ...whole.plan.counts,
      chats: part.plan.counts.chats,
      pending: part.plan.counts.pending,
    });
    const at = new Date(nowMs);
    await followFacts(ctx, tx, schoolId, {
      cause: 'event:x',
      author: { id: 'test', kind: 'service' },
      priority: 'event',
      operationId: null,
      at,
      affected,
    });
    await arrive(tx, schoolId);
    const after = await plan(tx, schoolId);
    expect(acting(after)).toEqual([]);
    const stored = after.desired.map((chat) => shown(after.chats.get(chat.id!)!));
    expect(stored).toEqual(after.desired.map(shown));
  });
}

type Members = ReadonlyMap<string, { admin: boolean; grounds: readonly unknown[] }>;

function shown(chat: { title: string; archived: boolean; warning: string | null; members: Members }) {
  const { title, archived, warning, members } = chat;
  return { title, archived, warning, members: listed(members) };
}

function listed(members: Members) {
  return [...members]
    .map(([id, { admin, grounds }]) => ({ id, admin, grounds }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function plan(tx: Sql, schoolId: string, only?: ReadonlySet<string>): Promise<SchoolPlan> {
  return planSchool(world.ctx, tx, {
    ...{ schoolId, types: CHAT_TYPES, strict: false, day: null, recreate: false },
    ...(only ? { only } : {}),
  });
}

function good(event: CloudEvent): RosterEvent {
  const read = readEvent(event, nowMs);
  if ('rejected' in read) throw new Error(read.rejected.message);
  return read.event;
}

async function found(
  schoolId: string,
  byHand: readonly { chat: string; personId: string; member: string | null; admin: string | null }[],
) {
  await sql`insert into school (id, name, switched_on, limits) values (${schoolId}, 'Школа', ${[...CHAT_TYPES]},
    '{"chatShare": 1, "chatAtLeast": 1000, "schoolShare": 1, "schoolAtLeast": 1000}')`.execute(
    everywhere(world),
  );
  const manual = randomUUID();
  await sql`insert into chat (id, school_id, type, title, title_key, created_at, creation, sferum_title)
    values (${manual}, ${schoolId}, 'subject', 'Кружок', 'кружок', now(), 'created', 'Кружок')`.execute(
    everywhere(world),
  );
  await follow(schoolId, FOUNDING);
  await sql`insert into exception (chat_id, person_id, school_id, member, admin, author_id, at)
    select c.id, r."personId", ${schoolId}, r.member, r.admin, 'a1', now()
    from jsonb_to_recordset(${JSON.stringify(byHand)}::jsonb) as r(chat text, "personId" text, member text, admin text)
    join chat c on c.school_id = ${schoolId} and coalesce(c.key, 'manual') = r.chat
    on conflict do nothing`.execute(everywhere(world));
  const at = new Date(nowMs);
  await world.ctx.db.transactionAcross('figures', async ({ sql: tx }) => {
    await followFacts(world.ctx, tx, schoolId, {
      cause: 'x',
      author: { id: 'test', kind: 'service' },
      priority: 'event',
      operationId: null,
      at,
    });
    await arrive(tx, schoolId);
  });
}

/** Records that Sferum now has what it should. */
async function arrive(tx: Sql, schoolId: string): Promise<void> {
  await sql`update chat set creation = 'created', sferum_title = title, settled_generation = generation
    where school_id = ${schoolId}`.execute(tx);
  await sql`delete from sferum_member where school_id = ${schoolId}`.execute(tx);
  await sql`insert into sferum_member (chat_id, vk_user_id, school_id, admin, state, seen_at)
    select m.chat_id, l.vk_user_id, ${schoolId}, m.admin, 'in', now() from membership m
    join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
    where m.school_id = ${schoolId}`.execute(tx);
}
