/** How long strangers stay in the chats of a school at rest, by the clock and the rhythms of production. */
import { connect, importRoster, initialize, startApp, succeeded } from './app.ts';
import { controlOf } from './sandbox-control.ts';
import { startSandbox } from './sandbox-process.ts';
import { middleRoster, schoolIdAt } from './school.ts';
import type { BenchServer } from './server.ts';

const REQUESTS_PER_SECOND = 20;
const FIRST_STRANGER = 999_000_111;
const STRANGERS = 5;
/** Strangers come at different moments of the minute between two looks. */
const APART_MS = 13_000;
const LOOK_EVERY_MS = 500;

/** Lets each stranger join another chat. Gives for each after how many ms it was taken out. */
export async function strangersStay(server: BenchServer): Promise<number[]> {
  await using sandbox = await startSandbox(REQUESTS_PER_SECOND);
  await using app = await startApp((await server.database()).url, sandbox.url);
  const { clock } = app.ctx;
  await importRoster(app, await middleRoster(0));
  await connect(app, schoolIdAt(0), sandbox, REQUESTS_PER_SECOND);
  await succeeded(app.ctx, await initialize(app, schoolIdAt(0)));
  const sferum = controlOf(sandbox.url);
  const chats = await sferum.chatIds();
  const stay = async (nth: number): Promise<number> => {
    await clock.sleep(nth * APART_MS);
    const user = FIRST_STRANGER + nth;
    await sferum.act({ action: 'join', chat: chats[nth]!, user });
    const joinedAtMs = clock.elapsed();
    do await clock.sleep(LOOK_EVERY_MS);
    while ((await sferum.chatsOf(user)).length > 0);
    return clock.elapsed() - joinedAtMs;
  };
  return await Promise.all(Array.from({ length: STRANGERS }, (_, nth) => stay(nth)));
}
