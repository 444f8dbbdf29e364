import type { Context } from '../src/context.ts';

const LOOK_EVERY_MS = 40;

/**
 * Looks at work that was just asked for until it has ended, or until an answer is due (`checkAnswerMs`). Gives what the
 * last look gave. Null where the work goes on.
 */
export async function answerSoon<Answer>(
  ctx: Context,
  look: () => Promise<Answer | null>,
): Promise<Answer | null> {
  const untilMs = ctx.clock.elapsed() + ctx.config.limits.checkAnswerMs;
  for (;;) {
    const answer = await look();
    if (answer !== null || ctx.clock.elapsed() >= untilMs) return answer;
    await ctx.clock.sleep(LOOK_EVERY_MS);
  }
}
