/** D9: titles in the messenger, as VK may write them and as people there change them. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepDrift } from '../../src/live/drift.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';

const TITLE = '5А/Физика "профиль" <1> & 2';

let halves: Halves;
let school: string;
let chatId: string;

beforeEach(async () => {
  halves = await startHalves();
  school = await halves.importSchool();
  await halves.initialize(school, ['staff']);
  [chatId] = (await halves.chatIds()) as [string];
  await sql`update chat set title = ${TITLE}, title_by_hand = true`.execute(everywhere(halves.ctx));
});
afterEach(() => halves[Symbol.asyncDispose]());

const chats = () => [...halves.sandbox.world.chats.values()];
const renames = () =>
  halves.sandbox.world.ledger.of('rename').filter((e) => e.method === 'messages.editChat').length;

/** Looks at the chat again and mends what differs. */
async function seen(): Promise<void> {
  await sql`update chat set seen_at = null`.execute(everywhere(halves.ctx));
  await sweepDrift(halves.ctx, school);
  await halves.workAll();
}

test.each([true, false])(
  'V2: a lost reply makes no twin, whether titles come escaped (%s) or not',
  async (escapedTitles) => {
    halves.sandbox.world.faults.escapedTitles = escapedTitles;
    halves.sandbox.world.faults.once('messages.createChat', 'applyThenReset');
    await halves.work(chatId);
    await sql`update chat set not_before = null`.execute(everywhere(halves.ctx));
    await halves.workAll();
    expect(chats().map(({ title }) => title)).toEqual([TITLE]);
    await seen();
    expect(renames()).toBe(0);
    expect(await halves.differences()).toEqual([]);
  },
);

test.each([true, false])(
  'a title changed in the messenger is put back and journalled; escaped: %s',
  async (escapedTitles) => {
    halves.sandbox.world.faults.escapedTitles = escapedTitles;
    await halves.workAll();
    halves.sandbox.world.renameByHand(chats()[0]!.id, 'Болталка "5А"');
    await seen();
    expect(chats().map(({ title }) => title)).toEqual([TITLE]);
    const { rows } =
      await sql`select what from journal where what in ('rename', 'sferum-rename') order by id`.execute(
        everywhere(halves.ctx),
      );
    expect(rows).toEqual([{ what: 'rename' }, { what: 'sferum-rename' }]);
  },
);

test('it is no fight for ever, but another title is put back again', async () => {
  await halves.workAll();
  const [chat] = chats();
  for (let time = 0; time < 12; time++) {
    halves.sandbox.world.renameByHand(chat!.id, 'Болталка');
    await seen();
  }
  expect(renames()).toBe(5);
  halves.sandbox.world.renameByHand(chat!.id, 'Другое');
  await seen();
  expect(chat!.title).toBe(TITLE);
});
