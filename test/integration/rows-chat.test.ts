/** A chat's row, by the verbs of its owner: its life, its creation in Sferum, and what is seen of it there. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { keepPlanned, markDeleted, markDeleting } from '../../src/rows/chat.ts';
import { endAttempts, giveUpAttempts, intendCreations, noteCreated } from '../../src/rows/chat-creation.ts';
import { noteDoubt, noteInOrder, noteLost, noteRead, noteTitles } from '../../src/rows/chat-seen.ts';
import {
  A,
  ASIDE,
  AT,
  asStored,
  B,
  C,
  type ChatRows,
  D,
  eachWithChats,
  planned,
  plus,
  SCHOOL,
} from '../support/chat-rows.ts';

const OWNER_ID = 500;

let chats: ChatRows;
eachWithChats((made) => {
  chats = made;
});

describe('life', () => {
  test('what is deleted was being deleted; it comes back as a new chat at Sferum', async () => {
    const how = { recreate: true, at: AT };
    expect(await markDeleting(chats.sql, SCHOOL, [A], how)).toEqual([A]);
    expect(await markDeleting(chats.sql, SCHOOL, [A, B], how)).toEqual([B]);
    await chats.set(
      A,
      sql`creation = 'created', owner_id = ${OWNER_ID}, peer_id = 7, sferum_title = 'Класс 0'`,
    );
    expect(await markDeleted(chats.sql, [A, C], AT)).toEqual([A]);
    await keepPlanned(chats.sql, SCHOOL, planned, AT);
    const columns = `deleted_at, deleting_since, creation, peer_id, sferum_title, condition`;
    expect((await chats.all(columns))[0]).toEqual({
      ...{ deleted_at: null, deleting_since: null, creation: 'none', peer_id: null, sferum_title: null },
      condition: 'behind',
    });
  });
});

describe('creation at Sferum', () => {
  const intent = (id: string, title: string) =>
    ({ id, title, ownerId: OWNER_ID, state: 'creating' }) as const;
  const found = (id: string, fence: number, peerId: number) =>
    ({ id, fence, ref: { ownerId: OWNER_ID, peerId }, title: 'Класс' }) as const;

  test('an attempt that is given up is looked for once more as long after that as Sferum may be late', async () => {
    await intendCreations(chats.sql, [intent(A, 'а')]);
    // Its request had to wait for its turn.
    await chats.set(A, sql`creation = 'unknown', creation_at = clock_timestamp() - interval '10 minutes'`);
    await giveUpAttempts(chats.sql, [{ id: A, fence: 1 }]);
    const { rows } = await sql<{ isNow: boolean }>`select (given_up->0->>'at')::timestamptz
      > clock_timestamp() - interval '1 minute' as "isNow" from chat where id = ${A}`.execute(chats.sql);
    expect(rows).toEqual([{ isNow: true }]);
  });

  test('V2: no second attempt while one is under way, and a late answer to an earlier one finds no row', async () => {
    const fences = await intendCreations(chats.sql, [intent(A, 'а'), intent(B, 'б')]);
    expect(fences).toEqual(new Map([A, B].map((id) => [id, 1])));
    expect(await intendCreations(chats.sql, [intent(A, 'а')])).toEqual(new Map());
    await endAttempts(chats.sql, [{ id: A, fence: 1 }], 'none');
    expect(await intendCreations(chats.sql, [intent(A, 'а')])).toEqual(new Map([[A, 2]]));
    const created = await noteCreated(chats.sql, [found(A, 1, 7), found(B, 1, 8)], plus(1000));
    expect(created).toEqual(new Set([B]));
    expect((await chats.values('creation')).slice(0, 2)).toEqual(['creating', 'created']);
  });

  test('V2: two attempts at one title of an account are refused together', async () => {
    const twins = intendCreations(chats.sql, [intent(A, 'а'), intent(B, 'а')]);
    await expect(twins).rejects.toMatchObject({ code: '23505' });
    expect(await chats.values('creation')).toEqual(['none', 'none', 'none', 'none']);
  });
});

describe('what is seen of live chats', () => {
  test('a reading of a chat that was worked on meanwhile, or is in hand, is not believed', async () => {
    await chats.set(B, sql`settled_generation = 1`);
    await chats.set(C, sql`queued_at = ${AT}`);
    const read = [A, B, C].map((id) => ({ id, settledGeneration: 0 }));
    expect(await noteRead(chats.sql, read, AT)).toEqual(new Set([A]));
    expect(await chats.values('seen_at is null')).toEqual([false, true, true, true]);
  });

  test('a lost chat says so once, and is taken up at once when it is there again', async () => {
    await noteLost(chats.sql, [A, B], { message: 'Чат удалён.', ...ASIDE });
    await noteLost(chats.sql, [A, B], { message: 'Ещё раз.', ...ASIDE });
    expect(await chats.values('set_aside_times')).toEqual([1, 1, 0, 0]);
    expect((await chats.values('condition_message')).slice(0, 2)).toEqual(['Чат удалён.', 'Чат удалён.']);
    await noteRead(chats.sql, [{ id: A, settledGeneration: 0 }], AT);
    expect((await chats.values('not_before')).slice(0, 2)).toEqual(
      [AT, plus(60_000)].map((t) => asStored(t)),
    );
  });

  test('what a look showed counts until work touches the chat, and not where work came between', async () => {
    const shown = { settledGeneration: 0, messages: 7, people: 'digest' };
    await chats.set(C, sql`settled_generation = 1`);
    await chats.set(D, sql`queued_at = ${AT}`);
    for (const id of [A, B, C, D]) await chats.set(id, sql`seen_at = ${AT}, generation = settled_generation`);
    await noteInOrder(
      chats.sql,
      [A, B, C, D].map((id) => ({ id, ...shown })),
    );
    expect(await chats.values('seen_messages')).toEqual(['7', '7', null, null]);
    await noteDoubt(chats.sql, [A], AT);
    expect(await chats.values('seen_messages')).toEqual([null, '7', null, null]);
    expect(await chats.values('seen_people')).toEqual([null, 'digest', null, null]);
  });

  test('D9: a foreign title is believed, and so put back, so many times; our own begins anew', async () => {
    const shows = (isOurs: boolean) => [
      { id: A, shown: 'Чужое', isOurs: false, settledGeneration: 0 },
      { id: B, shown: 'Другое', isOurs, settledGeneration: 0 },
    ];
    await noteTitles(chats.sql, shows(false), 1);
    expect((await chats.values('sferum_title')).slice(0, 2)).toEqual(['Чужое', 'Другое']);
    for (const id of [A, B]) await chats.set(id, sql`sferum_title = title`);
    await noteTitles(chats.sql, shows(true), 1);
    expect((await chats.values('sferum_title')).slice(0, 2)).toEqual(['Класс 0', 'Класс 1']);
    expect((await chats.values('foreign_title_times')).slice(0, 2)).toEqual([2, 0]);
  });
});
