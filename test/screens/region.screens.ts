/** All schools of an operator, in every state a school may be in. */
import { afterAll, beforeAll, test } from 'vitest';
import { countSchools } from '../../src/outbox/count-schools.ts';
import { type Console, describeInBrowser, startConsole, type Visitor } from '../support/browser.ts';
import { holdRemovals, makeRegion, trouble } from '../support/region-rows.ts';
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
    await countSchools(ctx);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test('its pages', async () => {
    await take(site, { state: '8-region', who: 'operator', as: OPERATOR }, [
      { name: 'schools', path: '/schools' },
      { name: 'schools-held', path: '/schools?state=held' },
      { name: 'schools-found', path: `/schools?q=${encodeURIComponent('№ 5')}` },
      { name: 'schools-none', path: `/schools?q=${encodeURIComponent('нет такой')}` },
      { name: 'held', path: '/schools/held' },
      { name: 'question', path: '/schools/held?all=1' },
      { name: 'server', path: '/server' },
    ]);
  });
});
