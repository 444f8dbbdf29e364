/** K2, K4: a question about people that each night's list asks anew is told once, and is over with the last answer. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createWebhook } from '../../src/told/webhooks.ts';
import { ADMIN, linkedRoster, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { underNewIds } from '../support/new-ids.ts';
import { personMatches } from '../support/person-matches.ts';
import { QUICK_TELLING } from '../support/told-world.ts';
import { startReceiver } from '../support/webhook-receiver.ts';

test('the list of the next night asks the same, and nobody is told that it is decided', async () => {
  await using receiver = await startReceiver();
  await using world = await startChatWorld({ env: QUICK_TELLING });
  const { bring, decide, waiting } = personMatches(() => world);
  await createWebhook(world.ctx, {
    by: { id: 'test', kind: 'operator' },
    schoolId: null,
    url: receiver.url,
    kinds: ['hold', 'account-broken'],
  });
  const types = () => receiver.received().map(({ body }) => body.type);

  await bring(underNewIds(linkedRoster(), ['p1']), 2);
  const first = await waiting();
  await receiver.receives('hold.opened');
  await bring(underNewIds(linkedRoster(), ['p1']), 3);
  expect(await waiting()).not.toBe(first);
  const before = await world.done<{ problems: { code: string; message: string }[] }>(
    ...([200, 'GET', `/v1/operations/${first}`, ADMIN] as const),
  );
  expect(before.problems.at(-1)).toMatchObject({
    code: 'roster-overtaken',
    message: 'Пришла полная выгрузка не старше этой: о людях под новыми номерами спрашивает она',
  });
  await sql`update sferum_account set status = 'broken', status_reason = 'token'`.execute(
    everywhere(world.ctx),
  );
  await receiver.receives('account-broken.opened');
  expect(types()).toEqual(['hold.opened', 'account-broken.opened']);
  await sql`update sferum_account set status = 'ok', status_reason = null`.execute(everywhere(world.ctx));
  await receiver.receives('account-broken.closed');

  await decide(200, { same: true });
  await world.settled();
  const [closed] = await receiver.receives('hold.closed');
  expect(closed!.body.data).toMatchObject({ schoolId: 's1', count: 1 });
});
