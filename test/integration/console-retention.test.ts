/** K6: how long people who have departed are kept, on the page of settings. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIMIT_RULES } from '../../src/limits.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { entryPath } from '../support/browser.ts';
import { linkedRoster } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';

let world: TestApp;
beforeAll(async () => {
  world = await startTestApp();
  await world.importRoster(linkedRoster());
});
afterAll(() => world[Symbol.asyncDispose]());

async function enter(role: 'school-admin' | 'operator', sub: string): Promise<string> {
  const answer = await world.request(await entryPath({ role, school: 's1', sub }, '/settings'));
  return answer.headers.get('set-cookie')!.split(';', 1)[0]!;
}

const FORM = {
  ...{ timeZone: 'Europe/Moscow', earlyEntryMinutes: '0', sessionIdleMinutes: '30' },
  ...{ chatShare: '25', chatAtLeast: '5', schoolShare: '10', schoolAtLeast: '20' },
};
const save = (cookie: string, more: Record<string, string> = {}) =>
  world.request('/settings', {
    ...{ method: 'POST', body: new URLSearchParams({ ...FORM, ...more }) },
    headers: { cookie, origin: 'null', 'sec-fetch-site': 'same-origin' },
  });
const page = async (cookie: string) =>
  (await world.request('/settings', { headers: { cookie, accept: 'text/html' } })).text();
const field = (text: string) => /<input[^>]*name="retentionDays"[^>]*>/.exec(text)![0];
const stored = async () =>
  (
    await sql<{ days: number | null }>`select retention_days as days from school where id = 's1'`.execute(
      everywhere(world.ctx),
    )
  ).rows[0]!.days;

test('an operator sees and changes the term within its limits; the journal keeps before and after', async () => {
  const operator = await enter('operator', 'op');
  const shown = await page(operator);
  expect(shown).toContain('Хранить данные выбывших, дней');
  expect(field(shown)).toContain('value="180"');
  expect(field(shown)).toContain(`max="${LIMIT_RULES.retentionDays.max}"`);
  expect(field(shown)).not.toContain('readonly');
  for (const wrong of ['0', '3651', 'год']) {
    const refused = await save(operator, { retentionDays: wrong });
    expect([wrong, refused.status]).toEqual([wrong, 422]);
    expect(field(await refused.text())).toContain('aria-invalid="true"');
  }
  expect(await stored()).toBeNull();
  expect((await save(operator, { retentionDays: '30' })).status).toBe(303);
  expect(await stored()).toBe(30);
  const { rows } = await sql<{ details: object }>`
    select details from journal where what = 'settings' order by id desc limit 1`.execute(
    everywhere(world.ctx),
  );
  expect(rows[0]!.details).toEqual({ before: { retentionDays: null }, after: { retentionDays: 30 } });
});

test('a school admin sees the term, saves the rest, and cannot change it', async () => {
  await sql`update school set retention_days = 30 where id = 's1'`.execute(everywhere(world.ctx));
  const admin = await enter('school-admin', 'a1');
  const shown = field(await page(admin));
  expect(shown).toContain('value="30"');
  expect(shown).toContain('readonly');
  expect((await save(admin, { retentionDays: '1', earlyEntryMinutes: '7' })).status).toBe(403);
  expect(await stored()).toBe(30);
  for (const same of [{ retentionDays: '30' }, {}] as Record<string, string>[]) {
    expect((await save(admin, { ...same, earlyEntryMinutes: '7' })).status).toBe(303);
    expect(await stored()).toBe(30);
  }
  expect(
    (await sql`select early_entry_minutes as n from school where id = 's1'`.execute(everywhere(world.ctx)))
      .rows,
  ).toEqual([{ n: 7 }]);
});
