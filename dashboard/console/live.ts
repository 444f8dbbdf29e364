/** Pages that show work follow it: a server-sent event says that something has changed, and the script loads anew. */
import { regionMark, schoolMark } from '../read/live-marks.ts';
import type { ConsoleParts } from './console-parts.ts';
import type { ConsoleContext } from './page.ts';
import { LIVE_PATHS, type Live } from './parts/live.ts';
import { STAFF } from './visitor.ts';

/** The streams of marks, of a school and of all schools. */
export function liveRoutes(parts: ConsoleParts): void {
  const { screens, ctx } = parts;
  screens.get(
    LIVE_PATHS.school,
    STAFF,
    (c) => {
      const { id } = c.get('visitor').school;
      return stream(parts, c, () => schoolMark(ctx.db.of(id), id));
    },
    { unconnected: true },
  );
  screens.ofRegion.get(LIVE_PATHS.region, (c) =>
    stream(parts, c, () => regionMark(ctx.db.across('operator-view'))),
  );
}

/** Gives what a page of the visitor's school follows. Ask for it before the page's content is read. */
export async function liveOfSchool({ ctx }: ConsoleParts, c: ConsoleContext): Promise<Live> {
  const { id } = c.get('visitor').school;
  return { of: 'school', mark: await schoolMark(ctx.db.of(id), id) };
}

/** Gives what a page of all schools follows. Ask for it before the page's content is read. */
export async function liveOfRegion({ ctx }: Pick<ConsoleParts, 'ctx'>): Promise<Live> {
  return { of: 'region', mark: await regionMark(ctx.db.across('operator-view')) };
}

function stream(parts: ConsoleParts, c: ConsoleContext, mark: () => Promise<string>): Response {
  const events = ReadableStream.from(follow(parts, c, mark)).pipeThrough(new TextEncoderStream());
  return c.body(events, 200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
}

/** Pages look less often than an operation's own stream, because many of them stay open. */
const POLLS_BETWEEN = 4;

/**
 * Yields the mark at once and at each change, until the session ends, the stream has lived long enough, or the process
 * stops. Nothing is written to a slow or absent reader, because the next look waits until the last event was taken.
 */
async function* follow(
  { ctx, sessions, closing }: ConsoleParts,
  c: ConsoleContext,
  mark: () => Promise<string>,
): AsyncGenerator<string> {
  const { streamPollMs, streamHeartbeatMs, streamLifeMs } = ctx.config.limits;
  const startedMs = ctx.clock.elapsed();
  const bySession = c.req.header('authorization') === undefined;
  let sentAtMs = startedMs;
  let sent = await mark();
  yield `data: ${sent}\n\n`;
  while (!closing.aborted && ctx.clock.elapsed() - startedMs < streamLifeMs) {
    await ctx.clock.sleep(streamPollMs * POLLS_BETWEEN, closing).catch(() => undefined);
    if (closing.aborted || (bySession && !(await sessions.find(c)))) return;
    const now = await mark();
    if (now !== sent) yield `data: ${now}\n\n`;
    else if (ctx.clock.elapsed() - sentAtMs >= streamHeartbeatMs) yield ': still here\n\n';
    else continue;
    sent = now;
    sentAtMs = ctx.clock.elapsed();
  }
}
