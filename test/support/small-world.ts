/** A small made-up school in a whole running product, as most flows begin. */
import { sql } from 'kysely';
import { expect } from 'vitest';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import type { Operation } from '../../src/store/entities.ts';
import { startTestApp, type TestApp } from './app.ts';
import { everywhere } from './everywhere.ts';
import { type KeptWorld, keptWorld } from './kept-world.ts';

/** A day in the middle of the made-up school's year. */
export const TODAY = '2026-11-23';

/** The small made-up school after its import, or with all its chats made. */
export function keptSmallSchool({
  initialized = true,
  env = {},
}: {
  initialized?: boolean;
  env?: Record<string, string>;
} = {}): Promise<KeptWorld> {
  return keptWorld(JSON.stringify(['small school', initialized, env]), async () => {
    const world = await startTestApp({ env });
    const school = await importSmallSchool(world);
    if (initialized) expect((await initializeAll(world, school)).state).toBe('succeeded');
    return world;
  });
}

/** Starts the product over the small made-up school with all its chats made. */
export async function startSmallWorld(
  env: Record<string, string> = {},
): Promise<{ world: TestApp; school: string }> {
  const world = await startTestApp({ env, from: await keptSmallSchool({ env }) });
  return { world, school: await newestSchool(world) };
}

/** Imports the small made-up school and gives its id. */
export async function importSmallSchool(world: TestApp, seed = 7): Promise<string> {
  const body = await zipRoster(makeSchool({ seed, size: 'small', today: TODAY }).files);
  const takenAt = new Date(world.ctx.clock.now());
  const id = await world.commands.importRoster({
    body,
    takenAt,
    within: '*',
    by: { id: 'test', kind: 'operator' },
  });
  expect((await world.ended(id)).state).toBe('succeeded');
  return newestSchool(world);
}

export async function newestSchool({ ctx }: TestApp): Promise<string> {
  const { rows } = await sql<{ id: string }>`select id from school order by created_at desc limit 1`.execute(
    everywhere(ctx),
  );
  return rows[0]!.id;
}

/** Initialises every type of chat and waits for the end. */
export async function initializeAll(world: TestApp, schoolId: string): Promise<Operation> {
  const id = await world.commands.initialize({
    schoolId,
    types: [...CHAT_TYPES],
    dryRun: false,
    strict: false,
    asOf: null,
    by: { id: 'test', kind: 'operator' },
  });
  return world.ended(id);
}
