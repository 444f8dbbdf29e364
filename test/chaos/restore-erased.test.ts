/** K6: a restored database knows people who were erased since its backup; the acts erase them again. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endDue } from '../../src/ending/end-due.ts';
import { wasErased } from '../../src/roster/erased.ts';
import { startProgram } from '../support/child-process.ts';
import { copyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';
import { after, traces } from '../support/erasure-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';

let today: TestDatabase;
let yesterday: TestDatabase;
let lost: Halves;
let restored: Halves;
let school: string;
/** What СГО sent since the backup, and sends again after the restore. */
const since: object[] = [];

beforeEach(async () => {
  since.length = 0;
  today = await createTestDatabase();
  lost = await startHalves({ databaseUrl: today.url });
  school = await lost.importSchool();
  await tell(lost, ['sgo.person.saved', person('before')], ['sgo.person.saved', person('stays')]);
  await tell(lost, ['sgo.profile.linked', { personId: 'before', vkUserId: 770_077_001 }]);
  yesterday = await copyDatabase(today);

  since.push(...(await tell(lost, ['sgo.person.saved', person('since')])));
  since.push(
    ...(await tell(lost, ['sgo.person.removed', { id: 'before' }], ['sgo.person.removed', { id: 'since' }])),
  );
  expect(await endDue(after(lost.ctx, 181))).toBe(true);
  for (const id of ['before', 'since']) expect(await traces(lost.ctx, `Канарейкин-${id}`)).toEqual([]);
  restored = await startHalves({ databaseUrl: yesterday.url, beside: lost });
});
afterEach(async () => {
  await restored[Symbol.asyncDispose]();
  await lost[Symbol.asyncDispose]();
  await yesterday[Symbol.asyncDispose]();
  await today[Symbol.asyncDispose]();
});

const person = (id: string) => ({
  ...{ id, familyName: `Канарейкин-${id}`, givenName: 'Пётр', roles: ['student'] },
});

let sequence = 0;
async function tell(to: Halves, ...events: [type: string, data: object][]): Promise<object[]> {
  const batch = events.map(([type, data]) => ({
    ...{ specversion: '1.0', source: 'sgo', id: `erased-${++sequence}`, type, data },
    time: new Date(to.ctx.clock.now()).toISOString(),
  }));
  await receive(to, batch);
  return batch;
}

async function receive(to: Halves, events: readonly object[]): Promise<void> {
  const by = { id: 'sgo', kind: 'service' } as const;
  expect(await to.commands.receiveEvents({ by, schoolId: school, events })).toMatchObject({
    ...{ accepted: events.length, rejected: [] },
  });
}

async function adopt(acts: string): Promise<{ code: number | NodeJS.Signals; lines: string[] }> {
  await using program = startProgram('adopt', restored.env, ['--acts', acts]);
  return { code: await program.ended, lines: program.lines };
}

test('npm run adopt -- --acts: who was erased is erased again, who comes late stays out, others stay', async () => {
  const acts = join(lost.ctx.config.dataDir, 'erasures.jsonl');
  expect(await traces(restored.ctx, 'Канарейкин-before')).toEqual(['person']);
  const { code, lines } = await adopt(acts);
  expect({ code, lines }).toMatchObject({ code: 0 });
  for (const trace of ['Канарейкин-before', '770077001'])
    expect(await traces(restored.ctx, trace)).toEqual([]);
  expect(await traces(restored.ctx, 'Канарейкин-stays')).toEqual(['person']);
  expect(lines.join('\n')).not.toContain('Канарейкин');
  const { rows } = await sql<{ ground: string; people: number }>`
    select ground, cardinality(digests) as people from erasure`.execute(everywhere(restored.ctx));
  expect(rows).toEqual([{ ground: 'restored', people: 1 }]);

  // СГО sends again what the backup does not have. Events about the erased are older than their erasure.
  await receive(restored, since);
  expect(await traces(restored.ctx, 'Канарейкин-since')).toEqual([]);
  for (const id of ['before', 'since']) expect(await wasErased(restored.ctx, school, id)).toBe(true);
  // The command runs once more and finds nobody.
  expect(await adopt(acts)).toMatchObject({ code: 0 });
  expect((await sql`select from erasure`.execute(everywhere(restored.ctx))).rows).toHaveLength(1);
});

test('a file that is no list of acts, or acts whose key cannot be had, stop the command before anything is done', async () => {
  const acts = join(restored.ctx.config.dataDir, 'some.jsonl');
  const text = await readFile(join(lost.ctx.config.dataDir, 'erasures.jsonl'), 'utf8');
  const [key, ...rest] = text.trim().split('\n');
  const sealedByAnother = { ...JSON.parse(key!), keySealed: '00000000.2.AAAA' };
  for (const [wrong, said] of [
    ['{"schoolId": 5}', 'schoolId'],
    [rest.join('\n'), 'have the hashes'],
    [[JSON.stringify(sealedByAnother), ...rest].join('\n'), 'SECRETS_KEY'],
  ] as const) {
    await writeFile(acts, wrong);
    const { code, lines } = await adopt(acts);
    expect({ said, code }).toEqual({ said, code: 1 });
    expect(lines.join('\n')).toContain(said);
  }
  expect(await traces(restored.ctx, 'Канарейкин-before')).toEqual(['person']);
  expect(
    await sql`select from operation where kind = 'adoption'`.execute(everywhere(restored.ctx)),
  ).toMatchObject({
    rows: [],
  });
});
