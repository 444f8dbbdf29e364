/** «Оповещения» and «Вебхуки» (K2): by mouse and keyboard, on a phone, without script. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
import { keptSmallSchool, newestSchool } from '../support/small-world.ts';
import { type Receiver, startReceiver } from '../support/webhook-receiver.ts';

const OPERATOR: Visitor = { role: 'operator', school: '*', sub: 'operator' };

describeInBrowser('who is told', () => {
  let site: Console;
  let receiver: Receiver;
  let admin: Visitor;

  beforeAll(async () => {
    receiver = await startReceiver();
    site = await startConsole({ from: await keptSmallSchool() });
    const school = await newestSchool(site.world);
    admin = { role: 'school-admin', school, sub: 'somebody-of-sgo' };
  }, 120_000);
  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
  });

  const choices = async () => {
    const { rows } = await sql`select school_id is null as "ofAll", email, kinds, daily from told_choice
      order by id`.execute(everywhere(site.world.ctx));
    return rows;
  };

  test('one chooses one’s letters, and a wrong address is said beside its field', async () => {
    const page = await site.visit(admin, '/settings');
    await page.getByRole('link', { name: 'Оповещения' }).last().click();
    await page.getByRole('heading', { level: 1, name: 'Оповещения' }).waitFor();
    const email = page.getByLabel('Моя электронная почта');
    await email.fill('никуда');
    await page.getByRole('checkbox', { name: 'Ждёт решения' }).check();
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByText('Это не адрес электронной почты').waitFor();
    expect(await email.getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByRole('checkbox', { name: 'Ждёт решения' }).isChecked()).toBe(true);
    await expectAccessible(page);

    await email.fill('zavuch@school.example');
    await page.getByRole('checkbox', { name: 'Сводка каждое утро' }).focus();
    await page.keyboard.press('Space');
    await email.press('Enter');
    await page.getByText('Оповещения сохранены').waitFor();
    expect(await choices()).toEqual([
      { ofAll: false, email: 'zavuch@school.example', kinds: ['hold'], daily: true },
    ]);
  });

  test('an operator of all schools chooses for all', async () => {
    const page = await site.visit(OPERATOR, '/server/notifications');
    await page.getByLabel('Моя электронная почта').fill('op@region.example');
    await page.getByRole('checkbox', { name: 'Остановился обработчик' }).check();
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByText('Оповещения сохранены').waitFor();
    expect((await choices())[1]).toEqual({
      ...{ ofAll: true, email: 'op@region.example', kinds: ['worker-dead'], daily: false },
    });
  });

  test('a webhook is added, its secret shown once, tested, changed, given a new secret, and removed', async () => {
    const page = await site.visit(admin, '/settings/webhooks');
    await page.getByLabel('Адрес').fill(receiver.url);
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByText('Отметьте, о чём сообщать').first().waitFor();
    await page.getByRole('checkbox', { name: 'Нет списков из СГО' }).check();
    await page.getByRole('button', { name: 'Сохранить' }).click();
    const secret = page.locator('#secret');
    expect(await secret.textContent()).toMatch(/^whsec_/);
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Отправить проверочное сообщение' }).click();
    await page.getByText('Проверочное сообщение получено').waitFor();
    expect(await secret.count()).toBe(0);
    expect(receiver.heard.at(-1)!.body.type).toBe('test');
    receiver.answer = () => 500;
    await page.getByRole('button', { name: 'Отправить проверочное сообщение' }).click();
    await page.getByText('Проверочное сообщение не получено').waitFor();
    const messages = page.getByRole('table', { name: 'Последние сообщения' }).locator('tbody');
    expect(await messages.locator('tr').count()).toBe(2);
    expect(await messages.textContent()).toContain('500');

    await page.getByLabel('Адрес').fill('ftp://example.org/');
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByText('Адрес должен начинаться с').waitFor();
    await page.getByRole('link', { name: 'Вебхуки' }).click();
    await page.getByRole('link', { name: receiver.url }).click();
    await page.getByRole('button', { name: 'Сменить секрет' }).click();
    await page.locator('#secret').waitFor();
    await page.getByRole('link', { name: 'Удалить вебхук' }).click();
    await page.getByText('больше ничего не придёт').waitFor();
    await page.getByRole('link', { name: 'Отмена' }).click();
    await page.getByRole('link', { name: 'Удалить вебхук' }).click();
    await page.getByRole('button', { name: 'Удалить вебхук' }).click();
    await page.getByText('Вебхук удалён').waitFor();
    expect(await page.getByRole('table').count()).toBe(0);
  });

  test('on a phone nothing is wider than the screen', async () => {
    for (const path of ['/settings/notifications', '/settings/webhooks']) {
      const page = await site.visit(admin, path, { viewport: PHONE });
      await expectNoSidewaysScroll(page);
    }
  });
});
