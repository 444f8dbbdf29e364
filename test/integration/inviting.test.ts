/** With a community's token people enter by the link in their own list, and the engine does the rest (vk-api.md). */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { reconcileChat } from '../../src/live/reconcile-chat.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { importSmallSchool, initializeAll } from '../support/small-world.ts';
import { withAccount } from '../support/with-account.ts';

const WAITING = { timeout: 20_000, interval: 20 };

let world: TestApp;
let school: string;
beforeEach(() => startInviting({ LIMIT_DRIFT_INTERVAL_MS: '1000' }));
afterEach(() => world[Symbol.asyncDispose]());

async function startInviting(env: Record<string, string>): Promise<void> {
  world = await startTestApp({ env });
  school = await importSmallSchool(world);
  const communityId = 55;
  const access = world.sandbox.world.connectSchool({ communityId });
  await world.commands.connectSferum({
    schoolId: school,
    communityId,
    accessToken: access.communityToken,
    tokenKind: 'community',
    callsToken: null,
    requestsPerSecond: 200,
    replaceAccount: true,
    by: { id: 'test', kind: 'operator' },
  });
}

interface Invited {
  title: string;
  invite_link: string;
  user: string;
  admin: boolean;
}

async function invited(): Promise<Invited[]> {
  const { rows } = await sql<Invited>`
    select c.title, c.invite_link, l.vk_user_id as user, m.admin from chat c join membership m on m.chat_id = c.id
    join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
    order by c.title, l.vk_user_id`.execute(everywhere(world.ctx));
  return rows;
}

test('chats are made empty with a link; who should be in counts as invited', async () => {
  const operation = await initializeAll(world, school);
  const people = await invited();
  expect(operation).toMatchObject({
    state: 'succeeded',
    result: { pending: { invited: people.length, refused: 0 }, members: { added: 0 } },
  });
  expect(people.every((p) => p.invite_link.includes('/join/'))).toBe(true);
});

test('who enters by his link is in, an admin is appointed once he is; a stranger who came by it goes and the link is void', async () => {
  await initializeAll(world, school);
  const admin = (await invited()).find((p) => p.admin)!;
  const chat = [...world.sandbox.world.chats.values()].find((c) => c.title === admin.title)!;
  world.sandbox.world.enterByLink(admin.invite_link, Number(admin.user));
  await vi.waitFor(() => expect(chat.members.get(Number(admin.user))?.isAdmin).toBe(true), WAITING);

  world.sandbox.world.enterByLink(admin.invite_link, 999_000_111);
  await vi.waitFor(() => expect(chat.members.has(999_000_111)).toBe(false), WAITING);
  expect(world.sandbox.world.enterByLink(admin.invite_link, 999_000_112)).toBe(false);
  await world.settled();
  const now = (await invited()).find((p) => p.title === admin.title)!;
  expect(now.invite_link).not.toBe(admin.invite_link);
});

test('an admin who enters while a job is at his chat is appointed after an initialisation, although that job never saw him', async () => {
  await world[Symbol.asyncDispose]();
  await startInviting({ LIMIT_DRIFT_INTERVAL_MS: '3600000' });
  await initializeAll(world, school);
  const admin = (await invited()).find((p) => p.admin)!;
  const { rows } = await sql<{ id: string }>`
    update chat set generation = generation + 1, queued_at = ${new Date(world.ctx.clock.now())}
    where title = ${admin.title} returning id`.execute(everywhere(world.ctx));
  const chatId = rows[0]!.id;
  const late = withAccount(world.ctx, {
    async before() {
      world.sandbox.world.enterByLink(admin.invite_link, Number(admin.user));
      await initializeAll(world, school);
    },
  });
  await reconcileChat(late, { schoolId: school, chatId });
  await world.settled();
  const chat = [...world.sandbox.world.chats.values()].find((c) => c.title === admin.title)!;
  await vi.waitFor(() => expect(chat.members.get(Number(admin.user))?.isAdmin).toBe(true), WAITING);
});

describe('D14: a link that cannot be made anew', () => {
  test.each([919, 931, 15])(
    'error %i: the stranger goes all the same, the condition names the link, and it is made anew later',
    async (code) => {
      await initializeAll(world, school);
      const { title, invite_link: link } = (await invited())[0]!;
      const chat = [...world.sandbox.world.chats.values()].find((c) => c.title === title)!;
      world.sandbox.world.faults.add({ method: 'messages.getInviteLink', fault: code });
      world.sandbox.world.enterByLink(link, 999_000_111);
      await vi.waitFor(() => expect(chat.members.has(999_000_111)).toBe(false), WAITING);
      const condition = async () => {
        const { rows } = await sql<{ reason: string; message: string }>`
          select condition_reason as reason, condition_message as message from chat where title = ${title}`.execute(
          everywhere(world.ctx),
        );
        return rows[0];
      };
      await vi.waitFor(
        async () =>
          expect(await condition()).toMatchObject({
            ...{ reason: 'refused', message: expect.stringContaining('ссылку-приглашение') },
          }),
        WAITING,
      );
      world.sandbox.world.faults.clear();
      await vi.waitFor(
        () => expect(world.sandbox.world.chatByInvite(link.split('/').at(-1)!)).toBeUndefined(),
        WAITING,
      );
    },
  );
});
