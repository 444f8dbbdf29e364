/**
 * The record has everybody whom an answer names (K8), also a parent's child, and the person whose profile Sferum
 * answered about.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ADMIN, type ChatWorld, startChatWorld } from '../support/chat-world.ts';
import { tell } from '../support/tell-events.ts';

let world: ChatWorld;
const at: Record<string, string> = {};
beforeAll(async () => {
  world = await startChatWorld({ env: { LIMIT_ACCESS_FLUSH_MS: '20' } });
  at.class = await world.chatId('5А класс');
  at.parents = await world.chatId('5А родители');
  const { rows } = await sql<{ id: string }>`
    select id from operation where kind = 'initialization' limit 1`.execute(world.ctx.db.of('s1'));
  at.operation = rows[0]!.id;
  // The father is not in Sferum, and a pupil's profile is somebody else's.
  await tell(world, 's1', 'sgo.profile.unlinked', { personId: 'f1' });
  const taken = { personId: 'p4', vkUserId: 201 };
  await expect(tell(world, 's1', 'sgo.profile.linked', taken)).rejects.toThrow('accepted: +0');
  at.action = String(await placeInPlan('f1'));
  at.afterAnswer = await afterAnswerOfSferum();
  await vi.waitFor(async () => expect(await recorded()).toHaveLength(1));
});
afterAll(() => world[Symbol.asyncDispose]());

async function placeInPlan(personId: string): Promise<number> {
  const path = `/v1/operations/${at.operation}/plan?perPage=100`;
  const { items } = await world.done<{ items: { personId?: string }[] }>(200, 'GET', path, ADMIN);
  return items.findIndex((action) => action.personId === personId) + 1;
}

/** Gives the place in the journal behind an answer of Sferum. Such a line has a profile and no person. */
async function afterAnswerOfSferum(): Promise<string> {
  const { rows } = await sql<{ after: string }>`select max(id) + 1 as after from journal
    where what like 'sferum-%' and person_id is null and vk_user_id = 302`.execute(world.ctx.db.of('s1'));
  return rows[0]!.after;
}

const recorded = async () => {
  const { rows } = await sql<{ people: string[] }>`
    select person_ids as people from access_record order by id`.execute(world.ctx.db.of('s1'));
  return rows.map(({ people }) => people);
};

/** Gives the pupils and parents whose name stands in a text. */
async function namedIn(text: string): Promise<string[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, family_name || ' ' || given_name as name from person
    where roles && '{student,parent}' and not roles && '{teacher,administrator}' order by id`.execute(
    world.ctx.db.of('s1'),
  );
  return rows.filter(({ name }) => text.includes(name)).map(({ id }) => id);
}

/** What is asked for, and a person whom the answer must name besides those it is about. */
const ANSWERS = [
  ['/v1/people/f1/grounds', 'p1'],
  ['/people/f1', 'p1'],
  ['/v1/schools/s1/journal?personId=f1', 'p1'],
  ['/v1/schools/s1/journal?before=:afterAnswer&perPage=1', 'f1'],
  ['/changes?personId=f1', 'p1'],
  ['/changes.csv?personId=f1', 'p1'],
  ['/v1/chats/:parents/members', 'p1'],
  ['/manage/chats/:parents', 'p1'],
  ['/manage/chats/:class?lastName=Андрей', 'p1'],
  ['/manage/chats/:class/pick?role=parent&lastName=Андрей', 'p1'],
  ['/manage/new/pick?role=parent&lastName=Андрей', 'p1'],
  ['/search?text=Андрей', 'p1'],
  ['/unreachable?classId=c5a', 'p1'],
  ['/v1/operations/:operation/plan?perPage=1&page=:action', 'p1'],
  ['/manage/operations/:operation?type=parents&open=:parents', 'p1'],
  ['/manage/operations/:operation?view=people&type=parents&text=Андрей', 'p1'],
  ['/overview', 'p4'],
  ['/attention', 'p4'],
] as const;

test.each(ANSWERS)('%s', async (pattern, beside) => {
  const path = pattern.replaceAll(/:(\w+)/g, (_, name: string) => at[name]!);
  const before = (await recorded()).length;
  const response = await world.request(path, { as: ADMIN });
  expect(response.status).toBe(200);
  const named = await namedIn(await response.text());
  expect(named).toContain(beside);
  const people = await vi.waitFor(async () => {
    const all = await recorded();
    expect(all.length).toBeGreaterThan(before);
    return all.at(-1)!;
  });
  expect(named.filter((id) => !people.includes(id))).toEqual([]);
});
