/** The server page: what an operator sees of the service itself. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  type Console,
  describeInBrowser,
  expectAccessible,
  expectNoSidewaysScroll,
  PHONE,
  startConsole,
  type Visitor,
} from '../support/browser.ts';
import { everywhere } from '../support/everywhere.ts';
import { trouble } from '../support/region-rows.ts';
import { keptSmallSchool, newestSchool } from '../support/small-world.ts';

const OPERATOR: Visitor = { role: 'operator', school: '*', sub: 'operator' };

describeInBrowser('the server page', () => {
  let site: Console;
  let school: string;
  beforeAll(async () => {
    site = await startConsole({ env: { LIMIT_LOST_AFTER_MS: '3000' }, from: await keptSmallSchool() });
    school = await newestSchool(site.world);
  }, 120_000);
  afterAll(() => site?.[Symbol.asyncDispose]());

  test('at rest nothing waits, and the process is told with its pace', async () => {
    const page = await site.visit(OPERATOR, '/server');
    await page.getByRole('heading', { level: 1, name: 'Ничего не ждёт' }).waitFor();
    expect(
      await page.getByRole('table', { name: 'Процессы сервера' }).locator('tbody').textContent(),
    ).toContain('работает');
    await page.getByRole('link', { name: 'Открыть очереди' }).click();
    expect(new URL(page.url()).pathname).toBe('/admin/queues');
  });

  test('what waits is told with its age, and its school is a click away', async () => {
    await trouble(site.world.ctx, school, 'behind');
    const page = await site.visit(OPERATOR, '/server');
    await page
      .getByRole('heading', { level: 1, name: '1 чат ждёт обновления, дольше всех – 20 мин' })
      .waitFor();
    await page.getByRole('table', { name: 'Школы по отставанию' }).getByRole('button').click();
    expect(new URL(page.url()).pathname).not.toBe('/server');
  });

  test('what Sferum refuses is told by its code, of every process', async () => {
    await sql`insert into process (id, role, connections, seen_at, figures) values
      (gen_random_uuid(), 'worker', 1, now() - interval '90 seconds', '{"requestsPerSecond": 2, "errors": {"refused:15": 3, "token:5": 1}}')`.execute(
      site.world.ctx.db.ofNone,
    );
    const page = await site.visit(OPERATOR, '/server');
    const errors = page.getByRole('table', { name: 'Отказы Сферума за час по кодам' });
    expect(await errors.locator('tbody tr', { hasText: 'отказ по человеку' }).textContent()).toMatch(
      /15\s*3/,
    );
    expect(await page.getByText(/молчит 1/).count()).toBe(1);
    expect(await page.getByText('1 из 2').count()).toBe(1);
  });

  test('a process tells its figures with its sign of life', async () => {
    await vi.waitFor(
      async () => {
        const { rows } =
          await sql`select from process where role = 'all' and figures ? 'requestsPerSecond'`.execute(
            everywhere(site.world.ctx),
          );
        expect(rows).toHaveLength(1);
      },
      { timeout: 20_000 },
    );
  });

  test('axe finds nothing, a phone does not scroll sideways; a school’s admin is refused', async () => {
    const page = await site.visit(OPERATOR, '/server');
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    const admin = await site.visit({ role: 'school-admin', school, sub: 'a1' }, '/server');
    await admin.getByRole('heading', { level: 1, name: 'Недостаточно прав' }).waitFor();
  });
});
