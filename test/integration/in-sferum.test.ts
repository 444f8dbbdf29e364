/** Who is in a chat in Sferum is counted for lists of chats and stated for each person. Both agree (B2, A10). */
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { listChats } from '../../dashboard/read/chat-list.ts';
import { findOwnChats } from '../../dashboard/read/own-chats.ts';
import { listPersonChats } from '../../src/chats/person-chats.ts';
import type { Database } from '../../src/store/database.ts';
import { listMembers } from '../../src/store/queries/chat-members.ts';
import { eachWithDatabase } from '../support/each-database.ts';
import { everywhere } from '../support/everywhere.ts';
import { addChat, addPeople, addSchool } from '../support/seeds.ts';

let db: Database;
eachWithDatabase((opened) => {
  db = opened;
});

const PEOPLE = ['t1', 't2', 't3', 't4'];
/** So few that people share one, and one person owns the chat. */
const profile = fc.constantFrom(1, 2, 3);
const chats = fc.record({
  profiles: fc.tuple(...PEOPLE.map(() => fc.option(profile, { freq: 4 }))),
  members: fc.subarray(PEOPLE),
  othersMembers: fc.subarray(PEOPLE),
  sferum: fc.dictionary(profile.map(String), fc.constantFrom('in', 'in', 'waiting', 'refused', 'left')),
  owner: fc.option(profile, { freq: 3 }),
  creation: fc.constantFrom('created', 'created', 'none', 'unknown'),
});

test('the count of a chat, its list of members and each person’s own chats agree', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(chats, async ({ profiles, members, othersMembers, sferum, owner, creation }) => {
      const schoolId = `s${run++}`;
      await addSchool(db, schoolId);
      await addPeople(
        ...([db, schoolId] as const),
        PEOPLE.map((id, at) => ({
          ...{ id, name: `Учитель ${id}`, roles: ['teacher'] },
          ...(profiles[at] ? { profile: profiles[at] } : {}),
        })),
      );
      const add = async (title: string, ids: string[]) => {
        const listed = Object.fromEntries(ids.map((id) => [id, false]));
        return addChat(db, schoolId, { type: 'staff', title, members: listed, sferum });
      };
      const chatId = await add('Чат', members);
      const otherId = await add('Другой чат', othersMembers);
      await sql`update chat set creation = ${creation}, owner_id = ${owner} where school_id = ${schoolId}`.execute(
        everywhere(db),
      );

      const own = db.of(schoolId);
      const at = { schoolId, day: '2026-10-01', timeZone: 'Europe/Moscow' };
      const viewer = { sees: 'school', ...at, birthDates: false } as const;
      const membersOf = (id: string) =>
        listMembers(own, viewer, id, { show: 'members', page: 1, perPage: 10 });
      const insideOf = (all: { inSferum: boolean; personId: string }[]) =>
        all.filter(({ inSferum }) => inSferum).map(({ personId }) => personId);
      const { items } = await membersOf(chatId);
      const inside = insideOf(items);
      const list = await listChats(own, viewer, { page: 1, perPage: 10, descending: false });
      expect(new Map(list.items.map((chat) => [chat.id, [chat.memberCount, chat.inSferumCount]]))).toEqual(
        new Map([
          [chatId, [members.length, inside.length]],
          [otherId, [othersMembers.length, insideOf((await membersOf(otherId)).items).length]],
        ]),
      );
      for (const { personId, sferumState } of items) {
        expect(inside.includes(personId)).toBe(sferumState === 'in');
        const ofPerson = await listPersonChats(own, viewer, personId, chatId);
        const ofOwn = await findOwnChats({ db, leadsToSferum: () => false }, schoolId, personId);
        const ofThisChat = ofOwn.chats.filter(({ id }) => id === chatId);
        expect([...ofPerson, ...ofThisChat].map((one) => one.sferumState)).toEqual([
          sferumState,
          sferumState,
        ]);
        const isOwner =
          creation === 'created' && owner !== null && profiles[PEOPLE.indexOf(personId)] === owner;
        const said = sferum[String(profiles[PEOPLE.indexOf(personId)])] ?? null;
        expect(sferumState).toBe(isOwner ? 'in' : said);
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
