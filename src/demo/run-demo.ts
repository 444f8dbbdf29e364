import { type App, createApp } from '../app.ts';
import { ALL } from '../app-role.ts';
import type { Author } from '../author.ts';
import { dayIn, systemClock } from '../clock.ts';
import { commandsOf } from '../commands.ts';
import { configFromEnvironment } from '../config.ts';
import { CHAT_TYPES } from '../desired/model.ts';
import { CALLS_PER_REQUEST } from '../sferum/pace.ts';
import { sure } from '../sure.ts';
import { Bars } from './bars.ts';
import { compareStates } from './compare-states.ts';
import { demoKeys } from './demo-keys.ts';
import type { DemoOptions } from './demo-options.ts';
import { followOperation } from './follow.ts';
import { giveOrders } from './give-orders.ts';
import { giveTimetable } from './lessons/give-timetable.ts';
import { refuseForeignDatabase, schoolsOf } from './own-database.ts';
import { markPlace, takePlace } from './own-place.ts';
import { makeSchool } from './school/make-school.ts';
import { readRosterFolder, zipRoster } from './school/zip-roster.ts';

/** The seed gives the same made-up school at every run. */
const SEED = 448;
const DEMO_TIMEZONE_DEFAULT = 'Europe/Moscow';
const BY: Author = { id: 'demo', kind: 'operator' };

export interface DemoResult {
  app: App;
  /** True where Sferum holds exactly the desired state. */
  agrees: boolean;
}

/**
 * Does the main job on embedded parts: imports, initialises, compares and says what that took. `own` stops the app at
 * the end.
 */
export async function runDemo(
  options: DemoOptions,
  print: (line: string) => void,
  own: (starting: Promise<App>) => Promise<App>,
): Promise<DemoResult> {
  const dataDir = configFromEnvironment('demo').dataDir;
  const config = configFromEnvironment('demo', {
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    ...demoKeys(dataDir),
  });
  const startedMs = performance.now();
  const zip = await rosterOf(options);
  const schools = await schoolsOf(zip);
  const app = await own(
    createApp(config, ALL, {
      demo: true,
      async beforeMigrating(ownerUrl) {
        await refuseForeignDatabase(ownerUrl, schools);
        if (await takePlace(ownerUrl, config, options))
          print('Здесь была другая демонстрация: её данные удалены, эта начинает заново.');
      },
    }),
  );
  await markPlace(app.ctx.db.ofNone, options);
  print(`Готово к работе за ${seconds(startedMs)} с: PostgreSQL, очередь, учебный Сферум`);
  const workStartedMs = performance.now();
  const bars = new Bars();
  try {
    await importRoster(app, zip, bars);
    for (const schoolId of schools) await initialize(app, schoolId, bars);
  } finally {
    bars.stop();
  }
  const agrees = await summarize(app, schools, workStartedMs, print);
  if (!options.exit) for (const schoolId of schools) await tellWhatComes(app, schoolId, print);
  return { app, agrees };
}

async function rosterOf({ rosterDir, size }: DemoOptions): Promise<Uint8Array> {
  if (rosterDir) return readRosterFolder(rosterDir);
  const today = dayIn(DEMO_TIMEZONE_DEFAULT, systemClock.now());
  return zipRoster(makeSchool({ seed: SEED, size, today }).files);
}

async function importRoster(app: App, zip: Uint8Array, bars: Bars): Promise<void> {
  const id = await commandsOf(app.ctx).importRoster({
    body: zip,
    takenAt: new Date(app.ctx.clock.now()),
    within: '*',
    by: BY,
  });
  const operation = await followOperation(app.ctx, id, {
    onStep: ({ operation: o }) => bars.set('Импорт', o.done, o.total),
  });
  if (operation.state === 'held')
    throw new Error(
      'the import waits for a decision: what is here differs too much from this list; delete DATA_DIR, or name another',
    );
  if (operation.state !== 'succeeded')
    throw new Error(`the import ended ${operation.state}: ${JSON.stringify(operation.problems)}`);
  bars.set('Импорт', operation.total, operation.total);
}

async function initialize(app: App, schoolId: string, bars: Bars): Promise<void> {
  const id = await commandsOf(app.ctx).initialize({
    schoolId,
    types: [...CHAT_TYPES],
    dryRun: false,
    strict: false,
    asOf: null,
    by: BY,
  });
  const operation = await followOperation(app.ctx, id, {
    onStep: ({ byType }) => {
      bars.set('План', byType.size > 0 ? 1 : 0, 1);
      for (const [type, { done, total }] of byType) bars.setType(type, done, total);
    },
  });
  if (operation.state !== 'succeeded') {
    throw new Error(
      `the initialisation ended ${operation.state}: ${JSON.stringify(operation.problems.slice(0, 3))}`,
    );
  }
}

/**
 * Adds lessons around now and orders for later days, so that there is always a lesson to enter and a change to come.
 */
async function tellWhatComes(app: App, schoolId: string, print: (line: string) => void): Promise<void> {
  const commands = commandsOf(app.ctx);
  const { lessons, meetings } = await giveTimetable(app.ctx, commands, schoolId);
  print(`Расписание вокруг этого часа: уроков ${lessons}, из них дистанционных ${meetings}`);
  const orders = await giveOrders(app.ctx, commands, schoolId, DEMO_TIMEZONE_DEFAULT);
  print(`Приказов на дни вперёд: ${orders}`);
}

async function summarize(
  app: App,
  own: readonly string[],
  startedMs: number,
  print: (line: string) => void,
): Promise<boolean> {
  const elapsed = seconds(startedMs);
  const stats = app.ctx.gateway.stats();
  const state = await compareStates(app.ctx, sure(app.sandbox), own);
  const leastCalls = state.chats + state.linkedAdmins;
  const leastRequests = Math.ceil(leastCalls / CALLS_PER_REQUEST);
  const ratio = (have: number, least: number) => (least === 0 ? '–' : (have / least).toFixed(2));
  print('');
  print(
    `Чатов: ${state.chats} · в списках СГО: ${state.listed} · в Сферуме: ${state.memberships} участников`,
  );
  print(
    `Вызовов API: ${stats.calls}, из них изменений ${stats.writeCalls} (наименьшее возможное ${leastCalls}, отношение ${ratio(stats.writeCalls, leastCalls)})`,
  );
  print(
    `Запросов: ${stats.requests}, из них с изменениями ${stats.requestsWithWrites} (наименьшее возможное ${leastRequests}, отношение ${ratio(stats.requestsWithWrites, leastRequests)}); слишком частых: ${stats.tooFast}`,
  );
  print(`Время: ${elapsed} с`);
  print(
    state.differences.length === 0
      ? 'Учебный Сферум содержит ровно то, что должно быть.'
      : `Учебный Сферум расходится с тем, что должно быть:\n  ${state.differences.join('\n  ')}`,
  );
  return state.differences.length === 0;
}

function seconds(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1000).toFixed(1);
}
