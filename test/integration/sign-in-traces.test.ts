import { expect, test } from 'vitest';
import { entryPath } from '../support/browser.ts';
import { createRatedWorld, pupil } from '../support/rates-world.ts';
import { tokenOf } from '../support/tokens.ts';

test('what is denied is a figure by its reason and a log line without query, name or token', async () => {
  await using world = await createRatedWorld();
  const token = await tokenOf({ role: 'student', school: 's1', sub: pupil(0) });
  await world.request('/v1/me');
  await world.request('/v1/schools/s1/people?lastName=Тайнов', { token });
  await world.request('/sign-out', {
    method: 'POST',
    headers: { origin: 'https://evil.example', cookie: 'a=b' },
  });
  const link = await entryPath({ role: 'student', school: 's1', sub: pupil(0) }, '/');
  await world.request(link);
  await world.request(link);
  const { body } = await world.ctx.metrics.render();
  for (const reason of ['unauthenticated', 'forbidden', 'cross-site', 'link-used']) {
    expect(body).toContain(`denials_total{reason="${reason}"} 1`);
  }
  const lines = world.logged.filter((line) => line.includes('"denied"'));
  expect(lines.map((line) => JSON.parse(line).reason)).toEqual([
    'unauthenticated',
    'forbidden',
    'cross-site',
    'link-used',
  ]);
  expect(JSON.parse(lines[1]!)).toMatchObject({
    ...{ subject: pupil(0), role: 'student', schoolId: 's1', method: 'GET', status: 403 },
    route: '/v1/schools/:schoolId/people',
  });
  expect(lines.join()).not.toMatch(/Тайнов|Ученик|token=|eyJ/);
});

test('a session that somebody ends is a figure and a log line of who and whose', async () => {
  await using world = await createRatedWorld();
  const enter = async () => {
    const entered = await world.request(
      await entryPath({ role: 'student', school: 's1', sub: pupil(0) }, '/'),
    );
    return entered.headers.get('set-cookie')!.split(';', 1)[0]!;
  };
  const [here] = [await enter(), await enter(), await enter()];
  const token = await tokenOf({ role: 'student', school: 's1', sub: pupil(0) });
  const { items } = await world.get<{ items: { id: string }[] }>('/v1/me/sessions', token);
  const [first, second] = items.map(({ id }) => id);
  await world.request(`/v1/me/sessions/${first}`, { method: 'DELETE', token });
  await world.request('/sessions/end', {
    ...{ method: 'POST', body: new URLSearchParams({ session: second! }) },
    headers: { cookie: here!, origin: world.ctx.config.publicUrl },
  });
  const operator = await tokenOf({ role: 'operator', school: '*', sub: 'o' });
  await world.request('/v1/sessions?school=s1&personId=nobody', { method: 'DELETE', token: operator });
  await world.request(`/v1/sessions?school=s1&personId=${pupil(0)}`, { method: 'DELETE', token: operator });
  const { body } = await world.ctx.metrics.render();
  expect(body).toContain('session_events_total{event="ended"} 3');
  const lines = world.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'sessions ended');
  const own = { subject: pupil(0), role: 'student', schoolId: 's1', of: pupil(0), ended: 1 };
  expect(lines).toMatchObject([
    ...[own, own],
    { subject: 'o', role: 'operator', schoolId: 's1', of: 'nobody', ended: 0 },
    { subject: 'o', role: 'operator', schoolId: 's1', of: pupil(0), ended: 1 },
  ]);
});

test('signing in and out are figures and log lines', async () => {
  await using world = await createRatedWorld();
  const entered = await world.request(await entryPath({ role: 'student', school: 's1', sub: pupil(0) }, '/'));
  const cookie = entered.headers.get('set-cookie')!.split(';', 1)[0]!;
  const headers = { cookie, origin: world.ctx.config.publicUrl };
  await world.request('/sign-out', { method: 'POST', headers });
  await world.request('/sign-out', { method: 'POST', headers });
  const { body } = await world.ctx.metrics.render();
  expect(body).toContain('session_events_total{event="signed-in"} 1');
  expect(body).toContain('session_events_total{event="signed-out"} 1');
  const lines = world.logged.map((line) => JSON.parse(line)).filter(({ msg }) => /^signed/.test(msg));
  expect(lines.map(({ msg, subject, role, schoolId }) => [msg, subject, role, schoolId])).toEqual([
    ['signed in', pupil(0), 'student', 's1'],
    ['signed out', pupil(0), 'student', 's1'],
  ]);
});
