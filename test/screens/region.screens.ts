/** All schools of an operator, in every state a school may be in. */
import { afterAll, beforeAll, test } from 'vitest';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { countFigures } from '../../src/outbox/count-figures.ts';
import { type Console, describeInBrowser, startConsole, type Visitor } from '../support/browser.ts';
import { foreseeRegion, holdRemovals, makeRegion, trouble } from '../support/region-rows.ts';
import { take } from './shots.ts';

const OPERATOR: Visitor = { role: 'operator', school: '*', sub: 'operator' };

describeInBrowser('a region', () => {
  let site: Console;
  beforeAll(async () => {
    site = await startConsole();
    const { ctx } = site.world;
    await makeRegion(ctx, { schools: 120, chats: 4, people: 24 });
    const states = ['broken', 'unconnected', 'failing', 'held', 'behind', 'overdue'] as const;
    for (const [at, state] of states.entries()) await trouble(ctx, `s${at * 3 + 2}`, state);
    for (let at = 30; at < 60; at++) await holdRemovals(ctx, `s${at}`, 1 + (at % 5));
    await countFigures(ctx);
    await foreseeRegion(ctx, 120);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test('its pages', async () => {
    await take(site, { state: '8-region', who: 'operator', as: OPERATOR }, [
      { name: 'schools', path: '/schools' },
      { name: 'schools-held', path: '/schools?state=held' },
      { name: 'schools-found', path: `/schools?q=${encodeURIComponent('№ 5')}` },
      { name: 'schools-none', path: `/schools?q=${encodeURIComponent('нет такой')}` },
      { name: 'readiness', path: '/schools/readiness' },
      { name: 'held', path: '/schools/held' },
      { name: 'question', path: '/schools/held?all=1' },
      { name: 'server', path: '/server' },
      { name: 'connection', path: '/server/connection' },
      {
        ...{ name: 'validation', path: '/server/connection' },
        first: async (page) => {
          const { files } = makeSchool({ seed: 7, size: 'small', today: '2026-11-02' });
          const torn = {
            ...files,
            'enrollments.csv': String(files['enrollments.csv']).replaceAll('2026-09-01', 'сентябрь'),
          };
          const buffer = Buffer.from(await zipRoster(torn));
          await page
            .getByLabel('Архив ZIP')
            .setInputFiles({ name: 'lists.zip', mimeType: 'application/zip', buffer });
          await page.getByRole('button', { name: 'Проверить' }).click();
          await page.getByRole('heading', { name: 'Проверка файла' }).waitFor();
        },
      },
    ]);
  });
});
