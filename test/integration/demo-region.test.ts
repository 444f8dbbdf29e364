/** `npm run demo -- --region`: thirty schools, four of which need somebody; letters and webhooks are caught here. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startProgram } from '../support/child-process.ts';
import { freePort } from '../support/free-port.ts';

const READY_WITHIN_MS = 240_000;
const TOLD_WITHIN_MS = 60_000;

test('a region shows four schools in need, who is told of them, and how ready the schools are', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sferum-sync-region-'));
  const port = await freePort();
  const site = `http://127.0.0.1:${port}`;
  try {
    const env = {
      DATA_DIR: dataDir,
      PORT: String(port),
      LIMIT_TELL_QUIET_MS: '300',
    };
    await using program = startProgram('demo', env, ['--region']);
    expect(await firstLines(program.lines)).toMatch(/Регион из 30 небольших школ.*\/demo/s);
    await vi.waitFor(() => expect(program.lines.join('\n')).toContain('Открыто: '), {
      ...{ timeout: READY_WITHIN_MS, interval: 200 },
    });
    const said = program.lines.join('\n');
    expect(said).toContain('Учебный Сферум содержит ровно то, что должно быть.');
    expect(said).toContain('МБОУ «Школа № 7»: ключ Сферума не действует');

    const entered = await fetch(`${site}/demo`, {
      ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ persona: 'operator' }) },
      headers: { origin: site },
    });
    const cookie = entered.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const ask = async <Answer>(path: string) =>
      (await (await fetch(`${site}${path}`, { headers: { cookie } })).json()) as Answer;
    const { items } = await ask<{ items: { id: string; state: string }[] }>('/v1/schools?perPage=100');
    expect(items).toHaveLength(30);
    expect(items.slice(0, 2)).toMatchObject([
      { id: 'school-107', state: 'broken' },
      { id: 'school-112', state: 'held' },
    ]);
    expect(items.find(({ state }) => state === 'overdue')?.id).toBe('school-118');
    const running = await ask<{ items: object[] }>('/v1/schools/school-130/operations?state=running');
    expect(running.items).toMatchObject([{ kind: 'initialization' }]);
    await vi.waitFor(
      async () => {
        const ready = await ask<{ items: { state: string }[] }>('/v1/readiness?perPage=100');
        const states = new Set(ready.items.map(({ state }) => state));
        expect([...states].sort()).toEqual(['gaps', 'ready', 'unreached']);
      },
      { timeout: TOLD_WITHIN_MS, interval: 500 },
    );
    const show = async (path: string) => (await fetch(`${site}${path}`)).text();
    await vi.waitFor(
      async () => {
        const [mail, hooks] = [await show('/demo/mail'), await show('/demo/webhooks')];
        for (const school of ['№ 7»', '№ 12»', '№ 18»']) expect(mail).toContain(school);
        for (const kind of ['account-broken', 'hold', 'roster-overdue']) {
          expect(hooks).toContain(`${kind}.opened`);
        }
      },
      { timeout: TOLD_WITHIN_MS, interval: 500 },
    );
    expect(await show('/demo')).toContain('/demo/mail');
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}, 400_000);

async function firstLines(lines: readonly string[]): Promise<string> {
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(3), { timeout: 30_000, interval: 20 });
  return lines.slice(0, 3).join('\n');
}
