/** Pages that show work follow it while they are open, and can be told to stand still. */
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPersonas } from '../../src/store/queries/personas.ts';
import { type Console, describeInBrowser, expectAccessible, startConsole } from '../support/browser.ts';
import { everywhere } from '../support/everywhere.ts';
import { keptSmallSchool, newestSchool } from '../support/small-world.ts';

/** Long enough for a machine that other suites share. */
const SOON = { timeout: 30_000 };

describeInBrowser('pages that show work', () => {
  let site: Console;
  let school: string;
  let sub: string;
  beforeAll(async () => {
    site = await startConsole({ from: await keptSmallSchool() });
    school = await newestSchool(site.world);
    const personas = await findPersonas(everywhere(site.world.ctx));
    sub = personas.find(({ kind }) => kind === 'school-admin')!.personId;
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const run = (statement: RawBuilder<unknown>) => statement.execute(everywhere(site.world.ctx));
  /** Something happens in the school: an operation fails. */
  async function somethingFails(): Promise<void> {
    await run(sql`insert into operation (id, school_id, kind, state, created_by, created_at, finished_at)
      values (gen_random_uuid(), ${school}, 'drift', 'failed', 'test', now(), now())`);
    await run(sql`update school set revision = revision + 1`);
  }

  test('«Обзор» follows what happens, never from under a person, and stands still while it is paused', async () => {
    const page = await site.visit({ role: 'school-admin', school, sub }, '/overview');
    await page.getByRole('heading', { level: 1, name: 'Всё идёт само' }).waitFor();
    await page.evaluate('globalThis.sameDocument = true');
    const waits = page.getByRole('region', { name: 'Ждут вас' }).getByRole('listitem');
    await page.getByRole('link', { name: 'Все работы' }).focus();
    await somethingFails();
    await expect.poll(() => waits.count(), SOON).toBe(1);
    expect(await page.locator('.rail .badge').textContent()).toBe('1');
    expect(await page.evaluate('globalThis.sameDocument')).toBe(true);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Все работы');
    await expectAccessible(page);

    await page.evaluate(`getSelection().selectAllChildren(document.querySelector('h1'))`);
    await somethingFails();
    await page.getByText('Есть изменения: покажем, когда вы закончите').waitFor(SOON);
    expect(await waits.count()).toBe(1);
    await page.evaluate('getSelection().removeAllRanges()');
    await expect.poll(() => waits.count(), SOON).toBe(2);

    await page.getByRole('button', { name: 'Приостановить' }).click();
    await page.getByText('Обновление приостановлено').waitFor();
    await page.reload();
    await page.getByText('Обновление приостановлено').waitFor();
    await page.getByRole('button', { name: 'Продолжить' }).click();
    await somethingFails();
    await expect.poll(() => waits.count(), SOON).toBe(3);
    expect(site.complaints).toEqual([]);
  });

  test('«Управление чатами» follows its chats, and a row is ticked as before', async () => {
    const page = await site.visit({ role: 'school-admin', school, sub }, '/manage?type=staff');
    await page.locator('tbody').getByText('актуален').first().waitFor();
    await page.evaluate('globalThis.sameDocument = true');
    await run(sql`update chat set title = 'Педсовет', title_key = 'педсовет'
      where type = 'staff'`);
    await run(sql`update school set revision = revision + 1`);
    await page.getByRole('link', { name: 'Педсовет' }).waitFor(SOON);
    expect(await page.evaluate('globalThis.sameDocument')).toBe(true);
    const remove = page.getByRole('button', { name: 'Удалить' });
    expect(await remove.isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'Выбрать чат' }).first().check();
    expect(await remove.isDisabled()).toBe(false);
  });

  test('the list of all schools follows them, too', async () => {
    const page = await site.visit(
      { role: 'operator', school: '*', sub: 'operator' },
      `/schools?q=${encodeURIComponent('школа')}`,
    );
    const row = page.locator('tbody tr').first();
    await row.waitFor();
    expect(await row.getByText('ключ не принят').count()).toBe(0);
    await run(
      sql`update sferum_account set status = 'broken', status_reason = 'token', status_since = now()`,
    );
    await row.getByText('ключ не принят').waitFor(SOON);
  });

  test('without script nothing is said of it', async () => {
    const page = await site.visit({ role: 'school-admin', school, sub }, '/overview', {
      javaScriptEnabled: false,
    });
    expect(await page.getByText('Обновляется само').isVisible()).toBe(false);
  });
});
