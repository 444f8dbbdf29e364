import { type App, createApp } from '../app.ts';
import { ALL } from '../app-role.ts';
import { dayIn, systemClock } from '../clock.ts';
import { commandsOf } from '../commands.ts';
import { configFromEnvironment } from '../config.ts';
import { CALLS_PER_REQUEST } from '../sferum/request-limits.ts';
import { sure } from '../sure.ts';
import { count } from '../text/numbers.ts';
import { Bars } from './bars.ts';
import { compareStates } from './compare-states.ts';
import { demoKeys } from './demo-keys.ts';
import type { DemoOptions } from './demo-options.ts';
import { giveOrders } from './give-orders.ts';
import { giveTimetable } from './lessons/give-timetable.ts';
import { refuseForeignDatabase, schoolsOf } from './own-database.ts';
import { markPlace, takePlace } from './own-place.ts';
import { startHookCatcher } from './post/hook-catcher.ts';
import { startMailCatcher } from './post/mail-catcher.ts';
import { hearOfAll, runRegion } from './region/run-region.ts';
import { type RegionSchool, type RegionTrouble, regionSchools } from './region/schools.ts';
import { makeSchool } from './school/make-school.ts';
import { readRosterFolder, zipRoster } from './school/zip-roster.ts';
import { importList, initialize } from './steps.ts';

/** The seed gives the same made-up school at every run. */
const SEED = 448;
const DEMO_TIMEZONE_DEFAULT = 'Europe/Moscow';

interface DemoResult {
  app: App;
  /** True where Sferum holds exactly the desired state. */
  agrees: boolean;
}

type Own = <T extends AsyncDisposable>(starting: Promise<T>) => Promise<T>;
type Print = (line: string) => void;

/** Letters and webhooks that the receivers of a region keep. */
const CAUGHT_MOST = 200;
const MAIL_FROM = 'Чаты и Сферум <robot@chats.example>';
const OPERATOR_MAIL = 'operator@region.example';

/**
 * Does the main job on embedded parts: imports, initialises, compares and says what that took. `own` stops what was
 * started at the end.
 */
export async function runDemo(options: DemoOptions, print: Print, own: Own): Promise<DemoResult> {
  const { dataDir, port } = configFromEnvironment('demo');
  const isRegion = options.size === 'region' && options.rosterDir === null;
  sayWhatIsShown(print, { isRegion, isExit: options.exit, port });
  const mails = isRegion ? await own(startMailCatcher(CAUGHT_MOST)) : null;
  const receiver = isRegion ? await own(startHookCatcher(CAUGHT_MOST, () => systemClock.now())) : null;
  const config = configFromEnvironment('demo', {
    // What is wrong in a region was done on purpose.
    LOG_LEVEL: isRegion ? 'fatal' : 'warn',
    HOST: '127.0.0.1',
    ...demoKeys(dataDir),
    ...(mails ? { SMTP_URL: mails.url, MAIL_FROM } : {}),
  });
  const startedMs = performance.now();
  const today = dayIn(DEMO_TIMEZONE_DEFAULT, systemClock.now());
  const region = isRegion ? regionSchools(today) : null;
  const zip = region ? null : await rosterOf(options, today);
  const schools = region ? region.map(({ id }) => id) : await schoolsOf(sure(zip));
  const app = await own(
    createApp(config, ALL, {
      demo: true,
      ...(mails && receiver ? { caught: { mails: mails.mails, hooks: receiver.hooks } } : {}),
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
  const bars = new Bars({ isTty: process.stdout.isTTY, print });
  try {
    if (region && receiver) {
      await hearOfAll(app, { hookUrl: receiver.url, email: OPERATOR_MAIL });
      await runRegion(app, region, bars);
    } else {
      await takeIn(app, sure(zip), bars);
      for (const schoolId of schools) await initializeByTypes(app, schoolId, bars);
    }
  } finally {
    bars.stop();
  }
  const atRest = region ? region.filter(({ trouble }) => trouble === null).map(({ id }) => id) : schools;
  const agrees = await summarize(app, atRest, workStartedMs, print);
  if (region) sayTroubles(region, print);
  else if (!options.exit) for (const schoolId of schools) await tellWhatComes(app, schoolId, print);
  return { app, agrees };
}

/** The first lines: what comes, how long it takes, and where it will be seen. */
function sayWhatIsShown(
  print: Print,
  { isRegion, isExit, port }: { isRegion: boolean; isExit: boolean; port: number },
): void {
  print(
    isRegion
      ? 'Регион из 30 небольших школ: списки из СГО, чаты в учебном Сферуме. В четырёх школах что-то не так.'
      : 'Школа: списки из СГО, план, чаты в учебном Сферуме и сверка с тем, что должно быть.',
  );
  print('Всё выдумано и остаётся на этой машине: в VK ничего не отправляется.');
  if (!isExit) print(`Когда всё будет готово, откройте http://127.0.0.1:${port}/demo`);
  print('');
}

const TROUBLE_WORDS: Readonly<Record<RegionTrouble, string>> = {
  key: 'ключ Сферума не действует',
  hold: 'последние списки похожи на неполные и ждут решения',
  overdue: 'списки не приходили трое суток',
  begun: 'ключ медленный, чаты ещё создаются',
};

function sayTroubles(region: readonly RegionSchool[], print: Print): void {
  for (const { name, trouble } of region) if (trouble) print(`${name}: ${TROUBLE_WORDS[trouble]}`);
  print('Письма: /demo/mail · вебхуки: /demo/webhooks (приходят в течение пяти минут)');
}

async function rosterOf({ rosterDir, size }: DemoOptions, today: string): Promise<Uint8Array> {
  if (rosterDir) return readRosterFolder(rosterDir);
  return zipRoster(makeSchool({ seed: SEED, size: size === 'small' ? 'small' : 'manual', today }).files);
}

async function takeIn(app: App, zip: Uint8Array, bars: Bars): Promise<void> {
  const operation = await importList(app, zip, {
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

function initializeByTypes(app: App, schoolId: string, bars: Bars): Promise<void> {
  return initialize(app, schoolId, (byType) => {
    bars.set('План', byType.size > 0 ? 1 : 0, 1);
    for (const [type, { done, total }] of byType) bars.setType(type, done, total);
  });
}

/**
 * Adds lessons around now and orders for later days, so that there is always a lesson to enter and a change to come.
 */
async function tellWhatComes(app: App, schoolId: string, print: (line: string) => void): Promise<void> {
  const commands = commandsOf(app.ctx);
  const { lessons, meetings } = await giveTimetable(app.ctx, commands, schoolId);
  print(`Расписание вокруг этого часа: уроков ${count(lessons)}, из них дистанционных ${count(meetings)}`);
  const orders = await giveOrders(app.ctx, commands, schoolId, DEMO_TIMEZONE_DEFAULT);
  print(`Приказов на дни вперёд: ${count(orders)}`);
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
    `Чатов: ${count(state.chats)} · в списках СГО: ${count(state.listed)} · в Сферуме: ${count(state.memberships)} участников`,
  );
  print(
    `Вызовов API: ${count(stats.calls)}, из них изменений ${count(stats.writeCalls)} (наименьшее возможное ${count(leastCalls)}, отношение ${ratio(stats.writeCalls, leastCalls)})`,
  );
  print(
    `Запросов: ${count(stats.requests)}, из них с изменениями ${count(stats.requestsWithWrites)} (наименьшее возможное ${count(leastRequests)}, отношение ${ratio(stats.requestsWithWrites, leastRequests)}); слишком частых: ${count(stats.tooFast)}`,
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
